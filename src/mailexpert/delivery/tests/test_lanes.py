"""Lanes: a slow or unwilling provider, a throttled account or a relay that is down holds up its own mail alone."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from mailexpert.conftest import Tenant
from mailexpert.delivery.tests.mailroom import Mailroom, an_engine, until
from mailexpert.delivery.tests.sink import Sink
from mailexpert.delivery.tests.test_stories import people

pytestmark = pytest.mark.django_db(transaction=True)
PAUSED, CANCELLED, SENDING, DONE = 1, 2, 0, 3


@pytest.fixture
def room(shop: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(shop)
    yield made
    made.ask("DELETE FROM sending_installationrelay")
    made.ask("DELETE FROM sending_meter")
    made.ask("DELETE FROM sending_hold")
    made.close()


@pytest.fixture
def neighbour(stranger: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(stranger)
    yield made
    made.close()


def sent_in(room: Mailroom, lane: str) -> int:
    return int(room.ask("SELECT coalesce(sum(sent), 0) FROM sending_shard WHERE lane = %s", lane)[0][0])


def test_a_provider_whose_answers_are_slow_blocks_only_its_own(room: Mailroom) -> None:
    sink = Sink()
    slow = [f"slow+{n}@traag.example" for n in range(240)]  # a minute over four connections
    room.mailing_to({"traag.example": slow, "google": people("ok", 600)})

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: sent_in(room, "google") == 600)
            assert sent_in(room, "traag.example") < 120

    asyncio.run(story())


def test_a_provider_that_never_answers_a_dot_leaves_a_connection_for_the_others(room: Mailroom) -> None:
    sink = Sink()
    dumb = [f"hangs+{n}@stil.example" for n in range(40)]
    issue = room.mailing_to({"stil.example": dumb, "google": people("ok", 200)})
    room.ask("UPDATE sending_shard SET state = 1 WHERE lane = 'google'")  # they come later

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: sum(sink.tried.values()) >= 3)
            await asyncio.sleep(0.5)
            room.ask("UPDATE sending_shard SET state = 0 WHERE lane = 'google'")
            await until(lambda: sent_in(room, "google") == 200)
            assert room.counts(issue)["in_doubt"] == 0

    asyncio.run(story())


def test_a_large_mailing_delays_another_accounts_small_one_by_no_more_than_seconds(
    room: Mailroom, neighbour: Mailroom
) -> None:
    sink = Sink(dot_seconds=0.01)  # 400 a second over four connections: the large one takes 10 seconds
    large = room.mailing(people("ok", 4000))

    async def story() -> float:
        async with sink, an_engine(sink.port):
            await until(lambda: len(sink.taken) > 500)
            began = time.monotonic()
            small = neighbour.mailing([f"klein+{n}@lezer.example" for n in range(100)])
            neighbour.tell(small, SENDING)
            await until(lambda: neighbour.counts(small)["sent"] == 100)
            return time.monotonic() - began

    assert asyncio.run(story()) < 5
    assert room.counts(large)["sent"] < 4000


MILLION = """
WITH people AS (INSERT INTO contacts_contact (account_id, email, first_name)
                SELECT %(account)s, 'ok+' || n || '@lezer.example', 'Jo' FROM generate_series(1, 1000000) n
                RETURNING id),
members AS (INSERT INTO contacts_membership (account_id, list_id, contact_id, ground)
            SELECT %(account)s, %(list)s, id, 'consent' FROM people),
