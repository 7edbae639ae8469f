"""What the engine may count on, whatever a trunk speaks: SMTP, or a provider's own interface over HTTP."""

import asyncio
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from mailexpert.conftest import Tenant
from mailexpert.delivery.ports import Relay
from mailexpert.delivery.tests.api_trunk import Api, ApiTrunk
from mailexpert.delivery.tests.mailroom import Mailroom, an_engine, smtp, until
from mailexpert.delivery.tests.sink import Sink
from mailexpert.delivery.tests.test_stories import people
from mailexpert.delivery.wires import Trunk

pytestmark = pytest.mark.django_db(transaction=True)
PAUSED, SENDING, DONE = 1, 0, 3


class Form(NamedTuple):
    sink: Callable[..., Sink]
    trunk: Callable[[Relay], Trunk]


FORMS = {"smtp": Form(Sink, smtp), "api": Form(Api, ApiTrunk)}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> Form:
    return FORMS[request.param]


@pytest.fixture
def room(shop: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(shop)
    yield made
    made.close()


def test_each_answer_is_told_apart_and_nobody_gets_it_twice(room: Mailroom, form: Form) -> None:
    manners = {"ok": 300, "no": 5, "bad": 4, "later": 3, "silent": 2}
    issue = room.mailing([email for manner, count in manners.items() for email in people(manner, count)])
    sink = form.sink()

    async def story() -> None:
        async with sink, an_engine(sink.port, trunk=form.trunk):
            await until(lambda: room.counts(issue)["waiting"] == 0)

    asyncio.run(story())
    counts = {name: n for name, n in room.counts(issue).items() if n}
    assert counts == {"planned": 314, "sent": 300, "failed": 9, "deferred": 3, "in_doubt": 2}
    assert set(sink.taken.values()) == {1}


def test_one_that_is_away_is_named_as_the_reason_and_it_goes_on_by_itself(room: Mailroom, form: Form) -> None:
    issue, sink = room.mailing(people("ok", 30)), form.sink()

    async def story() -> None:
        async with sink:
            pass  # its port is known now, and nobody listens
        async with an_engine(sink.port, trunk=form.trunk):
            await until(lambda: room.ask("SELECT reason FROM sending_issue") == [("relay_unreachable",)])
            assert room.counts(issue)["waiting"] == 30
            async with sink:
                await until(lambda: room.state(issue) == DONE)

    asyncio.run(story())
    assert room.ask("SELECT reason FROM sending_issue") == [("",)]
    assert set(sink.taken.values()) == {1}


def test_a_pause_stops_it_within_a_second_and_an_engine_that_ends_leaves_nobody_in_doubt(
    room: Mailroom, form: Form
) -> None:
    issue, sink = room.mailing(people("ok", 400), shard_size=100), form.sink(dot_seconds=0.02)

    async def story() -> None:
        async with sink:
            async with an_engine(sink.port, trunk=form.trunk):
                await until(lambda: len(sink.taken) > 40)
                room.tell(issue, PAUSED)
                await asyncio.sleep(1.2)
                before = len(sink.taken)
                await asyncio.sleep(0.6)
                assert len(sink.taken) == before == room.counts(issue)["sent"] < 400
                room.tell(issue, SENDING)
                await until(lambda: len(sink.taken) > before + 20)
            assert room.counts(issue)["in_doubt"] == 0
            async with an_engine(sink.port, trunk=form.trunk):
                await until(lambda: room.state(issue) == DONE)

    asyncio.run(story())
    assert set(sink.taken.values()) == {1}


def test_no_more_connections_are_made_than_the_relay_takes(room: Mailroom, form: Form) -> None:
    issue, sink = room.mailing(people("ok", 300)), form.sink(dot_seconds=0.02)

    async def story() -> int:
        async with sink, an_engine(sink.port, connections=3, trunk=form.trunk):
            await until(lambda: len(sink.taken) > 10)
            most = max([sink.talking for _ in range(40) if await asyncio.sleep(0.02) is None])
            await until(lambda: room.state(issue) == DONE)
            return most

    assert asyncio.run(story()) == 3
