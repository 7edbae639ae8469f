"""Writing a mailing: the list, the compose page, and the parts of it that answer while one types."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import member_required, role_required, user_of
from mailexpert.accounts.rules import outranks
from mailexpert.content import actions_images, revisions, store
from mailexpert.content import queries as content
from mailexpert.content.checks import let_pictures_stop, moved_links
from mailexpert.content.policies import code_editor
from mailexpert.content.rights import count_blocks, new_code
from mailexpert.content.values import Draft
from mailexpert.content.words_blocks import editor_facts
from mailexpert.mailings import actions, checks, fixes, queries, queries_experiments, rules
from mailexpert.mailings import actions_drafts as drafts
from mailexpert.mailings.forms import AudienceForm, TestMailForm, WhenForm, WriteForm
from mailexpert.mailings.models import Mailing, Version
from mailexpert.mailings.versions import whole
from mailexpert.mailings.words_experiments import planned
from mailexpert.sending import testmail

PAGE = 50


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    wanted = _wanted(request.GET)
    rows = queries.newest(wanted, PAGE + 1)
    shown = rows[:PAGE]
    asked = {"q": wanted.term, "state": wanted.state}
    context = {
        "wanted": wanted,
        "mailings": queries.with_counts(shown),
        "newest_url": _list_url(asked) if wanted.before else "",
        "older_url": _list_url(asked | {"before": str(shown[-1].id)}) if len(rows) > PAGE else "",
    }
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, "mailings/parts/found.html", context)
    context |= {"states": Mailing.State.values, "has_any": bool(shown) or Mailing.objects.exists()}
    return render(request, "mailings/index.html", context)


def _wanted(asked: QueryDict) -> queries.Wanted:
    before, state = asked.get("before", ""), asked.get("state", "")
    return queries.Wanted(
        term=asked.get("q", "").replace("\0", "").strip()[:200],
        state=state if state in Mailing.State.values else "",
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
    )


def _list_url(asked: dict[str, str]) -> str:
    said = urlencode({key: value for key, value in asked.items() if value})
    return reverse("mailings:index") + (f"?{said}" if said else "")


@require_POST
@role_required("editor")
def new(request: HttpRequest) -> HttpResponse:
    """A new draft, from a template when one was chosen."""
    template = request.POST.get("template", "")
    made = queries.draft_from(
        name=_("Mailing of %(day)s") % {"day": timezone.localdate().strftime("%d-%m-%Y")},
        template_id=int(template) if template.isdecimal() else None,
        starter=request.POST.get("starter", ""),
        language=get_language() or "nl",
    )
    return redirect("mailings:show", made.id)


@require_safe
@member_required
@code_editor
def show(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """A draft is written here; what is under way or sent shows what comes of it."""
    mailing = get_object_or_404(Mailing, id=mailing_id)
    if mailing.version_of_id is not None and not mailing.version_of.is_draft:
        return redirect("mailings:test", mailing.version_of_id)
    if not mailing.is_draft:
        return redirect("reports:mailing", mailing.id)
    return render(request, "mailings/compose.html", _compose(request, mailing))


@require_POST
@role_required("editor")
def save(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Keep what is written; answers the parts of the page that follow from it."""
    mailing = get_object_or_404(Mailing, id=mailing_id)
    if not mailing.is_draft or not whole(mailing).is_draft:
        return _elsewhere(request, mailing)
    before = mailing.source
    write = WriteForm(request.POST, instance=mailing)
    audience = AudienceForm(request.POST, choices=queries.list_choices(), segments=queries.segment_choices())
    if write.is_valid() and new_code(before, write.cleaned_data["source"]) and not may_code(request):
        write.add_error("source", _("Only an administrator of the account may add HTML to a mail."))
    changed_by_other: Mailing | None = None
    if write.is_valid() and audience.is_valid():
        try:
            mailing = drafts.change_draft(
                mailing.id,
                version=write.cleaned_data["version"],
                by=user_of(request).pk,
                written=write.written(),
            )
            if mailing.version_of_id is None:
                actions.choose_audience(
                    mailing,
                    audience.chosen("lists"),
                    audience.chosen("excluded"),
                    audience.chosen("segments"),
                )
        except drafts.ChangedMeanwhile as problem:
            changed_by_other = problem.mailing
        except rules.NotNow:
            return _elsewhere(request, mailing)
    if not request.headers.get("HX-Request"):
        return redirect("mailings:show", mailing.id)
    context = _compose(request, changed_by_other or mailing, write=write)
    return render(
        request, "mailings/parts/followers.html", context | {"conflict": _conflict(changed_by_other)}
    )


