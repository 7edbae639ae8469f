"""A test of versions in a marketer's words: what was planned, how it stands, who won and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailexpert.core import subjects
from mailexpert.mailings import goals, versions
from mailexpert.mailings import queries_experiments as queries
from mailexpert.mailings import rules_experiments as rule
from mailexpert.mailings.models_experiments import LETTERS, Experiment, Version

How = Experiment.How


def number(value: float, digits: int = 0) -> str:
    return number_format(round(value, digits), digits, force_grouping=True)


def per_hundred(rate: float) -> str:
    """A rate as so many of a hundred mails."""
    return number(rate * 100, 1)


# ----- Before it begins


@dataclass(frozen=True, kw_only=True)
class Planned:
    """`divided`: who gets what; `shows`: what a test of this size can show; `is_weak`: too little to learn from."""

    experiment: Experiment
    count: int
    divided: str
    shows: str
    is_weak: bool
    tested: int
    rest: int


def planned(experiment: Experiment, people: int) -> Planned:
    found = queries.learnable(people, experiment)
    count = max(2, len(versions.tried(experiment)))
    each, rest = found.sizes.each, found.sizes.rest
    divided = ngettext(
        "%(count)s versions go to %(each)s person each; the other %(rest)s wait for the outcome.",
        "%(count)s versions go to %(each)s people each; the other %(rest)s wait for the outcome.",
        each,
    )
    return Planned(
        experiment=experiment,
        count=count,
        divided=divided % {"count": count, "each": number(each), "rest": number(rest)},
        shows=_shows(found, experiment),
        is_weak=found.sizes.is_too_small or found.is_weak,
        tested=each * count,
        rest=rest,
    )


def _shows(found: queries.Learnable, experiment: Experiment) -> str:
    unit = goals.goal(experiment.goal).unit
    if found.sizes.is_too_small:
        return _("Fewer than %(fewest)s people a version: we show no numbers of so few.") % {
            "fewest": rule.FEWEST
        }
    if found.seen is None:
        return _("With so few people no difference can be told from chance.")
    return _(
        "Your readers usually give %(usual)s %(unit)s per 100 mails. Of a version that gives %(seen)s or more, a test "
        "of this size finds four times in five that it is better; of less it often finds no clear difference."
    ) % {"usual": per_hundred(found.usual), "seen": per_hundred(found.seen), "unit": unit}


# ----- While it runs, and after


@dataclass(frozen=True, kw_only=True)
class Line:
    """A version side by side with the others. Numbers about fewer than 20 people are left out."""

    n: int
    letter: str
    says: str
    at: datetime | None
    sent: int
    count: int
    rate: float
    rate_text: str
    chance: str
    is_shown: bool
    is_ahead: bool
    is_winner: bool


def lines(experiment: Experiment, readings: Sequence[rule.Reading]) -> list[Line]:
    tried = versions.tried(experiment)
    is_shown = all(one.people >= rule.FEWEST for one in readings)
    ahead = max(range(len(readings)), key=lambda n: readings[n].belief.best) if is_shown else -1
    return [
        Line(
            n=version.n,
            letter=version.letter,
            says=says(experiment, version),
            at=version.at if experiment.what == Experiment.What.TIME else None,
            sent=one.people,
            count=one.count,
            rate=one.count / one.people if one.people else 0.0,
            rate_text=per_hundred(one.count / one.people) if one.people else "",
            chance=percent(one.belief.best),
            is_shown=is_shown,
            is_ahead=version.n == ahead,
            is_winner=experiment.winner == version.n,
        )
        for version, one in zip(tried, readings, strict=True)
    ]


def says(experiment: Experiment, version: Version) -> str:
    """What a version has of its own, as it was frozen; of a content its first line in the inbox."""
    issue, What = version.issue, Experiment.What
    if experiment.what == What.SENDER:
        return (
            f"{issue.sender_name} <{issue.sender_address}>"
            if issue.sender_name
            else str(issue.sender_address)
        )
    if experiment.what == What.CONTENT:
        return str(issue.preheader) or _("Content %(letter)s") % {"letter": version.letter}
    return subjects.shown(str(issue.subject))


def percent(chance: float) -> str:
    """Never certain: 100 % and 0 % are what a finite test can't say."""
    if chance > 0.995:
        return _("over 99%")
    if chance < 0.005:
        return _("under 1%")
    return _("%(n)s%%") % {"n": number(chance * 100)}


def outlook(experiment: Experiment, readings: Sequence[rule.Reading]) -> list[str]:
    """What the numbers say, and what choosing now would mean."""
    if any(one.people < rule.FEWEST for one in readings):
        return [
            _("No numbers yet: we show none about fewer than %(fewest)s people.") % {"fewest": rule.FEWEST}
        ]
    if not any(one.count for one in readings):
        return [_("Nothing came in yet, so nothing can be said of a difference.")]
    ahead = max(range(len(readings)), key=lambda n: readings[n].belief.best)
    goal, belief = goals.goal(experiment.goal), readings[ahead].belief
    named = {
        "best": LETTERS[ahead],
        "other": LETTERS[1 - ahead] if len(readings) == 2 else "",
        "chance": percent(belief.best),
        "loss": number(belief.loss * goal.per_success * 100, 2),
        "unit": goal.unit,
    }
    if len(readings) == 2:
        return [
            _("The chance that %(best)s is better is %(chance)s.") % named,
            _(
                "If you choose %(best)s now and %(other)s is better after all, that costs %(loss)s %(unit)s per 100 "
                "mails on average."
            )
            % named,
        ]
    return [
        _("The chance that %(best)s is the best is %(chance)s.") % named,
        _(
            "If you choose %(best)s now and another is better after all, that costs %(loss)s %(unit)s per 100 mails "
            "on average."
        )
        % named,
    ]


def outcome(experiment: Experiment, readings: Sequence[rule.Reading]) -> str:
    """Who won, and why."""
    if experiment.state == Experiment.State.STOPPED:
        return _("The test was stopped with the mailing; nobody else gets it.")
    if experiment.winner is None:
        return ""
    named = {"letter": LETTERS[experiment.winner], "chance": ""}
    if len(readings) > experiment.winner:
        named["chance"] = percent(readings[experiment.winner].belief.best)
    return {
        How.EARLY: _("Version %(letter)s won before the end: the chance that it is the best was %(chance)s."),
        How.CLEAR: _("Version %(letter)s won: the chance that it is the best was %(chance)s."),
        How.TIE: _(
            "There was no clear difference, so version %(letter)s went to everyone else, as you chose."
        ),
        How.HAND: _("Version %(letter)s was chosen by hand; the chance that it is the best was %(chance)s."),
    }[How(experiment.how)] % named


@dataclass(frozen=True, kw_only=True)
class Clock:
    """When the test is decided, and when it is looked at before that."""

    ends_at: datetime
    looks: list[datetime]


def clock(experiment: Experiment) -> Clock | None:
    if experiment.tested_at is None:
        return None
    shares = rule.LOOKS[-1:] if experiment.what == Experiment.What.TIME else rule.LOOKS
    looks = [experiment.tested_at + timedelta(hours=experiment.hours) * share for share in shares]
    return Clock(ends_at=looks[-1], looks=looks)
