"""The library of pictures: looking, taking in, describing, cutting, deleting."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import member_required, role_required
from mailexpert.base import antivirus, env
from mailexpert.content import actions_images as actions
from mailexpert.content import hosts, queries_brand, queries_images, rules_image, store, uses
from mailexpert.content.forms_images import (
    CutForm,
    DescribeForm,
    HostForm,
    ReplaceForm,
    ResizeForm,
    UploadForm,
)
from mailexpert.content.models import Brand, Image
from mailexpert.content.words_fetch import not_scanned
from mailexpert.content.words_images import in_json

REFUSALS = (
    rules_image.NoPicture,
    rules_image.TooLarge,
    antivirus.Infected,
    antivirus.ScannerDown,
    antivirus.ScannerMissing,
    actions.NoRoom,
    store.StoreDown,
)


@require_safe
@member_required
def images(request: HttpRequest) -> HttpResponse:
    return _library(request, HostForm(initial={"host": _host().host}))


def _library(request: HttpRequest, form: HostForm) -> HttpResponse:
    context = _page(request) | {"upload": UploadForm(), "form": form, "own": _host()}
    context["base"] = urlsplit(env.load().base_url).hostname
    return render(request, "content/images.html", context)


def _host() -> Brand:
    return queries_brand.saved() or Brand()


@require_POST
@role_required("admin")
def set_host(request: HttpRequest) -> HttpResponse:
    """The account's own host for its pictures, looked at once it is named."""
    form = HostForm(request.POST)
    if form.is_valid():
        try:
            leads = actions.set_host(form.cleaned_data["host"], timezone.now())
        except hosts.NoHost:
            form.add_error("host", _("This is no host name. It looks like beeld.voorbeeld.nl."))
        except hosts.NotYours:
            form.add_error("host", _("It must lie under a sender domain of yours that is verified."))
        else:
            if not form.cleaned_data["host"]:
                messages.success(request, _("Your photos are fetched from our address again."))
            elif leads:
                messages.success(request, _("It leads here. New mails fetch their photos from it."))
            else:
                messages.warning(
                    request,
                    _(
                        "Saved, but it doesn’t lead here yet. We look every day; until then our address is used."
                    ),
                )
            return redirect("content:images")
    return _library(request, form)


@require_safe
@member_required
def choose(request: HttpRequest) -> HttpResponse:
    """The pictures to choose from while one writes, and what asks for a part of one."""
    page = _page(request)
    offered = [(image, json.dumps(in_json(image))) for image in page["images"]]
    cutting = CutForm(auto_id="cut_%s")
    return render(request, "content/parts/choose.html", {"offered": offered, "cutting": cutting})


def _page(request: HttpRequest) -> dict[str, Any]:
    term, before = request.GET.get("q", "").strip(), request.GET.get("voor", "")
    is_number = before.isdecimal() and len(before) < 19
    found, more = queries_images.page_of_images(term, int(before) if is_number else None)
    return {
        "waiting": queries_images.undescribed().count(),
        "images": found,
        "term": term,
        "next": found[-1].pk if more else None,
        "is_empty": not found and not term,
    }


@require_POST
@member_required
def upload(request: HttpRequest) -> HttpResponse:
    """One picture, from the page (which goes on to it) or from a script that drops or pastes (JSON)."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, _("Choose a picture first."))
    file = form.cleaned_data["file"]
    if file.size > rules_image.LARGEST:
        return _refused(request, said(rules_image.TooLarge()))
    try:
        made = actions.keep_image(
            file.read(),
            name=file.name or "beeld",
            alt=form.cleaned_data["alt"],
            decorative=form.cleaned_data["decorative"],
        )
    except REFUSALS as problem:
        return _refused(request, said(problem))
    asks = "" if made.is_described else reverse("content:describe_images")
    page = asks or reverse("content:image", args=[made.pk])
    if wants_json(request):
        return JsonResponse(in_json(made) | {"page": page, "asks": asks}, status=201)
    return redirect(page)


def said(problem: Exception) -> str:
    """Why a picture isn't taken, in words."""
    match problem:
        case rules_image.TooLarge():
            return _("This picture is too large: at most 5 MB and 40 million pixels are taken.")
        case actions.NoRoom():
            return _(
                "Not stored: your package has no room left for pictures. Delete some, or choose a larger package."
            )
        case store.StoreDown():
            return _("Not stored: the place where files lie gives no answer. Try again in a moment.")
        case antivirus.Infected() | antivirus.ScannerDown() | antivirus.ScannerMissing():
            return not_scanned(problem)
    return _("This is no picture that mails can show: JPEG, PNG, GIF or WebP.")


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"detail": why}, status=422)
    messages.error(request, why)
    return redirect("content:images")


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


