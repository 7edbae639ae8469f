"""Pages of templates, and the preview that composing a mailing uses too."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailexpert.accounts.access import member_required, own_page, user_of
from mailexpert.accounts.models import Account
from mailexpert.accounts.rules import outranks
from mailexpert.content import actions, policies, queries, queries_readers, revisions, uses
from mailexpert.content.dress import dressed
from mailexpert.content.forms import BlankForm, DraftForm, TemplateForm
from mailexpert.content.models import Template
from mailexpert.content.rights import new_code
from mailexpert.content.rules_preview import has_dark, shown
from mailexpert.content.rules_strip import as_word_shows, without_head_styles
from mailexpert.content.values import Draft, Preview
from mailexpert.content.words_blocks import editor_facts

STRIPPED = {"gmail": without_head_styles, "outlook": as_word_shows}


@require_safe
@member_required
def templates(request: HttpRequest) -> HttpResponse:
    term, folder = request.GET.get("q", "").strip(), request.GET.get("map", "")
    found, more = queries.page_of_templates(term, _cursor(request.GET.get("na", "")), folder)
    made = uses.counts_of(template.pk for template in found)
    context = {
        "rows": [(template, made[template.pk]) for template in found],
        "term": term,
        "folder": folder,
        "next_url": _next_url(found, term, folder) if more else "",
    }
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, "content/parts/rows.html", context)
    return render(request, "content/templates.html", context | _around(found, term, folder))


def _around(found: list[Template], term: str, folder: str) -> dict[str, object]:
    return {"is_empty": not found and not term and not folder, "folders": queries.folders()}


def _cursor(value: str) -> tuple[datetime, int] | None:
    moment, _sep, last = value.rpartition("_")
    try:
        return datetime.fromisoformat(moment), int(last)
    except ValueError:
        return None


def _next_url(found: list[Template], term: str, folder: str) -> str:
    last = found[-1]
    given = {"na": f"{last.updated_at.isoformat()}_{last.pk}"}
    given |= {name: value for name, value in (("q", term), ("map", folder)) if value}
    return f"{reverse('content:templates')}?{urlencode(given)}"


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def new(request: HttpRequest) -> HttpResponse:
    """Begin with a starter or from nothing."""
    form = BlankForm(request.POST or None)
    if form.is_valid():
        kind, language = form.cleaned_data["kind"], _language(request)
        source = actions.blank_blocks(language) if kind == "blocks" else ""
        draft = Draft(kind=kind, source=source, language=language)
        made = actions.make_template(name=form.cleaned_data["name"], draft=draft)
        return redirect("content:edit", template_id=made.pk)
    return render(request, "content/new.html", {"form": form, "gallery": queries.gallery(_language(request))})


@require_POST
@member_required
def take_starter(request: HttpRequest, slug: str) -> HttpResponse:
    starter = queries.starter_of(slug, _language(request))
    if starter is None:
        raise Http404
    made = actions.make_from_starter(starter)
    return redirect("content:edit", template_id=made.pk)


def _language(request: HttpRequest) -> str:
    """A new mail is in the language that its writer reads."""
    return (get_language() or "nl")[:2]


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
@policies.code_editor
def edit(request: HttpRequest, template_id: int) -> HttpResponse:
    template = get_object_or_404(Template, id=template_id)
    if request.method != "POST":
        return _edit_page(request, template, TemplateForm(initial=_initial(template)))
    form = _written(request, template)
    if form.is_valid():
        try:
            _save(request, template, form)
        except actions.ChangedMeanwhile:
            form.add_error(
                None,
                _(
                    "Someone else saved this template meanwhile. Your text still stands here: copy "
                    "what you need, and open the page again."
                ),
            )
        else:
            messages.success(request, _("The template is saved."))
            return redirect("content:edit", template_id=template.pk)
    return _edit_page(request, template, form)


@require_POST
@member_required
def keep(request: HttpRequest, template_id: int) -> HttpResponse:
    """Save while one writes; says so, or who was here meanwhile."""
    template = get_object_or_404(Template, id=template_id)
    form, conflict = _written(request, template), None
    if form.is_valid():
        try:
            _save(request, template, form)
        except actions.ChangedMeanwhile:
            conflict = _meanwhile(template)
        else:
            template.refresh_from_db()
    shown = TemplateForm(initial=_initial(template)) if form.is_valid() and not conflict else form
    version = shown["version"].as_hidden(attrs={"hx-swap-oob": "true"})
    context = {
        "template": template,
        "form": form,
        "version": version,
        "conflict": conflict,
        "now": timezone.now(),
    }
    return render(request, "content/parts/template_kept.html", context)


def _written(request: HttpRequest, template: Template) -> TemplateForm:
    form = TemplateForm(request.POST)
    if form.is_valid() and new_code(template.source, form.cleaned_data["source"]) and not may_code(request):
        form.add_error("source", _("Only an administrator of the account may add HTML to a mail."))
    return form


def _save(request: HttpRequest, template: Template, form: TemplateForm) -> None:
    given = form.cleaned_data
    actions.change_template(
        template.pk, version=given["version"], name=given["name"], draft=form.draft(), by=user_of(request).pk
    )


def _meanwhile(template: Template) -> dict[str, Any]:
    newest = revisions.of(revisions.Owner(template_id=template.pk)).first()
    by = newest.by if newest else None
    who = by.full_name or by.email if by else ""
    return {"who": who, "at": template.updated_at, "version": template.version}


def may_code(request: HttpRequest) -> bool:
    """HTML of their own among the blocks is for administrators of the account."""
    return outranks(request.membership.role, "admin")  # type: ignore[attr-defined]


@require_POST
@member_required
def restore(request: HttpRequest, template_id: int, revision_id: int) -> HttpResponse:
    """Bring back how a template stood; how it stands now is kept as a version too."""
    template = get_object_or_404(Template, id=template_id)
    revision = revisions.one(revisions.Owner(template_id=template.pk), revision_id)
    if revision is None:
        raise Http404
    actions.restore_template(template, revision, by=user_of(request).pk)
    messages.success(
        request, _("This is the version you chose. How it stood just now is kept as a version, too.")
    )
    return redirect("content:edit", template_id=template.pk)


def _initial(template: Template) -> dict[str, Any]:
    names = ("kind", "source", "subject", "preheader", "language", "name", "version")
    return {name: getattr(template, name) for name in names}


def _edit_page(request: HttpRequest, template: Template, form: TemplateForm) -> HttpResponse:
    context = {
        "template": template,
        "form": form,
        "fields": queries.field_choices(),
        "is_blocks": template.kind == "blocks",
        "block_facts": editor_facts(template.source, may_code=may_code(request))
        if template.kind == "blocks"
        else None,
        "made": uses.of_template(template.pk),
        "folders": queries.folders(),
        "versions": revisions.of(revisions.Owner(template_id=template.pk))[: revisions.KEPT],
    }
    return render(request, "content/edit.html", context)


@require_POST
@member_required
def copy(request: HttpRequest, template_id: int) -> HttpResponse:
    template = get_object_or_404(Template, id=template_id)
    made = actions.copy_template(template, name=_("Copy of %(name)s") % {"name": template.name})
    messages.success(request, _("This is the copy. The original stays as it was."))
    return redirect("content:edit", template_id=made.pk)


@require_POST
@member_required
def delete(request: HttpRequest, template_id: int) -> HttpResponse:
    template = get_object_or_404(Template, id=template_id)
    actions.delete_template(template)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": template.name})
    return redirect("content:templates")


@require_POST
@never_cache
@own_page
def preview(request: HttpRequest) -> HttpResponse:
    """What the reader gets, in words: inbox line, text part, problems by line. Takes an unsaved draft."""
    form = DraftForm(request.POST)
    shown_preview = _tried(request, form)
    invalid = [error for errors in form.errors.values() for error in errors]
    context = {
        "preview": shown_preview,
        "count": len(shown_preview.problems) + len(invalid),
        "has_dark": has_dark(shown_preview.html),
        "invalid": invalid,
        "now": timezone.now(),
        "sender": request.POST.get("sender_name", ""),
        "is_blocks": request.POST.get("kind") == "blocks",
    }
    return render(request, "content/parts/words.html", context)


def _tried(request: HttpRequest, form: DraftForm) -> Preview:
    if not form.is_valid():
        return Preview()
    account: Account = request.account  # type: ignore[attr-defined]
    who = queries_readers.reader(request.POST.get("reader", ""))
    return actions.render_preview(form.draft(), who, sender_line=account.sender_line)


@require_POST
@never_cache
@own_page
def frame(request: HttpRequest) -> HttpResponse:
    """The mail itself, for the sandboxed frame. A form posts the unsaved draft into it; nothing is stored."""
    form = DraftForm(request.POST)
    html = _tried(request, form).html
    strip = STRIPPED.get(request.POST.get("program", ""))
    return mail_page(
        strip(html) if strip else html,
        dark=request.POST.get("dark") == "1",
        with_pictures=request.POST.get("pictures") != "0",
    )


@require_safe
@member_required
def starter(request: HttpRequest, slug: str) -> HttpResponse:
    """A starter as its reader would see it, for the gallery."""
    found = queries.starter_of(slug, _language(request))
    if found is None:
        raise Http404
    source = dressed(found.kind, found.source, found.language)
    draft = Draft(
        kind=found.kind, source=source, subject=found.subject, preheader="", language=found.language
    )
    return mail_page(actions.render_preview(draft).html)


def mail_page(html: str, *, dark: bool = False, with_pictures: bool = True) -> HttpResponse:
    """An account's HTML as a page of its own that can do nothing."""
    response = HttpResponse(shown(html, dark=dark))
    response["Content-Security-Policy"] = policies.MAIL.format(
        pictures=policies.PICTURES if with_pictures else policies.NO_PICTURES
    )
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@member_required
def drawing(request: HttpRequest) -> HttpResponse:
    """The frame in which a template in MJML is drawn. It holds nothing of the account: the page sends it the source."""
    base = request.build_absolute_uri("/").rstrip("/")
    response = render(request, "content/drawing.html", {"base": base})
    response["Content-Security-Policy"] = policies.DRAWING.format(base=base)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@never_cache
@member_required
def readers(request: HttpRequest) -> HttpResponse:
    """Contacts to read along with, found while one types."""
    found = queries_readers.readers(request.GET.get("lezer", ""))
    return render(request, "content/parts/readers.html", {"readers": found})


@require_POST
@member_required
def send_test(request: HttpRequest, template_id: int) -> HttpResponse:
    """The draft as it stands in the page, to the writer's own address."""
    get_object_or_404(Template, id=template_id)
    form = DraftForm(request.POST)
    account: Account = request.account  # type: ignore[attr-defined]
    said = _("Not sent: something in the form isn’t right yet.")
    if form.is_valid():
        said = actions.send_test(form.draft(), to=user_of(request).email, sender_line=account.sender_line)
    return HttpResponse(escape(said))
