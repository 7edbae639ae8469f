"""Accounts and staff in the console. A look into an account's data needs a reason, which the account can read."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.actions_package import package_of, standings
from mailexpert.accounts.models import Account, Membership, User
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings.models import Mailing
from mailexpert.privacy.actions_staff import NoReason, look_into
from mailexpert.privacy.models import Signature
from mailexpert.privacy.moment import moment
from mailexpert.privacy.queries_staff import has_signed, open_look
from mailexpert.site.access import right_required, signed_required, staff_of

SHOWN = 200


@require_safe
@signed_required
def desk(request: HttpRequest) -> HttpResponse:
    """Names alone; what lies behind one opens with a reason."""
    asked = request.GET.get("q", "").strip()[:100]
    with beside_wall(Beside.CONSOLE):
        rows = Account.objects.order_by("name")
        if asked:
            rows = rows.filter(name__icontains=asked)
        found = list(rows[:SHOWN])
    return render(request, "site/console/accounts.html", {"rows": found, "asked": asked})


@signed_required
def look(request: HttpRequest, id: int) -> HttpResponse:
    user = staff_of(request)
    with beside_wall(Beside.CONSOLE):
        found = Account.objects.filter(id=id).first()
    if found is None:
        raise Http404(_("There is no such account."))
    if request.method == "POST":
        try:
            look_into(id, user, request.POST.get("reason", ""))
        except NoReason:
            messages.error(
                request, _("Write down why, in a sentence that the owner of the account understands.")
            )
        return redirect("site:account", id)
    with account(id):
        opened = open_look(user, moment())
        context = {"found": found, "look": opened, **(_opened(found) if opened else {})}
    return render(request, "site/console/account.html", context)


def _opened(found: Account) -> dict[str, Any]:
    """Read inside the account, while the look lasts."""
    return {
        "package": package_of(found),
        "standings": standings(package_of(found)),
        "members": list(Membership.objects.select_related("user").order_by("id")),
        "mailings": list(Mailing.objects.filter(version_of=None).order_by("-id")[:20]),
    }


@require_safe
@signed_required
def people(request: HttpRequest) -> HttpResponse:
    signed = {row.user_id: row for row in Signature.objects.order_by("number")}
    workers = User.objects.filter(is_staff=True).order_by("email")
    rows = [(user, signed.get(user.pk), has_signed(user)) for user in workers]
    context = {"rows": rows, "rights": User.Right.choices, "may": staff_of(request).may("staff")}
    return render(request, "site/console/staff.html", context)


@require_POST
@right_required("staff")
def rights(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(User, id=id, is_staff=True)
    wanted = sorted(set(request.POST.getlist("rights")) & set(User.Right.values))
    if found.pk == staff_of(request).pk and "staff" not in wanted:
        messages.error(request, _("You can’t take this right from yourself; a colleague can."))
        return redirect("site:staff")
    User.objects.filter(pk=found.pk).update(staff_rights=wanted)
    messages.success(request, _("Saved."))
    return redirect("site:staff")
