"""A test of versions, from its plan to the decision: who gets what, and that each person gets one mail."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import NumericRange

from mailexpert.base.clock import now
from mailexpert.mailings import actions, jobs, rules, versions
from mailexpert.mailings import actions_experiments as experiments
from mailexpert.mailings.models import Experiment, Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.mailings.tests.trial import clicked, everyone_had_a_turn, planned, standing, start, trial
from mailexpert.sending import queries as sending
from mailexpert.sending.models import Issue, Shard
from mailexpert.tracking.models import Channel, Conversion, Goal, SiteMeasuring

pytestmark = pytest.mark.usefixtures("in_shop")


def test_each_version_gets_its_share_and_nobody_gets_two() -> None:
    mailing = trial(400, share=20)
    start(mailing)
    parts = planned(mailing)
    assert [len(part) for part in parts] == [40, 40, 320]
    assert max(Counter(contact for part in parts for contact in part).values()) == 1
    assert sending.counts(mailing.started_issue_id).planned == 400


def test_the_order_of_the_list_says_nothing_of_the_version() -> None:
    mailing = trial(400, share=50)
    start(mailing)
    first, second, _rest = planned(mailing)
    middle = sorted(first + second)[100]
    early = sum(contact < middle for contact in first)
    assert 25 < early < 75
    again = draft(mailing.audience.get().list)
    planned_again = planned_of(again)
    assert set(planned_again) != set(first)


def planned_of(mailing: Mailing) -> list[int]:
    experiments.plan(mailing, written={"what": "subject", "share": 50}, others=[{}, {"subject": "Anders"}])
    start(mailing)
    return planned(mailing)[0]


def test_the_database_refuses_a_place_that_another_version_has() -> None:
    mailing = trial(100)
    start(mailing)
    first = Experiment.objects.get().versions.get(n=0).sent_as
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(id=mailing.started_issue_id).update(places=NumericRange(5, None))
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(id=first).update(places=NumericRange(0, 1_000))


def test_nobody_of_the_rest_has_a_turn_before_the_decision_and_all_have_after() -> None:
    mailing = trial(100)
    start(mailing)
    rest = Shard.objects.filter(issue_id=mailing.started_issue_id)
    assert not rest.filter(not_before__lte=now() + timedelta(days=366 * 100)).exists()
    experiments.choose(mailing, 1, by=None)
    assert rest.filter(not_before__lte=now()).count() == rest.count() > 0
    assert Issue.objects.get(id=mailing.started_issue_id).subject == "Anders"


def test_the_winner_of_the_waiting_time_goes_to_everyone_else() -> None:
    mailing = trial(2_000, share=50)
    start(mailing)
    everyone_had_a_turn(mailing)
    clicked(mailing, a=10, b=90)
    with time_machine.travel(now(), tick=False) as clock:
        jobs.look_at_tests.run()
        assert standing(mailing).state == "running"
        clock.shift(timedelta(hours=4, seconds=1))
        jobs.look_at_tests.run()
    found = standing(mailing)
    assert (found.state, found.winner, found.how) == ("decided", 1, "clear")
    assert Issue.objects.get(id=mailing.started_issue_id).subject == "Anders"
    assert found.reading[1]["count"] == 90
    mailing.refresh_from_db()
    assert (mailing.test, mailing.state) == ("", "sending")


def test_a_clear_winner_ends_the_test_early_only_at_a_look_of_the_rule() -> None:
    mailing = trial(2_000, share=50)
    start(mailing)
    everyone_had_a_turn(mailing)
    clicked(mailing, a=10, b=200)
    with time_machine.travel(now(), tick=False) as clock:
        jobs.look_at_tests.run()
        clock.shift(timedelta(hours=2) - timedelta(seconds=1))
        jobs.look_at_tests.run()
        assert standing(mailing).state == "running"
        clock.shift(timedelta(seconds=1))
        jobs.look_at_tests.run()
    assert (standing(mailing).how, standing(mailing).looks) == ("early", 1)


def test_a_tie_sends_the_first_version_or_asks_as_was_chosen() -> None:
    for on_tie, state in (("first", "decided"), ("ask", "asking")):
        mailing = trial(400, share=50, on_tie=on_tie, list_name=on_tie)
        start(mailing)
        everyone_had_a_turn(mailing)
        clicked(mailing, a=5, b=6)
        jobs.look_at_tests.run()
        with time_machine.travel(now() + timedelta(hours=5)):
            jobs.look_at_tests.run()
        found = standing(mailing)
        assert (found.state, found.winner) == (state, 0 if on_tie == "first" else None)


def test_by_hand_the_test_asks_and_keeps_the_rest_waiting() -> None:
    mailing = trial(400, share=50, decides="hand")
    start(mailing)
    everyone_had_a_turn(mailing)
    clicked(mailing, a=5, b=90)
    jobs.look_at_tests.run()
    with time_machine.travel(now() + timedelta(hours=5)):
        jobs.look_at_tests.run()
    mailing.refresh_from_db()
    assert (standing(mailing).state, mailing.test) == ("asking", "asks")
    experiments.choose(mailing, 0, by=None)
    assert standing(mailing).how == "hand"


def test_a_decision_is_made_once() -> None:
    mailing = trial(100)
    start(mailing)
    experiments.choose(mailing, 1, by=None)
    with pytest.raises(rules.NotNow):
        experiments.choose(mailing, 0, by=None)
    assert Issue.objects.get(id=mailing.started_issue_id).subject == "Anders"


def test_conversions_decide_where_the_account_counts_a_goal() -> None:
    mailing = trial(400, goal="conversions")
    with pytest.raises(actions.CannotSend) as problem:
        start(mailing)
    assert [check.code for check in problem.value.checks if check.level == "block"] == ["test_goal"]
    SiteMeasuring.objects.create()
    Goal.objects.create(name="Bedankt", kind="page", pattern="/bedankt")
    start(mailing)
    everyone_had_a_turn(mailing)
    second = versions.tried(standing(mailing))[1].sent_as
    Conversion.objects.create(goal=Goal.objects.get(), channel=Channel.MAIL, issue_id=second, n=9)
    jobs.look_at_tests.run()
    with time_machine.travel(now() + timedelta(hours=5)):
        jobs.look_at_tests.run()
    found = standing(mailing)
    assert (found.winner, [one["count"] for one in found.reading]) == (1, [0, 9])


def test_machines_decide_nothing() -> None:
    mailing = trial(400, share=50)
    start(mailing)
    everyone_had_a_turn(mailing)
    clicked(mailing, a=0, b=0, machines=500)
    jobs.look_at_tests.run()
    with time_machine.travel(now() + timedelta(hours=5)):
        jobs.look_at_tests.run()
    assert standing(mailing).how == "tie"


def test_a_pause_holds_every_version_and_no_decision_is_made_meanwhile() -> None:
    mailing = trial(400)
    start(mailing)
    everyone_had_a_turn(mailing)
    actions.pause(mailing)
    assert set(Issue.objects.filter(finished_at=None).values_list("state", flat=True)) == {Issue.State.PAUSED}
    with time_machine.travel(now() + timedelta(days=3)):
        jobs.look_at_tests.run()
        assert standing(mailing).state == "running"
        actions.resume(mailing)
        jobs.look_at_tests.run()
    assert standing(mailing).tested_at is not None


def test_stopping_the_mailing_stops_its_test_and_every_version() -> None:
    mailing = trial(400)
    start(mailing)
    actions.cancel(mailing)
    mailing.refresh_from_db()
    assert (standing(mailing).state, mailing.test) == ("stopped", "")
    assert set(Issue.objects.values_list("state", flat=True)) == {Issue.State.CANCELLED}
    with pytest.raises(rules.NotNow):
        experiments.choose(mailing, 0, by=None)


def test_the_mailing_is_sent_only_when_every_version_is() -> None:
    mailing = trial(100)
    start(mailing)
    Issue.objects.filter(id=mailing.started_issue_id).update(state=Issue.State.DONE, finished_at=now())
    jobs.follow_issues.run()
    mailing.refresh_from_db()
    assert mailing.state == "sending"
    Issue.objects.update(state=Issue.State.DONE, finished_at=now())
    jobs.follow_issues.run()
    mailing.refresh_from_db()
    assert mailing.state == "sent"


def test_moments_begin_when_they_say_and_are_compared_after_the_same_hours() -> None:
    at = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    mailing = trial(400, share=50, what="time", others=[{"at": at}, {"at": at + timedelta(hours=6)}])
    start(mailing)
    early, late = (version.sent_as for version in versions.tried(standing(mailing)))
    assert set(Shard.objects.filter(issue_id=early).values_list("not_before", flat=True)) == {at}
    assert set(Shard.objects.filter(issue_id=late).values_list("not_before", flat=True)) == {
        at + timedelta(hours=6)
    }
    everyone_had_a_turn(mailing)
    clicked(mailing, a=60, b=0, at=at + timedelta(hours=5))  # after its four hours: too late to count
    clicked(mailing, a=0, b=60, at=at + timedelta(hours=7))
    with time_machine.travel(at + timedelta(hours=10)):
        jobs.look_at_tests.run()
    found = standing(mailing)
    assert (found.winner, [one["count"] for one in found.reading]) == (1, [0, 60])
    begins = Shard.objects.filter(issue_id=mailing.started_issue_id).values_list("not_before", flat=True)
    assert set(begins) == {at + timedelta(hours=30)}


def test_another_content_is_written_as_a_mailing_of_its_own_that_is_never_sent_alone() -> None:
    made, _rows = people(400)
    mailing = draft(made)
    other = experiments.add_content(mailing)
    Mailing.objects.filter(id=other.id).update(
        source='<p>Heel anders. <a href="https://winkel.example/b">Kijk</a></p>'
    )
    other.refresh_from_db()
    with pytest.raises(rules.NotNow):
        actions.start(other)
    start(mailing)
    issues = [version.issue for version in versions.tried(standing(mailing))]
    assert "Heel anders" in issues[1].html
    assert "Heel anders" not in issues[0].html
    assert issues[0].links == issues[1].links == ["https://winkel.example/b"]


def test_deleting_the_draft_leaves_no_version_behind() -> None:
    mailing = draft(people(100)[0])
    experiments.add_content(mailing)
    actions.delete_draft(mailing)
    assert (Mailing.objects.count(), Experiment.objects.count()) == (0, 0)