placed AS (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 1000 AS n FROM people)
INSERT INTO sending_shard (account_id, issue_id, n, contact_ids)
SELECT %(account)s, %(issue)s, n, array_agg(id) FROM placed GROUP BY n
"""


@pytest.mark.chaos
def test_a_mailing_of_a_million_delays_another_accounts_hundred_by_seconds(
    room: Mailroom, neighbour: Mailroom, capsys: pytest.CaptureFixture[str]
) -> None:
    sink, list_id = Sink(), room.a_list()
    large = room.issue(list_id, [])
    room.ask_with(MILLION, account=room.account, list=list_id, issue=large)

    async def story() -> tuple[float, int]:
        async with sink, an_engine(sink.port):
            await until(lambda: len(sink.taken) > 5000)
            began, before = time.monotonic(), len(sink.taken)
            small = neighbour.mailing([f"klein+{n}@lezer.example" for n in range(100)])
            neighbour.tell(small, SENDING)
            await until(lambda: neighbour.counts(small)["sent"] == 100)
            return time.monotonic() - began, len(sink.taken) - before - 100

    seconds, meanwhile = asyncio.run(story())
    with capsys.disabled():
        print(f"\na hundred beside a million: {seconds:.2f} s, {meanwhile} of the million meanwhile")  # noqa: T201
    assert seconds < 5
    assert meanwhile > 0


def test_a_provider_that_defers_is_spared_and_the_others_are_not(room: Mailroom) -> None:
    sink = Sink()
    busy = [f"busy+{n}@lezer.example" for n in range(1000)]
    issue = room.mailing_to({"yahoo": busy, "google": people("ok", 300)})

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: sent_in(room, "google") == 300)
            await asyncio.sleep(2.5)

    asyncio.run(story())
    ((key, step, rests),) = room.ask(
        "SELECT key, step, rests_until > extract(epoch FROM now()) + 7000 FROM sending_meter WHERE step > 0"
    )
    assert (key, step, rests) == ("relay 0 yahoo", 1, True)
    assert sum(sink.tried[email] for email in busy) < 500  # the rest wasn't even tried
    assert room.counts(issue)["sent"] == 300


def test_an_accounts_throttle_holds_over_two_engines(room: Mailroom) -> None:
    sink = Sink()
    room.ask(
        "INSERT INTO sending_tempo (account_id, per_hour, time_zone) VALUES (%s, 36000, 'Europe/Amsterdam')",
        room.account,
    )
    room.mailing(people("ok", 300), shard_size=50)

    async def story() -> None:
        async with sink, an_engine(sink.port), an_engine(sink.port):
            began = time.monotonic()
            await until(lambda: len(sink.taken) > 5)
            await asyncio.sleep(4)
            assert 30 <= len(sink.taken) <= 10 * (time.monotonic() - began + 1.5) + 1  # ten a second

    asyncio.run(story())


def test_a_new_sender_domain_gets_to_each_provider_what_its_day_allows(room: Mailroom) -> None:
    sink = Sink()
    room.ask(
        "INSERT INTO sending_warmup (account_id, domain, first_day, first) "
        "VALUES (%s, 'winkel.example', (now() AT TIME ZONE 'UTC')::date, 30)",
        room.account,
    )
    issue = room.mailing_to({"google": people("ok", 80), "kpn": [f"ok+{n}@kpn.example" for n in range(20)]})

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: (sent_in(room, "google"), sent_in(room, "kpn")) == (30, 20))
            await until(lambda: room.ask("SELECT reason FROM sending_issue") == [("warm_up",)])

    asyncio.run(story())
    assert room.counts(issue)["waiting"] == 50


def test_so_does_a_new_relay_and_a_limit_of_our_own_is_no_providers_wish(room: Mailroom) -> None:
    sink = Sink()

    async def story() -> None:
        async with sink:
            today = room.ask("SELECT (now() AT TIME ZONE 'UTC')::date")[0][0]
            relay = room.relay(
                sink.port, warmup_from=today, warmup_first=30, limits='{"kpn": {"per_hour": 60}}'
            )
            new = room.mailing_to({"google": people("ok", 80)}, relay=relay)
            slow = room.mailing_to({"kpn": [f"ok+{n}@kpn.example" for n in range(20)]}, relay=relay)
            async with an_engine(1):
                reasons = "SELECT reason FROM sending_issue ORDER BY id"
                await until(lambda: room.ask(reasons) == [("warm_up",), ("",)])
                await asyncio.sleep(7)  # longer than it takes to be told
            assert room.ask(reasons) == [("warm_up",), ("",)]
            assert (room.counts(new)["sent"], room.counts(slow)["sent"]) == (30, 1)

    asyncio.run(story())


def test_quiet_hours_stop_a_running_mailing_and_their_end_lets_it_go_on(room: Mailroom) -> None:
    sink = Sink(dot_seconds=0.02)
    issue = room.mailing(people("ok", 600), shard_size=100)
    now = "(now() AT TIME ZONE 'UTC')::time"

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: len(sink.taken) > 40)
            room.ask(
                "INSERT INTO sending_tempo (account_id, quiet_from, quiet_until, time_zone) "
                f"VALUES (%s, {now} - interval '1 minute', {now} + interval '1 hour', 'UTC')",
                room.account,
            )
            await until(lambda: room.ask("SELECT reason FROM sending_issue") == [("quiet_hours",)])
            await asyncio.sleep(0.5)
            before = len(sink.taken)
            await asyncio.sleep(1)
            assert len(sink.taken) == before == room.counts(issue)["sent"] < 600
            room.ask("DELETE FROM sending_tempo")
            await until(lambda: room.state(issue) == DONE)

    asyncio.run(story())
    assert room.ask("SELECT reason FROM sending_issue") == [("",)]
    assert set(sink.taken.values()) == {1}


@pytest.mark.parametrize("order", [PAUSED, CANCELLED])
def test_an_order_acts_within_a_second_on_slow_lanes_too(room: Mailroom, order: int) -> None:
    sink = Sink()
    slow = {lane: [f"slow+{n}@{lane}" for n in range(50)] for lane in ("a.example", "b.example", "c.example")}
    issue = room.mailing_to(slow)

    async def story() -> None:
        async with sink, an_engine(sink.port, connections=3):
            await until(lambda: len(sink.taken) >= 3)
            room.tell(issue, order)
            await asyncio.sleep(
                3.5
            )  # a second to act; a letter on the wire and the envelope behind it take one each
            before = len(sink.taken)
            await asyncio.sleep(2)
            assert len(sink.taken) == before
            counts = room.counts(issue)
            assert (counts["sent"], counts["in_doubt"]) == (before, 0)

    asyncio.run(story())
    assert set(sink.taken.values()) == {1}


def test_a_letter_that_came_back_when_all_others_were_taken_is_taken_again(room: Mailroom) -> None:
    issue, sink = room.mailing(["cut+0@lezer.example"]), Sink()

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: room.counts(issue)["deferred"] == 1, 10)

    asyncio.run(story())
    assert sink.tried["cut+0@lezer.example"] == 3


def test_a_relay_that_takes_three_messages_a_connection_gets_no_more(room: Mailroom) -> None:
    sink = Sink()

    async def story() -> None:
        async with sink:
            relay = room.relay(sink.port, per_connection=3, max_connections=2)
            issue = room.mailing_to({"": people("ok", 30)}, relay=relay)
            async with an_engine(1):
                await until(lambda: room.state(issue) == DONE)

    asyncio.run(story())
    assert sink.connections >= 10
    assert set(sink.taken.values()) == {1}


def test_a_provider_that_takes_three_messages_a_connection_gets_no_more_and_the_others_do(
    room: Mailroom,
) -> None:
    sink = Sink()
    yahoo = [f"ok+{n}@yahoo.example" for n in range(30)]

    async def story() -> None:
        async with sink:
            limits = '{"yahoo": {"per_connection": 3}}'
            relay = room.relay(sink.port, max_connections=2, limits=limits)
            issue = room.mailing_to({"yahoo": yahoo}, relay=relay)
            async with an_engine(1):
                await until(lambda: room.state(issue) == DONE)
                over_yahoo = sink.connections
                other = room.mailing_to({"google": people("ok", 200)}, relay=relay)
                await until(lambda: room.state(other) == DONE)
            assert 10 <= over_yahoo <= 14
            assert sink.connections - over_yahoo <= 3

    asyncio.run(story())
    assert set(sink.taken.values()) == {1}


def test_a_limit_on_one_sender_domain_holds_for_all_its_receivers_and_for_no_other_domain(
    room: Mailroom,
) -> None:
    sink = Sink()
    room.ask(
        "INSERT INTO sending_domainlimit (account_id, domain, per_hour) VALUES (%s, 'winkel.example', 36000)",
        room.account,
    )
    slow = {lane: [f"ok+{n}@{lane}.example" for n in range(100)] for lane in ("google", "kpn")}

    async def story() -> None:
        async with sink, an_engine(sink.port), an_engine(sink.port):
            limited = room.mailing_to(slow)
            await until(lambda: len(sink.taken) > 5)
            began, before = time.monotonic(), len(sink.taken)
            free = room.mailing(people("ok", 300))
            room.ask("UPDATE sending_issue SET sender_address = 'a@ander.example' WHERE id = %s", free)
            room.tell(free, SENDING)
            await until(lambda: room.state(free) == DONE)
            await asyncio.sleep(4 - (time.monotonic() - began))
            sent = room.counts(limited)["sent"]
            assert 20 <= sent - before <= 10 * (time.monotonic() - began + 1.5) + 1  # ten a second

    asyncio.run(story())
