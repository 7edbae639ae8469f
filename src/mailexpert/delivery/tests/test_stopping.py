"""Pause, cancel, drain, a relay or a database that goes away: sending stops within a second and nothing gets
lost."""

import asyncio
import time
from collections.abc import Iterator

import psycopg
import pytest

from mailexpert.conftest import Tenant
from mailexpert.delivery.tests.mailroom import Mailroom, an_engine, until, url
from mailexpert.delivery.tests.sink import Sink
from mailexpert.delivery.tests.test_stories import people, send

pytestmark = pytest.mark.django_db(transaction=True)
PAUSED, CANCELLED, SENDING, DONE = 1, 2, 0, 3


@pytest.fixture
def room(shop: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(shop)
    yield made
    made.close()


def test_a_pause_acts_within_a_second_and_going_on_sends_the_rest_once(room: Mailroom) -> None:
    issue, sink = room.mailing(people("ok", 400), shard_size=100), Sink(dot_seconds=0.02)

    async def story() -> int:
        async with sink, an_engine(sink.port):
            await until(lambda: len(sink.taken) > 40)
            room.tell(issue, PAUSED)
            await asyncio.sleep(1.2)
            before = len(sink.taken)
            await asyncio.sleep(0.8)
            assert len(sink.taken) == before
            counts = room.counts(issue)
            assert (counts["in_doubt"], counts["sent"]) == (0, before)
            room.tell(issue, SENDING)
            await until(lambda: room.state(issue) == DONE)
            return before

    assert asyncio.run(story()) < 400
    assert room.counts(issue)["sent"] == 400
    assert set(sink.taken.values()) == {1}


def test_a_cancelled_issue_skips_everyone_who_had_no_turn(room: Mailroom) -> None:
    issue, sink = room.mailing(people("ok", 400), shard_size=100), Sink(dot_seconds=0.02)

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: len(sink.taken) > 40)
            room.tell(issue, CANCELLED)
            await until(lambda: room.ask("SELECT finished_at FROM sending_issue")[0][0] is not None)

    asyncio.run(story())
    counts = room.counts(issue)
    assert counts["sent"] == len(sink.taken) < 400
    assert counts["sent"] + counts["skipped"] == 400
    assert room.ask("SELECT DISTINCT code FROM sending_delivery WHERE outcome = 3") == [(4,)]
    assert room.state(issue) == CANCELLED


def test_draining_ends_within_seconds_without_doubt_and_another_engine_goes_on(room: Mailroom) -> None:
    issue, sink = room.mailing(people("ok", 300), shard_size=100), Sink(dot_seconds=0.02)

    async def story() -> float:
        async with sink:
            async with an_engine(sink.port):
                await until(lambda: len(sink.taken) > 40)
                began = time.monotonic()
            return time.monotonic() - began

    assert asyncio.run(story()) < 3
    counts = room.counts(issue)
    assert counts["in_doubt"] == 0
    assert counts["sent"] == len(sink.taken) < 300
    sink.dot_seconds = 0.0
    assert send(room, issue, sink)["sent"] == 300
    assert set(sink.taken.values()) == {1}


def test_a_relay_that_is_down_is_named_as_the_reason_and_sending_goes_on_by_itself(room: Mailroom) -> None:
    issue, sink = room.mailing(people("ok", 30)), Sink()

    def reason() -> str:
        return str(room.ask("SELECT reason FROM sending_issue")[0][0])

    async def story() -> None:
        async with sink:
            port = sink.port
        sink.port = port
        async with an_engine(port):
            await until(lambda: reason() == "relay_unreachable")
            assert room.counts(issue)["waiting"] == 30
            async with sink:
                await until(lambda: room.state(issue) == DONE)

    asyncio.run(story())
    assert reason() == ""
    assert room.counts(issue)["sent"] == 30


def test_two_engines_share_a_mailing_and_nobody_gets_it_twice(room: Mailroom) -> None:
    issue, sink = room.mailing(people("ok", 600), shard_size=50), Sink(dot_seconds=0.005)

    async def story() -> None:
        async with sink, an_engine(sink.port), an_engine(sink.port):
            await until(lambda: room.state(issue) == DONE)

    asyncio.run(story())
    assert room.counts(issue)["sent"] == 600
    assert set(sink.taken.values()) == {1}


def test_a_small_mailing_is_not_starved_by_a_large_one(room: Mailroom) -> None:
    large, sink = room.mailing(people("ok", 600), shard_size=100), Sink(dot_seconds=0.02)

    async def story() -> int:
        async with sink, an_engine(sink.port):
            await until(lambda: len(sink.taken) > 20)
            small = room.mailing([f"klein+{n}@lezer.example" for n in range(10)])
            room.tell(small, SENDING)
            await until(lambda: room.state(small) == DONE)
            return room.counts(large)["sent"]

    assert asyncio.run(story()) < 400


def test_a_database_that_drops_every_connection_stops_sending_for_a_while_and_no_longer(
    room: Mailroom,
) -> None:
    issue, sink = room.mailing(people("ok", 400), shard_size=100), Sink(dot_seconds=0.01)
    drop = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'mailexpert-delivery' AND datname = current_database()"
    )

    login = psycopg.connect(url(), autocommit=True)

    async def story() -> None:
        async with sink, an_engine(sink.port):
            for taken in (20, 80, 200):
                await until(lambda taken=taken: len(sink.taken) > taken)
                login.execute(drop)
            await until(lambda: room.counts(issue)["waiting"] == 0)
            await until(lambda: room.state(issue) == DONE)

    asyncio.run(story())
    login.close()
    counts = room.counts(issue)
    assert (counts["sent"], counts["in_doubt"]) == (400, 0)
    assert set(sink.taken.values()) == {1}
