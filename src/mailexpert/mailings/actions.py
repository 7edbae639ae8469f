"""What one can do with a mailing. Each verb is one transaction."""

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mailexpert.accounts.models import Account
from mailexpert.base.clock import now
from mailexpert.contacts.models import Membership
from mailexpert.content import revisions
from mailexpert.content.queries_readers import reader_values
from mailexpert.content.uses import Change
from mailexpert.mail import address
from mailexpert.mailings import actions_experiments as experiments
from mailexpert.mailings import audience, checks, queries_experiments, rules
from mailexpert.mailings.freezing import freeze
from mailexpert.mailings.models import AudienceList, AudienceSegment, Mailing
from mailexpert.mailings.moves import locked, move
from mailexpert.sending import actions as sending
from mailexpert.sending import queries as queries_sending
from mailexpert.sending import testmail

State = Mailing.State
May = Callable[[list[rules.Check]], bool]


class CannotSend(Exception):
    """A check blocks this mailing; `checks` says which and where to mend it."""

    def __init__(self, found: list[rules.Check]) -> None:
        super().__init__("; ".join(check.text for check in found if check.level == "block"))
        self.checks = found


@transaction.atomic
def choose_audience(
    mailing: Mailing, lists: Collection[int], excluded: Collection[int] = (), segments: Collection[int] = ()
) -> None:
    """Replace the lists a mailing goes to and the ones it leaves out; a list is never both. Whoever saves at the same
    moment waits: each would put back a row that the other can't see yet."""
    Mailing.objects.select_for_update().get(id=mailing.id)
    mailing.audience.all().delete()
    AudienceList.objects.bulk_create(
        AudienceList(mailing=mailing, list_id=list_id, excluded=list_id in excluded)
        for list_id in dict.fromkeys([*excluded, *lists])
    )
    mailing.audience_segments.all().delete()
    AudienceSegment.objects.bulk_create(
        AudienceSegment(mailing=mailing, segment_id=segment_id) for segment_id in dict.fromkeys(segments)
    )


@transaction.atomic
def copy(mailing: Mailing, name: str) -> Mailing:
    """A new draft with the same words and audience."""
    lists, excluded = mailing.list_ids(), mailing.list_ids(excluded=True)
    made = Mailing.objects.create(
        name=name[:200],
        **{field: getattr(mailing, field) for field in WRITTEN},
    )
    choose_audience(made, lists, excluded, mailing.segment_ids())
    return made


WRITTEN = (
    "subject", "preheader", "sender", "reply_to", "template_id", "kind", "source", "tracking", "language",
)  # fmt: skip


@transaction.atomic
def rewrite_drafts(piece: str, change: Change) -> int:
    """Every draft that holds this piece of text; what was sent stays as it is."""
    drafts = Mailing.objects.select_for_update().filter(state=Mailing.State.DRAFT, source__contains=piece)
    changed = 0
    for draft in drafts.order_by("id"):
        source = change(draft.kind, draft.source)
        if source != draft.source:
            draft.source, draft.version, draft.updated_at = source, draft.version + 1, now()
            draft.save(update_fields=["source", "version", "updated_at"])
            changed += 1
    return changed


@transaction.atomic
def delete_draft(mailing: Mailing) -> None:
    found = locked(mailing.id)
    if not found.is_draft:
        raise rules.NotNow(found.state)
    if found.version_of_id is not None:
        experiments.drop_content(found)
        return
    experiments.drop(found)
    revisions.forget(revisions.Owner(mailing_id=found.id))
    found.delete()


@transaction.atomic
def schedule(mailing: Mailing, at: datetime) -> None:
    """Send at a moment; the checks hold now and are looked at again then. That nobody may be mailed today says
    nothing about then."""
    found = locked(mailing.id)
    if found.version_of_id is not None:
        raise rules.NotNow(found.state)
    rules.check_step(found.state, State.SCHEDULED)
    rules.check_time(at, now())
    _checked(found, rules.may_plan)
    move(found, State.SCHEDULED, scheduled_at=at)


@transaction.atomic
def unschedule(mailing: Mailing) -> None:
    found = locked(mailing.id)
    rules.check_step(found.state, State.DRAFT)
    move(found, State.DRAFT, scheduled_at=None)


@transaction.atomic
def start(mailing: Mailing, may: May = rules.may_send) -> None:
    """Freeze the mailing into an issue, cut its audience into shards, and let the engine have it. Where versions are
    tried first, each of them is an issue beside it."""
    found = locked(mailing.id)
    if not found.is_draft or found.version_of_id is not None:
        raise rules.NotNow(found.state)  # one issue a mailing: a second would send everyone a second mail
    content = _checked(found, may)
    issue = freeze(found, content)
    experiment = queries_experiments.of(found)
    if experiment is not None:
        experiments.begin(found, experiment, issue, content.segments)
    else:
        audience.cut(issue.id, found.list_ids(), found.list_ids(excluded=True), found.segment_ids())
        audience.cut_circles(issue.id, content.segments)
    move(found, State.SENDING, issue=issue, started_at=now(), test=Mailing.Test.RUNS if experiment else "")


