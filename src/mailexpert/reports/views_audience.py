"""How the audience grows, and where it comes from."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import member_required
from mailexpert.contacts.models import List, Membership
from mailexpert.core.amounts import is_dutch, number
from mailexpert.core.jobs import defer
from mailexpert.reports import audience, jobs


@require_safe
@member_required
def grow(request: HttpRequest) -> HttpResponse:
    found = audience.counted()
    if found is None or found.is_old:
        defer(jobs.count_audience)
    shown = _shown(found, request.GET.get("list", "")) if found else {}
    return render(request, "reports/audience.html", {"tab": "audience", "counted": found, **shown})


def _shown(found: audience.Counted, wanted: str) -> dict[str, Any]:
    lists = {str(one.id): one.name for one in List.objects.order_by("name")}
    chosen = wanted if wanted in lists else ""
    rows = [row for row in found.rows if not chosen or str(row.list_id) == chosen]
    months = audience.months(rows, upto=timezone.localdate().strftime("%Y-%m"))
    joined, gone = audience.by_what(rows, months=[month.month for month in months])
    labels = [_month(month.month) for month in months]
    return {
        "lists": lists,
        "chosen": chosen,
        "has_any": any(month.joined or month.gone for month in months),
        "standing": months[-1].standing,
        "chart": _chart(labels, months) if len(months) >= 3 else None,
        "months": list(zip(labels, months, strict=True))[::-1],
        "sums": (sum(joined.values()), sum(gone.values())),
        "joined": [(_source(what), n) for what, n in joined.items()],
        "gone": [(_way(what), n) for what, n in gone.items()],
    }


def _chart(labels: list[str], months: list[audience.Month]) -> dict[str, Any]:
    says = _("Memberships at the end of each month, from %(first)s in %(from)s to %(last)s in %(to)s.") % {
        "first": number(months[0].standing), "from": labels[0], "last": number(months[-1].standing), "to": labels[-1],
    }  # fmt: skip
    rows = [(label, month.standing) for label, month in zip(labels, months, strict=True)]
    return {"says": says, "rows": rows, "step": _("Month"), "unit": _("memberships"), "tone": "teal"}


def _month(text: str) -> str:
    year, month = map(int, text.split("-"))
    text = date_format(date(year, month, 1), "M Y").replace(".", "")
    return text.lower() if is_dutch() else text


def _source(what: str) -> str:
    return {
        "form": _("sign-up form"),
        "import": _("an import"),
        "api": _("API"),
        "hand": _("by hand"),
        "preferences": _("preference centre"),
        "merge": _("from a contact they were merged with"),
        "sample": _("sample"),
        "undo": _("an action undone"),
    }.get(what, _("not recorded"))


def _way(what: str) -> str:
    known = {str(number): str(label) for number, label in Membership.EndedBy.choices}
    return known.get(what, _("not recorded"))
