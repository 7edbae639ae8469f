"""What one can do with a test of versions: plan it, begin it with its mailing, look at it, choose. Nobody is planned
when it is decided: everyone has their issue from the beginning, and those who wait are let go with the words of the
winner in the transaction that decides. So whatever dies, nobody gets two versions and nobody is forgotten."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.urls import reverse
from django.utils import timezone

from mailexpert.accounts import words
from mailexpert.accounts.models import Word
from mailexpert.base import keys
from mailexpert.base.clock import now
from mailexpert.content import revisions
from mailexpert.mailings import audience, checks, queries, queries_experiments, rules, versions
from mailexpert.mailings import rules_experiments as rule
from mailexpert.mailings.freezing import freeze
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.models_experiments import LETTERS, Experiment, Version
from mailexpert.mailings.moves import locked
from mailexpert.sending import actions as sending
from mailexpert.sending.models import Issue

WAITS = datetime(9000, 1, 1, tzinfo=UTC)  # no turn begins before a test is decided
State, How = Experiment.State, Experiment.How


# ----- Planning it


@transaction.atomic
def plan(
    mailing: Mailing, *, written: dict[str, Any], others: Sequence[dict[str, Any]] | None = None
) -> Experiment:
    """Set up the test of a draft, or change it. `others`: what each version from A on says of its own; None where they
    are drafts, which have verbs of their own."""
    found = _own_draft(mailing)
    experiment, _made = Experiment.objects.update_or_create(mailing=found, defaults=written)
    if others is None:
        Version.objects.get_or_create(experiment=experiment, what=experiment.what, n=0)
        return experiment
    experiment.versions.filter(what=experiment.what, n__gte=len(others)).delete()
    for n, said in enumerate(others):
        own = {"subject": said.get("subject", ""), "sender": said.get("sender", ""), "at": said.get("at")}
        Version.objects.update_or_create(experiment=experiment, what=experiment.what, n=n, defaults=own)
    return experiment


@transaction.atomic
def add_content(mailing: Mailing) -> Mailing:
    """Another content to write, beginning as the mailing stands."""
    found = _own_draft(mailing)
    experiment = plan(found, written={"what": Experiment.What.CONTENT})
    n = experiment.versions.filter(what=Experiment.What.CONTENT).count()
    if n >= rule.MOST_VERSIONS:
        raise rules.NotNow(found.state)
    draft = Mailing.objects.create(
        name=found.name,
        version_of=found,
        **{name: getattr(found, name) for name in (*versions.CONTENT, "subject", "language", "tracking")},
    )
    Version.objects.create(experiment=experiment, what=Experiment.What.CONTENT, n=n, draft=draft)
    return draft


@transaction.atomic
def drop_content(draft: Mailing) -> None:
    """Take a version of the content out of the test; those behind it move up a letter."""
    found = _own_draft(draft.version_of)
    rows = Version.objects.filter(experiment__mailing=found, what=Experiment.What.CONTENT)
    for version in rows.filter(draft=draft):
        _drop(version)
    for n, version in enumerate(rows.order_by("n")):
        if version.n != n:
            version.n = n
            version.save(update_fields=["n"])


@transaction.atomic
def drop(mailing: Mailing) -> None:
    """No test after all; the mailing itself stays as it is."""
    found = _own_draft(mailing)
    for experiment in Experiment.objects.filter(mailing=found):
        for version in experiment.versions.all():
            _drop(version)
        experiment.delete()


def _drop(version: Version) -> None:
    draft = version.draft
    version.delete()
    if draft is not None:
        revisions.forget(revisions.Owner(mailing_id=draft.id))
        draft.delete()


def _drop_untried(experiment: Experiment) -> None:
    """What was written for a test of something else."""
    for version in experiment.versions.exclude(what=experiment.what):
        _drop(version)


def _own_draft(mailing: Mailing) -> Mailing:
    found = locked(mailing.id)
    if not found.is_draft or found.version_of_id is not None:
        raise rules.NotNow(found.state)
    return found


# ----- Beginning it


def begin(mailing: Mailing, experiment: Experiment, lead: Issue, segments: Sequence[int]) -> None:
    """Freeze each version and divide the audience, in the transaction that starts the mailing. `lead` is the issue of
    everyone else; until the decision it holds version A, and none of its people has a turn."""
    _drop_untried(experiment)
    tried, at = versions.tried(experiment), now()
    shown = set(segments)
    known = list(lead.links)
    for version in tried:
        written = versions.in_place(mailing, version, experiment.what)
        content = checks.content_of(written)
        issue = freeze(written, content, known_links=known, lead=lead)
        known, version.issue = list(issue.links), issue
        version.save(update_fields=["issue"])
        shown |= set(content.segments)
    issues = [version.issue for version in tried]
    _give_places(lead, issues, queries.tally(mailing).mailable, experiment.share)
    Issue.objects.filter(id__in=[lead.id, *(issue.id for issue in issues)]).update(links=known)
    begins = {version.issue.id: version.at or at for version in tried}
    audience.cut_divided(
        audience.Division(key=_key(experiment), begins={**begins, lead.id: WAITS}),
        mailing.list_ids(),
        mailing.list_ids(excluded=True),
        mailing.segment_ids(),
    )
    for issue in (lead, *issues):
        audience.cut_circles(issue.id, sorted(shown))
    _note(experiment, state=State.RUNNING, started_at=at)


def _give_places(lead: Issue, issues: Sequence[Issue], people: int, share: int) -> None:
    """Each version as many, from the first place on; the lead has the rest, however many there turn out to be."""
    each = rule.sizes(people, share, len(issues)).each
    for n, issue in enumerate(issues):
        Issue.objects.filter(id=issue.id).update(places=NumericRange(n * each, (n + 1) * each))
    Issue.objects.filter(id=lead.id).update(places=NumericRange(len(issues) * each, None))


def _key(experiment: Experiment) -> bytes:
    return keys.keyed_hash(f"{experiment.account_id}:{experiment.id}", "mailings.experiment")


# ----- Deciding it


@transaction.atomic
def look(experiment_id: int) -> None:
    """Take the look that is due, if one is, and do what the rule says. While the mailing is held nothing is decided."""
    experiment, mailing = _open(experiment_id)
    if experiment.state != State.RUNNING or mailing.state != Mailing.State.SENDING:
        return
    at = now()
    if experiment.tested_at is None and not _note_tested(experiment, at):
        return
    due = _looks_due(experiment, at)
    if due <= experiment.looks:
        return
    readings = queries_experiments.readings(experiment)
    verdict = rule.judge(readings, due)
    _note(experiment, looks=due, reading=_kept(readings))
    _follow_rule(experiment, mailing, verdict, is_last=due == len(rule.LOOKS))


def _follow_rule(experiment: Experiment, mailing: Mailing, verdict: rule.Verdict, *, is_last: bool) -> None:
    by_itself = experiment.decides == Experiment.Decides.AUTOMATIC
    if verdict.what in ("early", "clear") and by_itself:
        _decide(experiment, mailing, verdict.winner, how=verdict.what)
    elif verdict.what == "tie" and by_itself and experiment.on_tie == Experiment.OnTie.FIRST:
        _decide(experiment, mailing, 0, how=How.TIE)
    elif is_last:
        _note(experiment, state=State.ASKING)
        _show(mailing, Mailing.Test.ASKS)
    _tell(experiment, mailing)


@transaction.atomic
def choose(mailing: Mailing, n: int, *, by: int | None) -> None:
    """Someone chooses version n for everyone else, now, whatever the numbers say. Raises NotNow."""
    experiment = queries_experiments.of(mailing)
    if experiment is None:
        raise rules.NotNow(mailing.state)
    experiment, found = _open(experiment.id)
    if (
        not experiment.is_open
        or not found.is_under_way
        or n not in [each.n for each in versions.tried(experiment)]
    ):
        raise rules.NotNow(found.state)
    _note(experiment, reading=_kept(queries_experiments.readings(experiment)), by_id=by)
    _decide(experiment, found, n, how=How.HAND)


def _tell(experiment: Experiment, mailing: Mailing) -> None:
    """Whoever runs the account hears what became of it, once."""
    page = reverse("mailings:test", args=[mailing.id])
    if experiment.state == State.ASKING:
        words.tell(Word.Kind.TEST_ASKS, str(experiment.id), page, mailing=mailing.name)
    elif experiment.winner is not None:
        letter = LETTERS[experiment.winner]
        words.tell(Word.Kind.TEST_DECIDED, str(experiment.id), page, mailing=mailing.name, letter=letter)


def _decide(experiment: Experiment, mailing: Mailing, winner: int, *, how: str) -> None:
    """The decision and the start of the rest: one transaction, once."""
    version = next(each for each in versions.tried(experiment) if each.n == winner)
    at = now()
    begins = _when_rest_goes(experiment, version, at)
    sending.let_go(mailing.started_issue_id, version.sent_as, begins)
    _note(experiment, state=State.DECIDED, decided_at=at, winner=winner, how=how)
    _show(mailing, "")


def _when_rest_goes(experiment: Experiment, winner: Version, at: datetime) -> datetime:
    """Now; of moments the next one that is like the winner's."""
    if experiment.what != Experiment.What.TIME:
        return at
    moments = [timezone.localtime(version.at) for version in versions.tried(experiment) if version.at]
    return rule.next_like(timezone.localtime(winner.at), moments, timezone.localtime(at))


