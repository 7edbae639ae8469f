"""The ledger added up by the minute says the same as the ledger, however often and late it is added up."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection

from mailexpert.contacts.models import Contact
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.sending import jobs_pulse, queries, queries_pulse
from mailexpert.sending.models import Delivery, DomainCount, Issue, Outcome, Pulse, PulseTaken, Shard, Stop
from mailexpert.sending.queries import Counts

NOON = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("in_shop")


@pytest.fixture
def issue():
    return Issue.objects.create(sender_address="a@winkel.example", subject="Nieuws")


@pytest.fixture
def clock(monkeypatch):
    """Sets the time at which the ledger is added up."""
    return lambda moment: monkeypatch.setattr(jobs_pulse, "now", lambda: moment)


def note(issue, contact, outcome, code, at):
    Delivery.objects.create(
        issue_id=issue.id, contact_id=contact, attempt=1, outcome=outcome, code=code, at=at
    )


def large(monkeypatch):
    """From here on every mailing is one whose ledger is too long to be read."""
    monkeypatch.setattr(queries_pulse, "FEW", -1)


def test_minutes_and_reasons_are_the_same_from_the_sums_as_from_the_ledger(issue, clock, monkeypatch):
    for contact, (outcome, code, minute) in enumerate(
        [(1, 250, 0), (1, 250, 0), (1, 250, 2), (3, 1, 0), (2, 550, 2), (2, 550, 3), (2, 552, 3), (4, 0, 3)]
    ):
        note(issue, contact, outcome, code, NOON + timedelta(minutes=minute))
    clock(NOON + timedelta(minutes=10))

    def told():
        found = queries_pulse.course([issue.id], Counts(planned=8, failed=3, skipped=1))
        return found.minutes, found.reasons

    by_hand = told()
    jobs_pulse.take(issue.id)
    large(monkeypatch)
    assert told() == by_hand
    assert by_hand[1] == {Outcome.FAILED: {550: 2, 552: 1}, Outcome.SKIPPED: {1: 1}}
    assert [(one.at.minute, one.sent, one.failed, one.unanswered) for one in by_hand[0]] == [
        (0, 2, 0, 0), (2, 1, 1, 0), (3, 0, 2, 1),
    ]  # fmt: skip


def test_what_comes_in_while_it_is_added_up_counts_once(issue, clock, monkeypatch):
    note(issue, 1, 1, 250, NOON)
    clock(NOON + timedelta(seconds=5))
    jobs_pulse.take(issue.id)
    note(issue, 2, 1, 250, NOON)  # a transaction that began before the sum and ended after it
    clock(NOON + timedelta(minutes=1))
    jobs_pulse.take(issue.id)
    jobs_pulse.take(issue.id)
    large(monkeypatch)
    assert [one.sent for one in queries_pulse.course([issue.id], Counts(planned=2)).minutes] == [2]


def test_an_issue_that_ended_is_left_alone_once_all_was_added_up(issue, clock):
    Issue.objects.filter(id=issue.id).update(finished_at=NOON)
    for minutes, waits in ((1, True), (6, False)):
        clock(NOON + timedelta(minutes=minutes))
        with beside_wall(Beside.SCHEDULE):
            jobs_pulse.take_pulses.run()
        assert (PulseTaken.objects.get().upto < NOON + jobs_pulse.LATE) is waits


def test_domains_of_few_people_have_no_name(issue, clock):
    names = ["groot.example"] * 20 + ["klein.example"] * 3 + ["eigen.example"]
    for number, domain in enumerate(names):
        who = Contact.objects.create(email=f"lezer{number}@{domain}")
        note(issue, who.id, 1 if number else 2, 250, NOON)
    Issue.objects.filter(id=issue.id).update(finished_at=NOON)
    clock(NOON + timedelta(minutes=6))
    jobs_pulse.take(issue.id)
    places = queries_pulse.places([issue.id], most_domains=5)
    found = [(one.name, one.sent, one.failed) for one in places.domains]
    assert found == [("groot.example", 19, 1), ("", 4, 0)]


def test_a_strangers_account_sees_no_pulse(issue, clock, stranger, monkeypatch):
    note(issue, 1, 1, 250, NOON)
    clock(NOON + timedelta(minutes=1))
    jobs_pulse.take(issue.id)
    large(monkeypatch)
    with account(stranger.id):
        assert not Pulse.objects.exists()
        assert not DomainCount.objects.exists()
        assert queries_pulse.course([issue.id], Counts(planned=1)).minutes == []


def test_providers_are_those_of_the_shards(issue):
    for n, (lane, size, sent, failed) in enumerate([("google", 3, 2, 1), ("", 1, 1, 0), ("google", 2, 2, 0)]):
        Shard.objects.create(
            issue=issue, n=n, contact_ids=list(range(size)), lane=lane, sent=sent, failed=failed
        )
    places = queries_pulse.places([issue.id], most_domains=5)
    found = [(one.name, one.planned, one.sent, one.failed) for one in places.providers]
    assert found == [("google", 5, 4, 1), ("", 1, 1, 0)]


def test_of_a_large_mailing_the_planner_sees_neither_the_ledger_nor_the_stops_that_are_known(issue):
    values = {"account": issue.account_id, "issues": [issue.id], "fives_until": "-infinity"}
    values |= {"few": False, "few_missed": False, "counts_stops": False, "looks_ahead": False}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {queries_pulse.COURSE}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "sending_pulse" in plan
    assert not {name for name in ("sending_delivery", "sending_stop", "sending_retry") if name in plan}


def test_stops_stand_in_their_five_minutes_and_later_in_their_hour(issue):
    for contact, minutes in ((1, 0), (2, 3), (2, 50), (3, 7), (4, 70), (5, 95)):
        Stop.objects.create(
            issue_id=issue.id, contact_id=contact, via=1, at=NOON + timedelta(minutes=minutes)
        )
    found = queries_pulse.course([issue.id], Counts(), fives_until=NOON + timedelta(hours=1)).stops
    assert [((one.at - NOON).total_seconds() // 60 + 1, one.n) for one in found] == [(0, 2), (5, 1), (60, 2)]
    assert [one.n for one in queries_pulse.course([issue.id], Counts()).stops] == [3, 2]


def test_many_stops_are_counted_once_a_minute_and_few_at_once(issue, monkeypatch):
    def stop(contact):
        Stop.objects.create(issue_id=issue.id, contact_id=contact, via=1, at=NOON)

    def told():
        return queries.unsubscribed_of([issue.id]), queries_pulse.course(
            [issue.id], Counts(sent=9)
        ).unsubscribed

    stop(1)
    assert told() == (1, 1)
    stop(2)
    assert told() == (2, 2)
    monkeypatch.setattr(queries, "MANY_STOPS", 1)
    monkeypatch.setattr(queries_pulse, "FEW", 1)
    monkeypatch.setattr(queries_pulse, "MANY_READERS", 8)
    assert told() == (2, 2)
    stop(3)
    assert told() == (2, 2)
    cache.clear()
    assert told() == (3, 3)
    cache.clear()


@pytest.mark.parametrize("is_large", [False, True])
def test_since_when_so_many_had_it_is_the_minute_in_which_the_last_of_them_got_it(
    issue, clock, monkeypatch, is_large
):
    for contact, minute in enumerate([0, 0, 3, 7, 7]):
        note(issue, contact, 1, 250, NOON + timedelta(minutes=minute))
        note(issue, contact + 10, 2, 550, NOON)
    clock(NOON + timedelta(minutes=10))
    jobs_pulse.take(issue.id)
    if is_large:
        large(monkeypatch)
    asked = {issue.id: ([issue.id], Counts(planned=10))}
    assert queries_pulse.many_from(asked, group=3) == {
        issue.id: NOON.replace(second=0) + timedelta(minutes=3)
    }
    assert queries_pulse.many_from(asked, group=6) == {}
    assert queries_pulse.many_from({}, group=1) == {}
