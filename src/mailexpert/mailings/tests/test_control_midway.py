"""The buttons of a mailing that is on its way, pressed while an engine sends it over a slow lane."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from mailexpert.base.clock import now
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.delivery.tests.mailroom import Mailroom, an_engine, until
from mailexpert.delivery.tests.sink import Sink
from mailexpert.mailings import actions, jobs
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people

pytestmark = pytest.mark.django_db(transaction=True)
READERS, A_DOT = 120, 0.1


@pytest.fixture
def room(shop: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(shop)
    yield made
    made.close()


@pytest.fixture
def mailing(shop: Tenant) -> Mailing:
    with account(shop.id):
        made = draft(people(READERS)[0])
        actions.start(made)
        made.refresh_from_db()
    return made


async def press(room: Mailroom, act: Callable[[], Any]) -> float:
    """What a button does, in a thread as the web's; how long that took."""

    def pressed() -> None:
        try:
            with account(room.account):
                act()
        finally:
            connection.close()

    began = time.monotonic()
    await asyncio.to_thread(pressed)
    return time.monotonic() - began


async def stands_still(room: Mailroom, sink: Sink, issue: int) -> None:
    """A second after the order, and the answers that were on their way: nothing more leaves."""
    await asyncio.sleep(1 + 2 * A_DOT)
    before = len(sink.taken)
    await asyncio.sleep(1)
    counts = room.counts(issue)
    assert len(sink.taken) == before == counts["sent"] < READERS
    assert counts["in_doubt"] == 0


async def moves_within_a_second(sink: Sink) -> None:
    before = len(sink.taken)
    await until(lambda: len(sink.taken) > before, 1 + 2 * A_DOT)


def test_paused_gone_on_put_off_and_gone_on_again_everyone_gets_it_once(
    room: Mailroom, mailing: Mailing
) -> None:
    sink, later = Sink(dot_seconds=A_DOT), now() + timedelta(hours=2)
    issue = mailing.issue_id
    assert issue is not None

    async def story() -> None:
        async with sink, an_engine(sink.port, connections=2):
            await until(lambda: len(sink.taken) > 10)
            await press(room, lambda: actions.pause(mailing))
            await stands_still(room, sink, issue)
            await press(room, lambda: actions.resume(mailing))
            await moves_within_a_second(sink)
            await press(room, lambda: actions.pause(mailing, later))
            await stands_still(room, sink, issue)
            await press(room, jobs.resume_due.run)
            await stands_still(room, sink, issue)
            room.ask("UPDATE mailings_mailing SET scheduled_at = now()")  # the moment has come
            await press(room, jobs.resume_due.run)
            await moves_within_a_second(sink)
            await until(lambda: room.state(issue) == 3)

    asyncio.run(story())
    assert len(sink.taken) == READERS
    assert set(sink.taken.values()) == {1}


def test_cancelled_in_the_middle_the_rest_is_skipped(room: Mailroom, mailing: Mailing) -> None:
    sink, issue = Sink(dot_seconds=A_DOT), mailing.issue_id
    assert issue is not None

    async def story() -> None:
        async with sink, an_engine(sink.port, connections=2):
            await until(lambda: len(sink.taken) > 10)
            await press(room, lambda: actions.cancel(mailing))
            await stands_still(room, sink, issue)
            await until(lambda: room.ask("SELECT 1 FROM sending_issue WHERE finished_at IS NOT NULL") != [])

    asyncio.run(story())
    counts = room.counts(issue)
    assert (counts["sent"] + counts["skipped"], counts["waiting"]) == (READERS, 0)
