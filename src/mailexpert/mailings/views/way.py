"""The buttons that set a mailing on its way, hold it, or stop it: one view per button."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mailexpert.accounts.access import role_required, user_of
from mailexpert.mailings import actions, checks, rules
from mailexpert.mailings.actions_drafts import remember_decision
from mailexpert.mailings.forms import WhenForm
from mailexpert.mailings.models import Mailing


@require_POST
@role_required("editor")
def send(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Send now or at the moment that was chosen."""
    mailing = get_object_or_404(Mailing, id=mailing_id)
    form = WhenForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Not sent yet: choose a date and a time, or choose Now."))
        return redirect("mailings:show", mailing.id)
    at = form.at()
    warned, by = checks.look_over(mailing)[0], user_of(request).pk

    @transaction.atomic
    def go(mailing: Mailing) -> None:
        if at is None:
            actions.start(mailing)
        else:
            _reschedule(mailing, at)
        remember_decision(mailing.id, warned, by=by)

    return _do(request, mailing, go, ok=_("Your mailing is on its way.") if at is None else _("Scheduled."))


def _reschedule(mailing: Mailing, at: object) -> None:
    if mailing.state == Mailing.State.SCHEDULED:
        actions.unschedule(mailing)
    actions.schedule(mailing, at)  # type: ignore[arg-type]


@require_POST
@role_required("editor")
def unschedule(request: HttpRequest, mailing_id: int) -> HttpResponse:
    mailing = get_object_or_404(Mailing, id=mailing_id)
    return _do(request, mailing, actions.unschedule, ok=_("Taken off the schedule; it is a draft again."))


@require_POST
@role_required("editor")
def pause(request: HttpRequest, mailing_id: int) -> HttpResponse:
    mailing = get_object_or_404(Mailing, id=mailing_id)
    return _do(request, mailing, actions.pause, ok=_("Paused. Nobody else gets it until you resume."))


@require_POST
@role_required("editor")
def pause_until(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Hold it until a moment; also for one that is paused already."""
    mailing = get_object_or_404(Mailing, id=mailing_id)
    form = WhenForm({**request.POST.dict(), "when": "later"})
    if not form.is_valid():
        messages.error(request, _("Choose a date and a time."))
        return redirect("mailings:show", mailing.id)
    return _do(
        request,
        mailing,
        lambda mailing: actions.pause(mailing, form.at()),
        ok=_("Paused. It goes on by itself at the moment that you chose."),
    )


@require_POST
@role_required("editor")
def resume(request: HttpRequest, mailing_id: int) -> HttpResponse:
    mailing = get_object_or_404(Mailing, id=mailing_id)
    return _do(request, mailing, actions.resume, ok=_("Sending goes on."))


@require_POST
@role_required("editor")
def cancel(request: HttpRequest, mailing_id: int) -> HttpResponse:
    mailing = get_object_or_404(Mailing, id=mailing_id)
    return _do(request, mailing, actions.cancel, ok=_("Stopped. Who had not had it yet won't get it."))


@require_POST
@role_required("editor")
def copy(request: HttpRequest, mailing_id: int) -> HttpResponse:
    mailing = get_object_or_404(Mailing, id=mailing_id)
    made = actions.copy(mailing, _("Copy of %(name)s") % {"name": mailing.name})
    return redirect("mailings:show", made.id)


@require_POST
@role_required("editor")
def delete(request: HttpRequest, mailing_id: int) -> HttpResponse:
    mailing = get_object_or_404(Mailing, id=mailing_id)
    try:
        actions.delete_draft(mailing)
    except rules.NotNow:
        messages.error(request, _("This mailing is no draft any more, so it stays."))
        return redirect("mailings:show", mailing_id)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": mailing.name})
    if mailing.version_of_id is not None:
        return redirect("mailings:test", mailing.version_of_id)
    return redirect("mailings:index")


def _do(request: HttpRequest, mailing: Mailing, step: Callable[[Mailing], None], *, ok: str) -> HttpResponse:
    """Take the step; whatever stands in its way is said in the page."""
    try:
        step(mailing)
    except actions.CannotSend as problem:
        blocks = [check.text for check in problem.checks if check.level == "block"]
        messages.error(request, _("Not sent yet. ") + " ".join(blocks))
    except rules.BadTime:
        messages.error(request, _("Choose a moment between now and a year from now."))
    except rules.NotNow:
        messages.error(request, _("That can't be done any more; the page shows how it stands now."))
    else:
        messages.success(request, ok)
    return redirect("mailings:show", mailing.id)
