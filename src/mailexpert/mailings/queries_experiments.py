"""What is read of a test of versions: how it was set up, how each version stands, and what can be learnt from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mailexpert.mailings import goals, versions
from mailexpert.mailings import rules_experiments as rule
from mailexpert.mailings.bayes import Belief
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.models_experiments import Experiment, Version
from mailexpert.sending import queries as sending
from mailexpert.tracking import queries as tracking

LATELY = 10  # mailings that say how often an account's readers click
USUAL_RATE = 0.03  # clicks a mail, where an account has none yet


def of(mailing: Mailing) -> Experiment | None:
    return Experiment.objects.filter(mailing_id=mailing.pk).first()


def had_their_turn(experiment: Experiment, at: datetime) -> bool:
    tried = versions.tried(experiment)
    has_begun = all(version.at is None or version.at <= at for version in tried)
    return has_begun and sending.counts_of([version.sent_as for version in tried]).waiting == 0


def readings(experiment: Experiment) -> list[rule.Reading]:
    """Each version as it stands now. Of moments the hours count that every version has had as many of."""
    goal = goals.goal(experiment.goal)
    tried = versions.tried(experiment)
    counts = goal.count({version.sent_as: _window(experiment, version) for version in tried})
    counted = [(sending.counts_of([one.sent_as]).sent, counts.get(one.sent_as, 0)) for one in tried]
    return rule.read(counted, per_success=goal.per_success)


def _window(experiment: Experiment, version: Version) -> goals.Window:
    if experiment.what != Experiment.What.TIME or version.at is None:
        return goals.Window()
    return goals.Window(since=version.at, until=version.at + timedelta(hours=experiment.hours))


def decided_on(experiment: Experiment) -> list[rule.Reading]:
    """What the decision was made on."""
    return [
        rule.Reading(
            people=one["people"],
            count=one["count"],
            belief=Belief(mean=one["mean"], best=one["best"], loss=one["loss"]),
        )
        for one in experiment.reading
    ]


@dataclass(frozen=True, kw_only=True)
class Learnable:
    """What a test of so many people can show: of what rate the readers are expected, and the smallest better one that
    would be found in four tests of five."""

    sizes: rule.Sizes
    usual: float
    seen: float | None

    @property
    def is_weak(self) -> bool:
        """Less than half more wouldn't be seen, which no change of subject brings."""
        return self.seen is None or self.seen > 1.5 * self.usual


def learnable(people: int, experiment: Experiment) -> Learnable:
    goal = goals.goal(experiment.goal)
    sizes = rule.sizes(people, experiment.share, max(2, len(versions.tried(experiment))))
    usual = usual_rate() if goal.key == "clicks" else goal.usual
    seen = rule.smallest_seen(usual, sizes.each, per_success=goal.per_success)
    return Learnable(sizes=sizes, usual=usual, seen=seen)


def usual_rate() -> float:
    """Clicks a mail, over the account's last mailings."""
    rows = Mailing.objects.filter(state=Mailing.State.SENT).exclude(issue=None).order_by("-id")
    issues = list(rows.values_list("issue_id", flat=True)[:LATELY])
    sent = sum(sending.counts(issue).sent for issue in issues)
    clicks = sum(one.clicks for one in tracking.hits_of(issues).values())
    return clicks / sent if sent and clicks else USUAL_RATE


@dataclass(frozen=True, kw_only=True)
class Row:
    """A version, or (without one) everyone else, with what came of its own mails."""

    version: Version | None
    subject: str
    counts: sending.Counts
    clicks: int
    machine_clicks: int
    unsubscribed: int

    @property
    def may_show(self) -> bool:
        """A number about fewer people could point at one of them."""
        return self.counts.sent >= rule.FEWEST


def rows(experiment: Experiment) -> list[Row]:
    """Every version and the rest; their counts together are the mailing's."""
    mailing = experiment.mailing
    if mailing.issue_id is None:
        return []
    parts: list[tuple[Version | None, Any]] = [(one, one.issue) for one in versions.tried(experiment)]
    parts.append((None, mailing.issue))
    hits = tracking.hits_of([issue.id for _version, issue in parts])
    return [
        Row(
            version=version,
            subject=issue.subject,
            counts=sending.counts_of([issue.id]),
            clicks=hits.get(issue.id, tracking.Hits()).clicks,
            machine_clicks=hits.get(issue.id, tracking.Hits()).machine_clicks,
            unsubscribed=sending.unsubscribed_of([issue.id]),
        )
        for version, issue in parts
    ]
