"""Whatever is pressed in whatever order, and wherever something dies: each has one place, and one decision stands."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailexpert.base.clock import now
from mailexpert.mailings import actions, jobs, rules, versions
from mailexpert.mailings import actions_experiments as experiments
from mailexpert.mailings.models import Experiment, Mailing
from mailexpert.mailings.tests.trial import clicked, everyone_had_a_turn, planned, standing, start, trial
from mailexpert.sending import actions as sending
from mailexpert.sending import queries
from mailexpert.sending.models import Issue, Shard

pytestmark = pytest.mark.usefixtures("in_shop")

STEPS = ("turns", "pause", "resume", "hours", "choose a", "choose b", "cancel", "follow", "look", "dies")


class Died(Exception):
    """As if the process was killed there."""


def take(step: str, mailing: Mailing, clock: Any) -> None:
    match step:
        case "turns":
            if standing(mailing).state != "stopped":
                everyone_had_a_turn(mailing)
        case "pause":
            actions.pause(mailing)
        case "resume":
            actions.resume(mailing)
        case "hours":
            clock.shift(timedelta(hours=2))
        case "choose a" | "choose b":
            experiments.choose(mailing, int(step == "choose b"), by=None)
        case "cancel":
            actions.cancel(mailing)
        case "follow":
            jobs.follow_issues.run()
        case "look":
            jobs.look_at_tests.run()
        case "dies":
            die_while_deciding(mailing)


def die_while_deciding(mailing: Mailing) -> None:
    """The words and the people are let go, and then nothing more happens."""
    before = sending.let_go

    def half(*about: Any) -> None:
        before(*about)
        raise Died

    with pytest.MonkeyPatch.context() as patch, suppress(Died):
        patch.setattr(sending, "let_go", half)
        experiments.choose(mailing, 1, by=None)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=12))
def test_each_person_has_one_place_and_one_decision_stands(steps: list[str]) -> None:
    with transaction.atomic():
        mailing = trial(80)
        start(mailing)
        everyone = sorted(contact for part in planned(mailing) for contact in part)
        decided = None
        with time_machine.travel(now(), tick=False) as clock:
            for step in steps:
                with suppress(rules.NotNow, sending.NotNow):
                    take(step, mailing, clock)
                decided = holds(mailing, everyone, decided)
        transaction.set_rollback(True)


def holds(mailing: Mailing, everyone: list[int], decided: int | None) -> int | None:
    parts = planned(mailing)
    assert sorted(contact for part in parts for contact in part) == everyone
    counts = queries.counts(mailing.started_issue_id)
    assert counts.planned == len(everyone) == counts.waiting + counts.sent + counts.skipped
    found = standing(mailing)
    assert decided is None or found.winner == decided
    waits = Shard.objects.filter(
        issue_id=mailing.started_issue_id, not_before__gt=now() + timedelta(days=366)
    )
    assert waits.exists() is (found.winner is None)
    if found.winner is not None:
        chosen = versions.tried(found)[found.winner].issue
        assert Issue.objects.get(id=mailing.started_issue_id).subject == chosen.subject
    return found.winner


def test_whoever_dies_while_deciding_has_decided_nothing_and_the_next_look_decides(monkeypatch: Any) -> None:
    mailing = trial(400)
    start(mailing)
    everyone_had_a_turn(mailing)
    clicked(mailing, a=0, b=60)
    jobs.look_at_tests.run()

    def dies(*_about: Any) -> None:
        raise Died

    with time_machine.travel(now() + timedelta(hours=5)):
        monkeypatch.setattr(experiments, "_show", dies)
        with pytest.raises(Died), transaction.atomic():
            jobs.look_at_tests.run()
        rest = Shard.objects.filter(issue_id=mailing.started_issue_id)
        assert (standing(mailing).state, standing(mailing).looks) == ("running", 0)
        assert not rest.filter(not_before__lte=now() + timedelta(days=366)).exists()
        monkeypatch.undo()
        jobs.look_at_tests.run()
        jobs.look_at_tests.run()
        assert standing(mailing).winner == 1
        assert rest.filter(not_before__lte=now()).count() == rest.count() > 0


def test_who_sees_the_same_state_twice_is_planned_once() -> None:
    mailing = trial(200)
    start(mailing)
    with pytest.raises(rules.NotNow):
        actions.start(mailing)
    assert max(Counter(contact for part in planned(mailing) for contact in part).values()) == 1
    assert Experiment.objects.count() == 1
