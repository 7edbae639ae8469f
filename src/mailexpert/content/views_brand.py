"""The brand: by hand, or read from the account's own site; measured beside it while one chooses."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailexpert.accounts.access import member_required, user_of
from mailexpert.base import antivirus, webpage
from mailexpert.content import actions, queries, queries_brand, rules_brand
from mailexpert.content import actions_brand as brands
from mailexpert.content.actions_images import keep_image
from mailexpert.content.blocks.kinds import FONTS
from mailexpert.content.dress import put_on
from mailexpert.content.forms_brand import BrandForm, SiteForm, TakeForm
from mailexpert.content.models import Brand, Image
from mailexpert.content.rules_image import LARGEST, TooLarge
from mailexpert.content.values import Draft
from mailexpert.content.views import mail_page
from mailexpert.content.views_library import said
from mailexpert.content.words import say
from mailexpert.content.words_fetch import not_fetched, not_scanned

SAMPLE = "news"
COLUMNS = ("name", "logo_width", "accent", "ground", "font", "reason")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def brand(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, BrandForm(initial=_initial()))
    form = BrandForm(request.POST, request.FILES)
    if form.is_valid():
        logo = _uploaded(form) if form.cleaned_data["logo_file"] else _chosen(form.cleaned_data["logo"])
        if not form.errors:
            brands.save(logo=logo, **{name: form.cleaned_data[name] for name in COLUMNS})
            messages.success(request, _("Your brand is saved. New mails wear it."))
            return redirect("content:brand")
    return _page(request, form)


def _uploaded(form: BrandForm) -> Image | None:
    file = form.cleaned_data["logo_file"]
    try:
        if file.size > LARGEST:
            raise TooLarge
        return keep_image(file.read(), name=file.name or "Logo", alt=form.cleaned_data["name"])
    except brands.REFUSED as problem:
        form.add_error("logo_file", said(problem))
        return None


def _chosen(given: str) -> Image | None:
    return Image.objects.filter(id=int(given)).first() if given.isdecimal() and len(given) < 19 else None


def _initial() -> dict[str, Any]:
    found = queries_brand.standing()
    return {name: getattr(found, name) for name in COLUMNS} | {"logo": str(found.logo_id or "")}


def _page(
    request: HttpRequest, form: BrandForm, site: SiteForm | None = None, read: brands.SiteRead | None = None
) -> HttpResponse:
    found = queries_brand.saved()
    address = found.site if found else ""
    context = {
        "form": form,
        "site_form": site or SiteForm(initial={"site": address}),
        "read": read,
        "is_saved": found is not None,
        "outdated": brands.outdated(found) if found else [],
        **_judged(form.data if form.is_bound else form.initial),
    }
    return render(request, "content/brand.html", context)


def _judged(given: Mapping[str, Any]) -> dict[str, Any]:
    """The colours as they stand in the form, measured; and what a mail in them is asked by."""
    standard = queries_brand.standing()
    wanted = {name: str(given.get(name) or getattr(standard, name)) for name in ("accent", "ground")}
    if not all(map(rules_brand.is_colour, wanted.values())):
        wanted = {name: getattr(standard, name) for name in wanted}
    pairs = [
        {"pair": pair, "words": say(pair.sentence, {"made": pair.made} if pair.made else {})}
        for pair in rules_brand.pairs(wanted["accent"], wanted["ground"])
    ]
    asked = QueryDict(mutable=True)
    asked.update(wanted)
    for name in ("name", "logo", "logo_width", "font", "reason"):
        asked[name] = str(given.get(name) or "")
    logo = _chosen(str(asked["logo"]))
    seen = [
        {"seen": one, "words": say(one.sentence, {}), "lost": say(rules_brand.LOGO_LOST, {})}
        for one in (brands.logo_seen(logo) if logo else [])
    ]
    return {"pairs": pairs, "logo_seen": seen, "logo": logo, "sample": asked.urlencode()}


@require_safe
@never_cache
@member_required
def judge(request: HttpRequest) -> HttpResponse:
    """The colours of an unsaved form."""
    return render(request, "content/parts/judged.html", _judged(request.GET))


@require_safe
@never_cache
@member_required
def sample(request: HttpRequest) -> HttpResponse:
    """One of our mails in the colours of an unsaved form, by day or in the dark."""
    given = request.GET
    language = (get_language() or "nl")[:2]
    wanted = queries.starter_of(SAMPLE, language) or queries.starter_of(SAMPLE, "nl")
    assert wanted is not None
    mail = queries.mail_of(wanted)
    put_on(mail, _asked(given))
    draft = Draft(kind="blocks", source=queries.written(mail), subject=wanted.subject, language=language)
    return mail_page(actions.render_preview(draft).html, dark=given.get("dark") == "1")


def _asked(given: QueryDict) -> Brand:
    found = queries_brand.standing()
    for name in ("accent", "ground"):
        if rules_brand.is_colour(given.get(name, "")):
            setattr(found, name, str(given[name]))
    if given.get("font", "") in FONTS:
        found.font = str(given["font"])
    width = given.get("logo_width", "")
    found.logo_width = min(max(int(width), 40), 400) if width.isdecimal() and len(width) < 5 else 160
    found.name, found.reason = given.get("name", "")[:200], given.get("reason", "")[:300]
    found.logo = _chosen(given.get("logo", ""))
    return found


@require_POST
@member_required
def read_site(request: HttpRequest) -> HttpResponse:
    """Look at the account's site, and show what there is to choose. Nothing is kept."""
    form = SiteForm(request.POST)
    if not form.is_valid():
        return _page(request, BrandForm(initial=_initial()), form)
    address, read = form.cleaned_data["site"].strip(), None
    try:
        read = brands.read_site(address)
    except webpage.NotFetched as problem:
        form.add_error("site", not_fetched(problem, address))
    except (antivirus.Infected, antivirus.ScannerDown, antivirus.ScannerMissing) as problem:
        form.add_error("site", not_scanned(problem))
    return _page(request, BrandForm(initial=_initial()), form, read)


@require_POST
@member_required
def take(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen from the site; what isn't chosen stays as it was."""
    form = TakeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Not saved: choose a colour and a font from what was found."))
        return redirect("content:brand")
    given = form.cleaned_data
    values: dict[str, Any] = {name: given[name] for name in ("accent", "ground", "font")}
    values["site"] = given["site"] if urlsplit(given["site"]).scheme in ("http", "https") else ""
    values["name"] = given["name"] or queries_brand.standing().name
    if given["logo"]:
        try:
            values["logo"] = brands.keep_logo(given["logo"], name=values["name"])
        except webpage.NotFetched as problem:
            messages.error(request, not_fetched(problem, given["logo"]))
        except brands.REFUSED as problem:
            messages.error(request, said(problem))
    brands.save(**values)
    messages.success(request, _("Taken over. Change by hand what you want otherwise."))
    return redirect("content:brand")


@require_POST
@member_required
def dress_all(request: HttpRequest) -> HttpResponse:
    count = brands.dress_all(by=user_of(request).pk)
    words = ngettext(
        "%(n)s template wears your brand now. How it was stands under its earlier versions.",
        "%(n)s templates wear your brand now. How they were stands under their earlier versions.",
        count,
    )
    messages.success(request, words % {"n": count})
    return redirect("content:brand")
