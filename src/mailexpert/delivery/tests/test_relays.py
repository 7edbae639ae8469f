"""Several relays: weights are kept at the cut, a relay that is down has its mail taken by another of its pool, engines
share a relay's connections, and one engine that dies leaves its mail to the other."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mailexpert.conftest import Tenant
from mailexpert.delivery.tests.mailroom import Mailroom, an_engine, until, url
from mailexpert.delivery.tests.sink import Sink
from mailexpert.delivery.tests.test_stories import people

pytestmark = pytest.mark.django_db(transaction=True)
DONE = 3


@pytest.fixture
def room(shop: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(shop)
    yield made
    for table in ("installationrelay", "meter", "hold"):
        made.ask(f"DELETE FROM sending_{table}")
    made.close()


def over(room: Mailroom, relays: list[int], count: int, each: int = 50) -> int:
    """A mailing whose shards go to these relays in turn."""
    list_id = room.a_list()
    issue = room.issue(list_id, [])
    contacts = room.contacts(list_id, people("ok", count))
    for n, start in enumerate(range(0, count, each)):
        room.add_shard(issue, contacts[start : start + each], relay=relays[n % len(relays)])
    room.tell(issue, 0)
    return issue


def test_two_relays_carry_one_mailing(room: Mailroom) -> None:
    one, other = Sink(), Sink()

    async def story() -> int:
        async with one, other:
            issue = over(room, [room.relay(one.port), room.relay(other.port)], 400)
            async with an_engine(1):
                await until(lambda: room.state(issue) == DONE)
            return issue

    asyncio.run(story())
    assert (len(one.taken), len(other.taken)) == (200, 200)


def test_a_relay_that_dies_in_the_middle_has_its_mail_taken_by_another_of_its_pool(room: Mailroom) -> None:
    one, other = Sink(dot_seconds=0.02), Sink()

    async def story() -> int:
        async with other:
            async with one:
                issue = over(room, [room.relay(one.port), room.relay(other.port)], 1000)
                engine = an_engine(1)
                await engine.__aenter__()
                await until(lambda: len(one.taken) > 40)
                one.cut_all()
            await until(lambda: room.state(issue) == DONE, 40)
            await engine.__aexit__(None, None, None)
            return issue

    issue = asyncio.run(story())
    counts, taken = room.counts(issue), one.taken + other.taken
    assert set(taken.values()) == {1}
    assert counts["sent"] + counts["in_doubt"] == 1000
    assert counts["in_doubt"] <= 8  # what was on the wire
    assert room.ask("SELECT reason FROM sending_issue") == [("",)]


def test_a_relay_that_comes_back_is_used_again(room: Mailroom) -> None:
    one, other = Sink(), Sink()

    async def story() -> None:
        async with one:
            pass  # its port is known now, and nobody listens
        async with other:
            relays = [room.relay(one.port), room.relay(other.port)]
            async with an_engine(1):
                first = over(room, relays, 400)
                await until(lambda: room.state(first) == DONE, 40)
                assert len(other.taken) == 400
                async with one:
                    await until(lambda: not down(room), 40)
                    room.ask("DELETE FROM contacts_membership")
                    room.ask("DELETE FROM contacts_contact")
                    other.taken.clear()
                    second = over(room, relays, 400)
                    await until(lambda: room.state(second) == DONE, 40)
        assert len(one.taken) == 200

    asyncio.run(story())


def down(room: Mailroom) -> bool:
    return bool(room.ask("SELECT 1 FROM sending_hold WHERE until > now() AND down_until > now()"))


def test_another_accounts_relay_never_stands_in(room: Mailroom, stranger: Tenant) -> None:
    """Only relays of the account's own pool carry its mail."""
    sink = Sink()

    async def story() -> int:
        async with sink:
            room.relay(sink.port)
            room.ask(
                "INSERT INTO sending_relay (account_id, id, name, host, port, security, verify, login, username, "
                "secret, enabled, max_connections, limits) OVERRIDING SYSTEM VALUE "
                "VALUES (%s, 77, 'eigen', '127.0.0.1', 1, 'none', false, 'password', '', '', true, 4, '{}')",
                room.account,
            )
            issue = over(room, [77], 20)
            async with an_engine(1):
                await until(lambda: room.ask("SELECT reason FROM sending_issue") == [("relay_unreachable",)])
                await asyncio.sleep(1.5)
            return issue

    issue = asyncio.run(story())
    assert (room.counts(issue)["waiting"], len(sink.taken)) == (20, 0)


def test_two_engines_together_make_no_more_connections_than_the_relay_takes(room: Mailroom) -> None:
    sink = Sink(dot_seconds=0.05)

    async def story() -> int:
        async with sink:
            relay = room.relay(sink.port, max_connections=3)
            over(room, [relay], 2000)
            async with an_engine(1):
                await until(lambda: len(sink.taken) > 10)
                async with an_engine(1):
                    await asyncio.sleep(5)
                    return max([sink.open for _ in range(20) if await asyncio.sleep(0.05) is None])

    assert asyncio.run(story()) == 3


def test_two_engines_together_make_no_more_connections_than_one_provider_takes(room: Mailroom) -> None:
    sink = Sink(dot_seconds=0.05)

    async def story() -> int:
        async with sink:
            relay = room.relay(sink.port, max_connections=8, limits='{"google": {"connections": 1}}')
            list_id = room.a_list()
            issue, contacts = room.issue(list_id, []), room.contacts(list_id, people("ok", 400))
            for start in range(0, 400, 25):
                room.add_shard(issue, contacts[start : start + 25], lane="google", relay=relay)
            room.tell(issue, 0)
            async with an_engine(1), an_engine(1):
                await until(lambda: len(sink.taken) > 10)
                return max([sink.talking for _ in range(60) if await asyncio.sleep(0.05) is None])

    assert asyncio.run(story()) == 1


def an_engine_of_its_own(port: int, home: str) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ, "DATABASE_URL": url(), "MAILEXPERT_RELAY_URL": f"smtp://127.0.0.1:{port}",
        "MAILEXPERT_SECRET_KEY": "a-key-for-this-test-alone-0123456789", "MAILEXPERT_HOME": home,
    }  # fmt: skip
    return subprocess.Popen([sys.executable, "-m", "mailexpert.delivery"], env=environment)


def test_of_two_engines_with_two_sinks_one_dies_and_the_other_finishes(
    room: Mailroom, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two processes, two relays with different limits; one is killed in the middle."""
    fast, slow = Sink(dot_seconds=0.01), Sink(dot_seconds=0.01)
    home = str(tmp_path_factory.mktemp("home"))

    async def story() -> int:
        async with fast, slow:
            relays = [room.relay(fast.port, max_connections=4), room.relay(slow.port, per_second=60)]
            engines = [an_engine_of_its_own(1, home) for _ in relays]
            try:
                issue = over(room, relays, 1200)
                await until(lambda: len(fast.taken) > 100 and len(slow.taken) > 20)
                engines[0].send_signal(signal.SIGKILL)
                engines[0].wait()
                await asyncio.sleep(0.5)
                room.ask(
                    "UPDATE sending_shard SET lease_until = now() WHERE lease_until > now() AND state = 0"
                )
                await until(lambda: room.counts(issue)["waiting"] == 0 and room.state(issue) == DONE, 60)
            finally:
                for engine in engines:
                    engine.terminate()
                    engine.wait()
            return issue

    counts = room.counts(asyncio.run(story()))
    assert set((fast.taken + slow.taken).values()) == {1}
    assert counts["sent"] + counts["in_doubt"] == 1200
    assert counts["in_doubt"] <= 500
