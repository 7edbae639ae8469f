"""News for everyone, and its desk in the console."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailexpert.privacy.actions_policy import note_told
from mailexpert.privacy.models import EditionNotice, Told
from mailexpert.privacy.moment import moment
from mailexpert.privacy.queries_policy import all_coming
from mailexpert.privacy.rules_text import read
from mailexpert.site.access import right_required, signed_required, staff_of
from mailexpert.site.forms import NewsForm
from mailexpert.site.models import NewsItem

RIGHT = "promote"
SHOWN = 30


@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """For members inside their account, for visitors as a public page."""
    found = NewsItem.objects.exclude(published_at=None).filter(withdrawn_at=None).order_by("-published_at")
    account = getattr(request, "account", None)
    if account is not None:
        for edition in all_coming():
            note_told(
                account.id,
                edition.id,
                EditionNotice.Channel.NEWS,
                Told.Act.SEEN,
                user_id=request.user.pk or 0,
            )
    context = {"items": [_shown(item) for item in found[:SHOWN]], "layout": _layout(request)}
    return render(request, "site/news.html", context)


@require_safe
def item(request: HttpRequest, id: int) -> HttpResponse:
    found = NewsItem.objects.filter(id=id).first()
    if found is None or not found.is_public:
        raise Http404(_("There is no such item."))
    return render(request, "site/news_item.html", {"item": _shown(found), "layout": _layout(request)})


def _layout(request: HttpRequest) -> str:
    return "web/page.html" if getattr(request, "account", None) else "web/public.html"


def _shown(found: NewsItem) -> dict[str, Any]:
    language = translation.get_language() or "nl"
    paragraphs = [one for section in read(found.body(language)).sections for one in section.paragraphs]
    return {"row": found, "title": found.title(language), "paragraphs": paragraphs}


@signed_required
def desk(request: HttpRequest) -> HttpResponse:
    form = NewsForm()
    if request.method == "POST":
        return _write(request, None)
    return _desk(request, form)


def _desk(request: HttpRequest, form: NewsForm) -> HttpResponse:
    rows = NewsItem.objects.order_by("-created_at")[:100]
    return render(request, "site/console/news.html", {"rows": rows, "form": form, "may": _may(request)})


@signed_required
def change(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(NewsItem, id=id)
    if request.method == "POST":
        return _write(request, found)
    form = NewsForm(initial={name: getattr(found, name) for name in NewsForm.base_fields})
    context = {"item": found, "form": form, "may": _may(request)}
    return render(request, "site/console/news_item.html", context)


@right_required(RIGHT)
def _write(request: HttpRequest, found: NewsItem | None) -> HttpResponse:
    form = NewsForm(request.POST)
    if not form.is_valid():
        if found is None:
            return _desk(request, form)
        return render(request, "site/console/news_item.html", {"item": found, "form": form, "may": True})
    if found is None:
        found = NewsItem.objects.create(author=staff_of(request), **form.cleaned_data)
    else:
        NewsItem.objects.filter(id=found.id).update(**form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("site:news-change", found.id)


@require_POST
@right_required(RIGHT)
def publish(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(NewsItem, id=id)
    NewsItem.objects.filter(id=found.id).update(
        published_at=found.published_at or moment(), withdrawn_at=None
    )
    messages.success(request, _("The item is under News now."))
    return redirect("site:news-change", id)


@require_POST
@right_required(RIGHT)
def take_off(request: HttpRequest, id: int) -> HttpResponse:
    get_object_or_404(NewsItem, id=id)
    NewsItem.objects.filter(id=id).update(withdrawn_at=moment())
    messages.success(request, _("The item is gone from News."))
    return redirect("site:news-change", id)


def _may(request: HttpRequest) -> bool:
    return staff_of(request).may(RIGHT)
