"""What is looked at before a test of versions may begin."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailexpert.base.clock import now
from mailexpert.mail import links
from mailexpert.mailings import goals, queries, queries_experiments, rules, versions
from mailexpert.mailings import rules_experiments as rule
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.models_experiments import Experiment, Version
from mailexpert.mailings.rules import Check, Level
from mailexpert.tracking import queries as tracking

What = Experiment.What
Contents = Callable[[Mailing], tuple[list[Check], Any]]
Senders = Callable[[Mailing], list[Check]]


def look(mailing: Mailing, *, content: Contents, sender: Senders) -> list[Check]:
    """Nothing where no test was planned."""
    experiment = queries_experiments.of(mailing)
    if experiment is None:
        return []
    place = _Place(mailing)
    tried = versions.tried(experiment)
    if len(tried) < 2:
        return [
            place.block(
                "test_versions", _("A test needs two versions at least. Add one, or leave the test out.")
            )
        ]
    found = [*_goal(mailing, experiment, place), *_people(mailing, experiment, place)]
    if experiment.what == What.TIME:
        return [*found, *_moments(tried, place)]
    written = [versions.in_place(mailing, version, experiment.what) for version in tried]
    found += _alike(written, tried, experiment.what, place)
    for version, one in zip(tried, written, strict=True):
        found += _said(one, version, experiment, place, content=content, sender=sender)
    return found


class _Place:
    """Where a check of the test is mended."""

    def __init__(self, mailing: Mailing) -> None:
        self._page = reverse("mailings:test", args=[mailing.pk]) if mailing.pk else ""

    def say(self, code: str, level: Level, text: str) -> Check:
        return Check(code=code, level=level, text=text, where="test", page=self._page)

    def block(self, code: str, text: str) -> Check:
        return self.say(code, "block", text)


def _goal(mailing: Mailing, experiment: Experiment, place: _Place) -> list[Check]:
    goal = goals.goal(experiment.goal)
    hindrance = goal.hindrance(tracking.limits().allowed(mailing.tracking))
    return [place.block("test_goal", str(hindrance))] if hindrance else []


def _people(mailing: Mailing, experiment: Experiment, place: _Place) -> list[Check]:
    people = queries.tally(mailing).mailable
    found = queries_experiments.learnable(people, experiment)
    if found.sizes.is_too_small:
        text = ngettext(
            "Each version would go to %(n)s person. Below %(fewest)s people a version we show no numbers, so nothing "
            "can be learnt. Take a larger share or fewer versions.",
            "Each version would go to %(n)s people. Below %(fewest)s people a version we show no numbers, so nothing "
            "can be learnt. Take a larger share or fewer versions.",
            found.sizes.each,
        )
        return [place.block("test_people", text % {"n": found.sizes.each, "fewest": rule.FEWEST})]
    if found.is_weak:
        text = _("With so few people the test shows only a very large difference. Its page says how large.")
        return [place.say("test_people", "warn", text)]
    return [place.say("test_people", "ok", _("The test is large enough to show a difference that matters."))]


def _moments(tried: list[Version], place: _Place) -> list[Check]:
    at = now()
    for version in tried:
        if version.at is None or not at < version.at <= at + rules.FARTHEST:
            text = _("Version %(letter)s has no moment to come. Choose one.")
            return [place.block("test_time", text % {"letter": version.letter})]
    if len({version.at for version in tried}) < len(tried):
        return [place.block("test_alike", _("Two versions go at the same moment. Choose different ones."))]
    return []


def _alike(written: list[Mailing], tried: list[Version], what: str, place: _Place) -> list[Check]:
    names = {What.SUBJECT: ("subject",), What.SENDER: ("sender",)}.get(
        What(what), ("source", "kind", "preheader")
    )
    seen: dict[tuple[str, ...], str] = {}
    for version, one in zip(tried, written, strict=True):
        said = tuple(getattr(one, name) for name in names)
        if said in seen:
            text = _("Version %(letter)s is the same as version %(other)s, so there is nothing to find out.")
            return [place.block("test_alike", text % {"letter": version.letter, "other": seen[said]})]
        seen[said] = version.letter
    return []


def _said(
    one: Mailing,
    version: Version,
    experiment: Experiment,
    place: _Place,
    *,
    content: Contents,
    sender: Senders,
) -> list[Check]:
    """What stands in the way of this version itself; of A the mailing's own checks say it."""
    found, made = content(one)
    if experiment.what == What.SENDER:
        found = sender(one)
    if version.n == 0:
        found = []
    said = [
        Check(
            code=check.code,
            level=check.level,
            text=_("Version %(letter)s: %(text)s") % {"letter": version.letter, "text": check.text},
            title=_("Version %(letter)s: %(text)s") % {"letter": version.letter, "text": check.head},
            detail=check.rest,
            where="test",
            page=_page_of(version) or check.page or reverse("mailings:test", args=[one.pk]),
        )
        for check in found
        if check.level == "block"
    ]
    if made is not None and experiment.goal == "clicks" and not links.number(made.html, made.text).targets:
        text = _("Version %(letter)s has no link, so nobody can click in it.")
        said.append(place.say("test_links", "warn", text % {"letter": version.letter}))
    return said


def _page_of(version: Version) -> str:
    return reverse("mailings:show", args=[version.draft_id]) if version.draft_id else ""