@require_safe
@member_required
def image(request: HttpRequest, image_id: int) -> HttpResponse:
    return image_page(request, get_object_or_404(Image, id=image_id))


def image_page(request: HttpRequest, found: Image, form: DescribeForm | None = None) -> HttpResponse:
    given = {"name": found.name, "alt": found.alt, "decorative": found.decorative}
    context = {
        "image": found,
        "address": actions.address_of(found),
        "uses": uses.of(found.token),
        "form": form or DescribeForm(initial=given),
        "cut": CutForm(),
        "resize": ResizeForm(initial={"width": min(found.width, 600)}),
        "replace": ReplaceForm(),
    }
    return render(request, "content/image.html", context)


@require_POST
@member_required
def cut(request: HttpRequest, image_id: int) -> HttpResponse:
    found = get_object_or_404(Image, id=image_id)
    form = CutForm(request.POST)
    if not form.is_valid():
        why = _("Not cut: choose a shape and a point between 0 and 100 per cent.")
        return _unmade(request, found, why)
    given = form.cleaned_data
    return _made(
        request,
        found,
        lambda: actions.cut_image(found, ratio=given["ratio"], focus=(given["across"], given["down"])),
    )


def _made(request: HttpRequest, found: Image, make: Callable[[], Image]) -> HttpResponse:
    try:
        made = make()
    except (actions.NoRoom, store.StoreDown) as problem:
        return _unmade(request, found, said(problem))
    except store.Gone:
        return _unmade(request, found, _("The file of this photo is gone, so nothing can be made of it."))
    if wants_json(request):
        return JsonResponse(in_json(made), status=201)
    messages.success(request, _("This is the new picture. The one it was cut from stays as it was."))
    return redirect("content:image", image_id=made.pk)


def _unmade(request: HttpRequest, found: Image, why: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"detail": why}, status=422)
    messages.error(request, why)
    return redirect("content:image", image_id=found.pk)


@require_POST
@member_required
def resize(request: HttpRequest, image_id: int) -> HttpResponse:
    found = get_object_or_404(Image, id=image_id)
    form = ResizeForm(request.POST)
    if not form.is_valid():
        return _unmade(request, found, _("Not made: give a width between 16 and 1,200 pixels."))
    return _made(request, found, lambda: actions.resize_image(found, width=form.cleaned_data["width"]))


@require_POST
@member_required
def replace(request: HttpRequest, image_id: int) -> HttpResponse:
    """Another file in its place, wherever that may still change."""
    found = get_object_or_404(Image, id=image_id)
    form = ReplaceForm(request.POST, request.FILES)
    file = form.cleaned_data["file"] if form.is_valid() else None
    try:
        if file is None:
            messages.error(request, _("Choose a picture first."))
            return redirect("content:image", image_id=found.pk)
        if file.size > rules_image.LARGEST:
            raise rules_image.TooLarge
        done = actions.replace_image(found, file.read())
    except REFUSALS as problem:
        messages.error(request, said(problem))
        return redirect("content:image", image_id=found.pk)
    return _replaced(request, done)


@require_POST
@member_required
def let_stop(request: HttpRequest, image_id: int) -> HttpResponse:
    """The same animation, that comes to rest, wherever that may still change."""
    found = get_object_or_404(Image, id=image_id, moves_for__gt=0)
    try:
        done = actions.let_stop(found)
    except (actions.NoRoom, store.StoreDown) as problem:
        return _unmade(request, found, said(problem))
    except store.Gone:
        return _unmade(request, found, _("The file of this photo is gone, so nothing can be made of it."))
    return _replaced(request, done)


def _replaced(request: HttpRequest, done: actions.Replaced) -> HttpResponse:
    words = ngettext(
        "The new photo stands in %(n)s template or draft now. Mails that were sent keep the old one.",
        "The new photo stands in %(n)s templates and drafts now. Mails that were sent keep the old one.",
        done.changed,
    )
    messages.success(request, words % {"n": done.changed})
    return redirect("content:image", image_id=done.image.pk)


@require_POST
@member_required
def delete(request: HttpRequest, image_id: int) -> HttpResponse:
    found = get_object_or_404(Image, id=image_id)
    try:
        actions.delete_image(found)
    except actions.InUse:
        messages.error(request, _("This picture stands in a template or mailing, so it stays."))
        return redirect("content:image", image_id=image_id)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": found.name})
    return redirect("content:images")