def start_scheduled(mailing_id: int) -> None:
    """Start what was planned; what can't start any more goes back to draft, where the checks say why. With nobody to
    send to it is sent to nobody, and its report says so."""
    mailing = Mailing.objects.get(id=mailing_id)
    try:
        start(mailing, rules.may_plan)
    except CannotSend:
        unschedule(mailing)
    except rules.NotNow:
        return


def send_test(mailing: Mailing, to: str) -> str:
    """Send one mail to look at, through the same composer and relay; returns what happened, in words. Raises
    testmail.NotSent, which says why."""
    found, content = checks.look_over(mailing)
    if content is None or not mailing.sender:
        raise testmail.NotSent(" ".join(check.text for check in found if check.level == "block"))
    try:
        testmail.send(
            testmail.TestMail(
                to=to,
                subject=mailing.subject,
                html=content.html,
                text=content.text,
                sender=mailing.sender,
                reply_to=mailing.reply_to,
                language=mailing.language,
                sender_line=Account.objects.get().sender_line,
                values=_someone(mailing, content),
            )
        )
    except address.AddressProblem as problem:
        raise testmail.NotSent(str(problem)) from problem
    return _("The test mail is on its way to %(to)s.") % {"to": to}


@transaction.atomic
def pause(mailing: Mailing, until: datetime | None = None) -> None:
    """Hold it, for good or until a moment; that may be chosen later, and changed."""
    found = locked(mailing.id)
    if until is not None:
        rules.check_time(until, now())
    if found.state != State.PAUSED or found.scheduled_at == until:
        rules.check_step(found.state, State.PAUSED)
        sending.pause(found.started_issue_id)
    move(found, State.PAUSED, scheduled_at=until)


@transaction.atomic
def resume(mailing: Mailing) -> None:
    found = locked(mailing.id)
    if found.state != State.PAUSED:
        raise rules.NotNow(found.state)
    sending.resume(found.started_issue_id)
    move(found, State.SENDING, scheduled_at=None)


@transaction.atomic
def resume_due(mailing_id: int) -> None:
    """Go on with one whose pause is over; somebody may have changed that meanwhile."""
    found = locked(mailing_id)
    if found.state == State.PAUSED and found.scheduled_at is not None and found.scheduled_at <= now():
        resume(found)


@transaction.atomic
def cancel(mailing: Mailing) -> None:
    """Stop for good: who had no turn is skipped, who got it keeps it."""
    found = locked(mailing.id)
    rules.check_step(found.state, State.CANCELLED)
    if found.issue_id is not None:
        sending.cancel(found.started_issue_id)
        experiments.stop(found)
    move(found, State.CANCELLED, finished_at=now())


@transaction.atomic
def follow(mailing_id: int) -> None:
    """Bring a mailing in line with its issue: sent when no shard and no retry is left, under way again when there
    is one once more (someone in doubt was ordered again, or an engine woke up with a late answer)."""
    found = locked(mailing_id)
    is_done = queries_sending.is_done(found.started_issue_id)
    if found.state == State.SENDING and is_done:
        move(found, State.SENT, finished_at=queries_sending.finished_at(found.started_issue_id))
    elif found.state == State.SENT and not is_done:
        move(found, State.SENDING, finished_at=None)


@transaction.atomic
def send_doubtful_again(mailing: Mailing) -> int:
    """A person's order: everyone in doubt gets another attempt, and some may have it twice. Says how many."""
    found = locked(mailing.id)
    if found.state not in (State.SENDING, State.PAUSED, State.SENT):
        raise rules.NotNow(found.state)
    ordered = sending.retry_doubtful(found.started_issue_id)
    if ordered and found.state == State.SENT:
        move(found, State.SENDING, finished_at=None)
    return ordered


def hold_everything() -> int:
    """Pause what is under way and take off the schedule what is planned, in the active account; says how many. After
    a restore, or a failover that may have lost the last commits, the database knows nothing of who had a mail since:
    a planned mailing may have gone out already."""
    held = 0
    for mailing in Mailing.objects.filter(state=State.SCHEDULED):
        unschedule(mailing)
        held += 1
    for mailing in Mailing.objects.filter(state=State.SENDING):
        with suppress(sending.NotNow):  # it has just ended
            pause(mailing)
            held += 1
    return held


def stop_everything() -> None:
    """The account gave notice: nothing leaves any more."""
    for mailing in Mailing.objects.filter(state=State.SCHEDULED):
        unschedule(mailing)
    for mailing in Mailing.objects.filter(state__in=(State.SENDING, State.PAUSED)):
        cancel(mailing)


def _someone(mailing: Mailing, content: checks.Content) -> dict[str, Any]:
    """The fields of one person who would get it, so that the test mail reads like a real one."""
    on_lists = Membership.objects.filter(list_id__in=mailing.list_ids(), ended_at=None)
    first = on_lists.select_related("contact").first()
    who = first.contact if first else None
    return reader_values(who, content.html, content.text, mailing.subject)


def _checked(mailing: Mailing, may: May) -> checks.Content:
    found, content = checks.look_over(mailing)
    if not may(found) or content is None:
        raise CannotSend(found)
    return content