def stop(mailing: Mailing) -> None:
    """The mailing was cancelled, so nothing is left to be found out. In that transaction."""
    Experiment.objects.filter(mailing=mailing, state__in=(State.RUNNING, State.ASKING)).update(
        state=State.STOPPED, decided_at=now()
    )
    _show(mailing, "")


def _open(experiment_id: int) -> tuple[Experiment, Mailing]:
    """Both, locked: the mailing first, as everyone does."""
    mailing_id = Experiment.objects.values_list("mailing_id", flat=True).get(id=experiment_id)
    mailing = locked(mailing_id)
    return Experiment.objects.select_for_update().get(id=experiment_id), mailing


def _note_tested(experiment: Experiment, at: datetime) -> bool:
    """Once everyone of the versions had their turn the waiting time begins; for all versions at once, or for each with
    its own moment."""
    if not queries_experiments.had_their_turn(experiment, at):
        return False
    moments = [version.at for version in versions.tried(experiment) if version.at]
    is_time = experiment.what == Experiment.What.TIME
    _note(experiment, tested_at=max(moments) if is_time and moments else at)
    return True


def _looks_due(experiment: Experiment, at: datetime) -> int:
    assert experiment.tested_at is not None
    only_last = experiment.what == Experiment.What.TIME
    return rule.looks_due(experiment.tested_at, experiment.hours, at, only_last=only_last)


def _kept(readings: Sequence[rule.Reading]) -> list[dict[str, Any]]:
    return [{"people": one.people, "count": one.count, **asdict(one.belief)} for one in readings]


def _note(experiment: Experiment, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(experiment, name, value)
    experiment.save(update_fields=list(fields))


def _show(mailing: Mailing, test: str) -> None:
    mailing.test = test
    mailing.save(update_fields=["test", "updated_at"])
