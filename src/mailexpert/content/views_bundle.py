"""Templates brought in from elsewhere, taken along, and put into folders."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailexpert.accounts.access import member_required
from mailexpert.base import antivirus, webpage
from mailexpert.content import actions, actions_bundle, actions_images
from mailexpert.content.actions_brand import with_scheme
from mailexpert.content.actions_bundle import Imported, Wanted
from mailexpert.content.checks import asking_page
from mailexpert.content.forms_bundle import TakeInForm
from mailexpert.content.models import Template
from mailexpert.content.problems import Problem, SourceError
from mailexpert.content.views import may_code
from mailexpert.content.views_library import said
from mailexpert.content.words import say
from mailexpert.content.words_fetch import not_fetched

MOST_TOLD = 12
REFUSED = (antivirus.Infected, antivirus.ScannerDown, antivirus.ScannerMissing, actions_images.NoRoom)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def take_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = TakeInForm(initial={"language": (get_language() or "nl")[:2]})
        return render(request, "content/take_in.html", {"form": form})
    form = TakeInForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            made = _taken(form, may=may_code(request))
        except SourceError as wrong:
            for problem in wrong.problems[:MOST_TOLD]:
                form.add_error(None, _told(problem))
        except webpage.NotFetched as problem:
            form.add_error("address", not_fetched(problem, form.cleaned_data["address"]))
        except REFUSED as refused:
            form.add_error(None, said(refused))
        else:
            return _on_to(request, made)
    return render(request, "content/take_in.html", {"form": form})


def _taken(form: TakeInForm, *, may: bool) -> Imported:
    given = form.cleaned_data
    wanted = Wanted(may_code=may, **{name: given[name] for name in ("name", "folder", "language")})
    if given["file"]:
        return actions_bundle.import_file(given["file"].read(), given["file"].name or "", wanted)
    if given["address"].strip():
        return actions_bundle.import_page(with_scheme(given["address"].strip()), wanted)
    return actions_bundle.import_source(given["source"], wanted)


def _told(problem: Problem) -> str:
    words = say(problem.sentence, problem.values)
    return _("Line %(line)s: %(words)s") % {"line": problem.line, "words": words} if problem.line else words


def _on_to(request: HttpRequest, made: Imported) -> HttpResponse:
    words = ngettext(
        "Brought in, with %(n)s picture. Look at it beside your text before you use it.",
        "Brought in, with %(n)s pictures. Look at it beside your text before you use it.",
        made.pictures,
    )
    messages.success(request, words % {"n": made.pictures})
    for problem in made.told[:MOST_TOLD]:
        messages.warning(request, _told(problem))
    if len(made.told) > MOST_TOLD:
        more = len(made.told) - MOST_TOLD
        messages.warning(
            request, ngettext("And %(n)s thing more.", "And %(n)s things more.", more) % {"n": more}
        )
    page = reverse("content:edit", args=[made.template.pk])
    return redirect(asking_page(page) if made.undescribed else page)


@require_safe
@member_required
def export(request: HttpRequest, template_id: int) -> HttpResponse:
    template = get_object_or_404(Template, id=template_id)
    response = HttpResponse(actions_bundle.export(template), content_type="application/zip")
    name = f"{slugify(template.name) or 'sjabloon'}.zip"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@member_required
def move(request: HttpRequest, template_id: int) -> HttpResponse:
    template = get_object_or_404(Template, id=template_id)
    actions.move_template(template, request.POST.get("folder", ""))
    words = _("Moved to the folder “%(name)s”.") if template.folder else _("It lies in no folder now.")
    messages.success(request, words % {"name": template.folder} if template.folder else words)
    return redirect("content:edit", template_id=template.pk)


@require_POST
@member_required
def rename_folder(request: HttpRequest) -> HttpResponse:
    old = request.POST.get("old", "")
    count = actions.rename_folder(old, request.POST.get("new", "")) if old else 0
    words = ngettext("%(n)s template moved.", "%(n)s templates moved.", count)
    messages.success(request, words % {"n": count})
    return redirect("content:templates")