@require_safe
@member_required
def look_at_links(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Ask the pages behind the links that nobody asked yet; answers the checks."""
    mailing = get_object_or_404(Mailing, id=mailing_id)
    checks.look_at_pages(mailing)
    return render(
        request, "mailings/parts/checks.html", _compose(request, mailing) | {"links_waiting": False}
    )


@require_POST
@role_required("editor")
def look_at_links_again(request: HttpRequest, mailing_id: int) -> HttpResponse:
    mailing = get_object_or_404(Mailing, id=mailing_id)
    checks.look_at_pages(mailing, again=True)
    if not request.headers.get("HX-Request"):
        return redirect("mailings:show", mailing.id)
    return render(
        request, "mailings/parts/checks.html", _compose(request, mailing) | {"links_waiting": False}
    )


@require_POST
@role_required("editor")
def mend(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Let a check mend what it can; how it stood is kept as a version."""
    mailing = get_object_or_404(Mailing, id=mailing_id)
    before = drafts.draft_of(mailing)
    code = request.POST.get("code", "")
    if code == "image_moves":
        return _let_stop(request, mailing, before)
    after = fixes.mended(before, code, moved=moved_links(before) if code == "link_moved" else None)
    if after == before:
        messages.info(request, _("This can’t be mended by itself. Nothing was changed."))
        return redirect("mailings:show", mailing.id)
    written = {name: getattr(after, name) for name in ("source", "subject", "preheader")}
    try:
        drafts.change_draft(mailing.id, version=None, by=user_of(request).pk, written=written)
    except rules.NotNow:
        return _elsewhere(request, mailing)
    messages.success(request, _("Mended. How it stood before is among the earlier versions."))
    return redirect("mailings:show", mailing.id)


def _let_stop(request: HttpRequest, mailing: Mailing, draft: Draft) -> HttpResponse:
    try:
        count = let_pictures_stop(draft)
    except (actions_images.NoRoom, store.StoreDown, store.Gone):
        count = 0
    if count:
        messages.success(
            request, _("It stops within five seconds now, here and in your other drafts and templates.")
        )
    else:
        messages.info(request, _("This can’t be mended by itself. Nothing was changed."))
    return redirect("mailings:show", mailing.id)


def _conflict(mailing: Mailing | None) -> dict[str, Any] | None:
    """Who saved meanwhile, and when, for the words in the page."""
    if mailing is None:
        return None
    newest = revisions.of(revisions.Owner(mailing_id=mailing.id)).first()
    by = newest.by if newest else None
    return {
        "who": by.full_name or by.email if by else "",
        "at": mailing.updated_at,
        "version": mailing.version,
    }


def may_code(request: HttpRequest) -> bool:
    return outranks(request.membership.role, "admin")  # type: ignore[attr-defined]


@require_safe
@member_required
def versions(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """How the mailing stood before, newest first."""
    mailing = get_object_or_404(Mailing, id=mailing_id)
    found = revisions.of(revisions.Owner(mailing_id=mailing.id))[: revisions.KEPT]
    return render(request, "mailings/parts/versions.html", {"mailing": mailing, "versions": found})


@require_POST
@role_required("editor")
def restore(request: HttpRequest, mailing_id: int, revision_id: int) -> HttpResponse:
    mailing = get_object_or_404(Mailing, id=mailing_id)
    revision = revisions.one(revisions.Owner(mailing_id=mailing.id), revision_id)
    if revision is None:
        raise Http404
    try:
        drafts.restore(mailing, revision, by=user_of(request).pk)
    except rules.NotNow:
        return _elsewhere(request, mailing)
    messages.success(
        request, _("This is the version you chose. How it stood just now is kept as a version, too.")
    )
    return redirect("mailings:show", mailing.id)


@require_POST
@role_required("editor")
def test_mail(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """One mail to look at, to a few people, through the same composer and relay."""
    mailing = get_object_or_404(Mailing, id=mailing_id)
    form = TestMailForm(request.POST)
    if not form.is_valid():
        said = [_("Fill in an e-mail address to send the test mail to.")]
        return render(request, "mailings/parts/test_mail.html", {"said": said, "ok": False})
    said, ok = [], True
    for to in form.cleaned_data["to"]:
        try:
            said.append(actions.send_test(mailing, to))
        except testmail.NotSent as problem:
            said.append(_("Not sent: %(why)s") % {"why": problem})
            ok = False
    return render(request, "mailings/parts/test_mail.html", {"said": said, "ok": ok})


@require_safe
@member_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Where a new mailing begins: an own template, one of ours, or an empty page."""
    return render(
        request,
        "mailings/gallery.html",
        {"templates": queries.templates(), "gallery": content.gallery(get_language() or "nl")},
    )


def _elsewhere(request: HttpRequest, mailing: Mailing) -> HttpResponse:
    """Somebody sent it meanwhile: the page goes to where it is now."""
    where = reverse("mailings:show", args=[mailing.id])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": where})
    return HttpResponseRedirect(where)


def _compose(request: HttpRequest, mailing: Mailing, write: WriteForm | None = None) -> dict[str, Any]:
    write = write or WriteForm(instance=mailing, initial={"version": mailing.version})
    found, made = checks.look_over(mailing)
    tally = queries.tally(whole(mailing))
    test = queries_experiments.of(mailing)
    lists, excluded = mailing.list_ids(), mailing.list_ids(excluded=True)
    choices, segments, chosen = queries.list_choices(), queries.segment_choices(), mailing.segment_ids()
    return {
        "mailing": mailing,
        "version": mailing.version_of_id and Version.objects.filter(draft=mailing).first(),
        "test": planned(test, tally.mailable) if test else None,
        "write": write,
        "audience": AudienceForm(
            choices=choices,
            segments=segments,
            initial={
                "lists": [str(i) for i in lists],
                "excluded": [str(i) for i in excluded],
                "segments": [str(i) for i in chosen],
            },
        ),
        "list_names": [name for value, name in choices if value in lists],
        "segment_names": [name for value, name in segments if value in chosen],
        "has_segments": bool(segments),
        "excluded_names": [name for value, name in choices if value in excluded],
        "has_lists": bool(choices),
        "fields": content.field_choices(),
        "senders": queries.senders(),
        "is_blocks": mailing.kind == "blocks",
        "block_count": count_blocks(mailing.source) if mailing.kind == "blocks" else 0,
        "block_facts": editor_facts(mailing.source, may_code=may_code(request))
        if mailing.kind == "blocks"
        else None,
        "tally": tally,
        "blocking": [check for check in found if check.level == "block"],
        "is_for_later": not rules.may_send(found) and rules.may_plan(found),
        "warnings": [check for check in found if check.level == "warn"],
        "fine": [check for check in found if check.level == "ok"],
        "content": made,
        "links_waiting": any(check.code == "links_waiting" for check in found),
        "has_links": any(check.code.startswith("link") for check in found),
        "form": write,
        "when": WhenForm(initial=_when(mailing)),
        "test_to": getattr(request.user, "email", ""),
        "now": timezone.now(),
    }


def _when(mailing: Mailing) -> dict[str, Any]:
    if mailing.scheduled_at is None:
        return {"when": "now"}
    at = timezone.localtime(mailing.scheduled_at)
    return {"when": "later", "day": at.date(), "time": at.time().replace(second=0, microsecond=0)}
