"""The library of pictures: looking, taking in, describing, cutting, deleting."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import member_required
from mailexpert.base import antivirus
from mailexpert.content import actions_images as actions
from mailexpert.content import queries_images, rules_image, uses
from mailexpert.content.forms_images import CutForm, DescribeForm, UploadForm
from mailexpert.content.models import Image
from mailexpert.content.words_fetch import not_scanned

REFUSALS = (
    rules_image.NoPicture,
    rules_image.TooLarge,
    antivirus.Infected,
    antivirus.ScannerDown,
    antivirus.ScannerMissing,
    actions.NoRoom,
)


@require_safe
@member_required
def images(request: HttpRequest) -> HttpResponse:
    return render(request, "content/images.html", _page(request) | {"upload": UploadForm()})


@require_safe
@member_required
def choose(request: HttpRequest) -> HttpResponse:
    """The pictures to choose from while one writes."""
    return render(request, "content/parts/choose.html", _page(request) | {"upload": UploadForm()})


def _page(request: HttpRequest) -> dict[str, object]:
    term, before = request.GET.get("q", "").strip(), request.GET.get("voor", "")
    is_number = before.isdecimal() and len(before) < 19
    found, more = queries_images.page_of_images(term, int(before) if is_number else None)
    return {
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
        made = actions.keep_image(file.read(), name=file.name or "beeld", alt=form.cleaned_data["alt"])
    except REFUSALS as problem:
        return _refused(request, said(problem))
    if _wants_json(request):
        shown = {"url": actions.address_of(made), "alt": made.alt, "width": made.width, "name": made.name}
        shown["page"] = reverse("content:image", args=[made.pk])
        return JsonResponse(shown, status=201)
    return redirect("content:image", image_id=made.pk)


def said(problem: Exception) -> str:
    """Why a picture isn't taken, in words."""
    match problem:
        case rules_image.TooLarge():
            return _("This picture is too large: at most 5 MB and 40 million pixels are taken.")
        case actions.NoRoom():
            return _(
                "Not stored: your package has no room left for pictures. Delete some, or choose a larger package."
            )
        case antivirus.Infected() | antivirus.ScannerDown() | antivirus.ScannerMissing():
            return not_scanned(problem)
    return _("This is no picture that mails can show: JPEG, PNG, GIF or WebP.")


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"detail": why}, status=422)
    messages.error(request, why)
    return redirect("content:images")


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


@require_safe
@member_required
def image(request: HttpRequest, image_id: int) -> HttpResponse:
    return _image_page(request, get_object_or_404(Image, id=image_id))


def _image_page(request: HttpRequest, found: Image, form: DescribeForm | None = None) -> HttpResponse:
    given = {"name": found.name, "alt": found.alt, "decorative": found.decorative}
    context = {
        "image": found,
        "address": actions.address_of(found),
        "uses": uses.of(found.token),
        "form": form or DescribeForm(initial=given),
        "cut": CutForm(),
    }
    return render(request, "content/image.html", context)


@require_POST
@member_required
def describe(request: HttpRequest, image_id: int) -> HttpResponse:
    found = get_object_or_404(Image, id=image_id)
    form = DescribeForm(request.POST)
    if form.is_valid():
        try:
            actions.describe(found, **form.cleaned_data)
        except actions.NotDescribed:
            form.add_error("alt", _("Say what is to be seen, or that it is only decoration."))
        else:
            messages.success(
                request, _("Saved. Mails that hold this picture keep the description they have.")
            )
            return redirect("content:image", image_id=found.pk)
    return _image_page(request, found, form)


@require_POST
@member_required
def cut(request: HttpRequest, image_id: int) -> HttpResponse:
    found = get_object_or_404(Image, id=image_id)
    form = CutForm(request.POST)
    if not form.is_valid() or not actions.path_of(found).is_file():
        messages.error(request, _("Not cut: choose a shape and a point between 0 and 100 per cent."))
        return redirect("content:image", image_id=found.pk)
    given = form.cleaned_data
    try:
        made = actions.cut_image(found, ratio=given["ratio"], focus=(given["across"], given["down"]))
    except actions.NoRoom as problem:
        messages.error(request, said(problem))
        return redirect("content:image", image_id=found.pk)
    messages.success(request, _("This is the new picture. The one it was cut from stays as it was."))
    return redirect("content:image", image_id=made.pk)


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
