"""Asking what is to be seen: one field a picture, once it is stored. Until then no mailing leaves with it."""

import re
from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from mailexpert.accounts.access import member_required
from mailexpert.content import actions_images as actions
from mailexpert.content import queries_images
from mailexpert.content.checks import asking_page
from mailexpert.content.forms_images import AnswerForm, DescribeForm
from mailexpert.content.models import Image
from mailexpert.content.views_library import image_page, wants_json
from mailexpert.content.words_images import in_json

A_PAGE = 24
FIELD = re.compile(r"beeld-(\d{1,18})-alt")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def waiting(request: HttpRequest) -> HttpResponse:
    """Every picture that waits for its answer. Those that get one are saved; the others stay."""
    on_to = _on_to(request)
    asked = [(image, _form(request, image)) for image in _asked(request)]
    if request.method == "POST" and all(form.is_valid() for _image, form in asked):
        _answered(request, asked)
        left = queries_images.undescribed().exists()
        return redirect(asking_page(on_to) if left else on_to or reverse("content:images"))
    context = {"asked": asked, "waiting": queries_images.undescribed().count(), "on_to": on_to}
    return render(request, "content/describe.html", context)


def _on_to(request: HttpRequest) -> str:
    asked = request.POST.get("verder", "") or request.GET.get("verder", "")
    ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if ours else ""


def _asked(request: HttpRequest) -> Iterable[Image]:
    """Those that the posted page showed: others may have come meanwhile."""
    if request.method != "POST":
        return queries_images.undescribed()[:A_PAGE]
    ids = [int(found[1]) for name in request.POST if (found := FIELD.fullmatch(name))]
    return queries_images.undescribed().filter(id__in=ids[:A_PAGE])


def _form(request: HttpRequest, image: Image) -> AnswerForm:
    return AnswerForm(request.POST if request.method == "POST" else None, prefix=f"beeld-{image.pk}")


def _answered(request: HttpRequest, asked: Iterable[tuple[Image, AnswerForm]]) -> None:
    given = [(image, form) for image, form in asked if form.is_answered]
    for image, form in given:
        actions.describe(image, **form.cleaned_data)
    if not given:
        messages.warning(request, _("Nothing saved: no photo has an answer yet."))
        return
    words = ngettext("%(n)s photo is described.", "%(n)s photos are described.", len(given))
    messages.success(request, words % {"n": len(given)})


@require_POST
@member_required
def one(request: HttpRequest, image_id: int) -> HttpResponse:
    """From the picture's own page, or from a script that wants to use it in a mail (JSON)."""
    found = get_object_or_404(Image, id=image_id)
    if wants_json(request):
        return _one_by_script(request, found)
    form = DescribeForm(request.POST)
    if not _is_answer(form):
        return image_page(request, found, form)
    actions.describe(found, **form.cleaned_data)
    messages.success(request, _("Saved. Mails that hold this picture keep the description they have."))
    return redirect("content:image", image_id=found.pk)


def _is_answer(form: AnswerForm) -> bool:
    if form.is_valid() and not form.is_answered:
        form.add_error("alt", _("Say what is to be seen, or that it is only decoration."))
    return form.is_valid()


def _one_by_script(request: HttpRequest, found: Image) -> JsonResponse:
    form = AnswerForm(request.POST)
    if not _is_answer(form):
        return JsonResponse({"detail": " ".join(map(str, form.errors.get("alt", [])))}, status=422)
    # Who writes a mail at this moment would find it changed by somebody else: themselves.
    actions.describe(found, **form.cleaned_data, everywhere=False)
    return JsonResponse(in_json(found))
