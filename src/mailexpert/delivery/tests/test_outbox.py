"""The fences in the database: who may take a turn, and that a window is written down once."""

import asyncio
import gc
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from mailexpert.conftest import Tenant
from mailexpert.delivery import outbox_pg
from mailexpert.delivery.outbox_pg import PgOutbox
from mailexpert.delivery.ports import Again, Claim, DatabaseAway, Outcome, Settlement, Shard, Turn
from mailexpert.delivery.tests.mailroom import Mailroom, url
from mailexpert.delivery.tests.test_stories import people

pytestmark = pytest.mark.django_db(transaction=True)
DEFAULT = Claim(pool=0, relays=(0,), group="")
EXPIRE = "UPDATE sending_shard SET lease_until = now() - interval '1 second'"


@pytest.fixture
def room(shop: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(shop)
    yield made
    made.close()


def with_outbox(story: Callable[[PgOutbox], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        outbox = PgOutbox(url())
        try:
            return await story(outbox)
        finally:
            await outbox.close()

    return asyncio.run(run())


async def claimed(outbox: PgOutbox) -> Shard:
    (shard,) = await outbox.claim_shards(DEFAULT, 16)
    return shard


def settlement(shard: Shard, contacts: list[int], **fields: Any) -> Settlement:
    turns = [Turn(contact, shard.id, 1) for contact in contacts]
    made = Settlement(
        account_id=shard.account_id,
        issue_id=shard.issue_id,
        of_retries=False,
        sent=turns,
        outcomes=(),
        again=(),
        replies=(),
        shards=[shard.id],
    )
    return replace(made, **fields)


def test_a_connection_that_nobody_waits_for_any_more_is_closed(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the database goes away in the moment that it is connected to."""
    monkeypatch.setattr(outbox_pg, "SETTINGS", ("SELECT pg_sleep(30)",))
    standing = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%pg_sleep(30)' AND state <> 'idle'"

    async def story(outbox: PgOutbox) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await outbox.issue_states([1])

    with_outbox(story)
    gc.collect()
    until_none = time.monotonic() + 5
    while room.ask(standing) != [(0,)]:
        assert time.monotonic() < until_none


def test_a_shard_is_claimed_by_one_engine_at_a_time(room: Mailroom) -> None:
    room.mailing(people("ok", 10))

    async def story(outbox: PgOutbox) -> None:
        first = await claimed(outbox)
        assert await outbox.claim_shards(DEFAULT, 16) == []
        room.ask(EXPIRE)
        assert (await claimed(outbox)).epoch == first.epoch + 1

    with_outbox(story)


def test_an_engine_that_lost_its_shard_can_open_no_window(room: Mailroom) -> None:
    room.mailing(people("ok", 10))

    async def story(outbox: PgOutbox) -> None:
        old = await claimed(outbox)
        room.ask(EXPIRE)
        new = await claimed(outbox)
        assert not await outbox.open_window(old, 5, {})
        assert await outbox.open_window(new, 5, {})
        assert not await outbox.open_window(new, 5, {})  # the same turns a second time

    with_outbox(story)


@pytest.mark.parametrize("state", [1, 2, 3])
def test_no_window_opens_for_an_issue_that_was_stopped(room: Mailroom, state: int) -> None:
    issue = room.mailing(people("ok", 10))

    async def story(outbox: PgOutbox) -> None:
        shard = await claimed(outbox)
        room.tell(issue, state)
        assert not await outbox.open_window(shard, 5, {})

    with_outbox(story)


def test_the_skipped_are_written_down_with_the_window(room: Mailroom) -> None:
    issue = room.mailing(people("ok", 4))

    async def story(outbox: PgOutbox) -> None:
        shard = await claimed(outbox)
        await outbox.open_window(shard, 4, {11: 2, 12: 1})

    with_outbox(story)
    rows = room.ask("SELECT contact_id, outcome, code FROM sending_delivery ORDER BY 1")
    assert rows == [(11, 3, 2), (12, 3, 1)]
    assert room.counts(issue)["skipped"] == 2


@pytest.mark.parametrize("again", [[], [1]])
def test_a_window_whose_answer_got_lost_is_written_down_once(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch, again: list[int]
) -> None:
    """The first COMMIT succeeds and its answer is lost; with a retry in the window the other way is taken."""
    issue = room.mailing(people("ok", 4))
    lost: list[str] = []

    async def story(outbox: PgOutbox) -> None:
        shard = await claimed(outbox)
        await outbox.open_window(shard, 4, {})
        retries = [Again(shard.id, contact, 1, 2, 60.0, 450) for contact in again]
        _lose_one_answer(outbox, monkeypatch, lost)
        await outbox.settle(settlement(shard, [2, 3, 4], again=retries))

    with_outbox(story)
    assert lost
    assert room.ask("SELECT count(*) FROM sending_delivery") == [(3,)]
    assert (room.counts(issue)["sent"], room.counts(issue)["deferred"]) == (3, len(again))


def _lose_one_answer(outbox: PgOutbox, monkeypatch: pytest.MonkeyPatch, lost: list[str]) -> None:
    for name in ("_settle", "_settle_once"):
        settle = getattr(outbox, name)

        async def answers_late(*given: Any, settle: Any = settle, name: str = name) -> None:
            await settle(*given)
            if not lost:
                lost.append(name)
                raise DatabaseAway("the line broke")

        monkeypatch.setattr(outbox, name, answers_late)


def test_a_late_window_leaves_alone_who_was_ordered_again(room: Mailroom) -> None:
    issue = room.mailing(people("ok", 3))

    async def story(outbox: PgOutbox) -> None:
        shard = await claimed(outbox)
        await outbox.open_window(shard, 3, {})
        room.ask(
            "INSERT INTO sending_retry (account_id, issue_id, shard_id, contact_id, attempt, due) "
            "VALUES (%s, %s, %s, 5, 2, now())",
            room.account, issue, shard.id,
        )  # fmt: skip
        await outbox.settle(settlement(shard, [5, 6], late_from=0.0))

    with_outbox(story)
    counts = room.counts(issue)
    assert (counts["sent"], counts["deferred"]) == (1, 1)


def test_a_retry_is_taken_once_and_ends_once(room: Mailroom) -> None:
    issue = room.mailing(people("ok", 1))

    async def story(outbox: PgOutbox) -> None:
        shard = await claimed(outbox)
        await outbox.open_window(shard, 1, {})
        again = [Again(shard.id, 5, 1, 2, 0.0, 450)]
        await outbox.settle(settlement(shard, [], again=again))
        (retry,) = await outbox.claim_retries(DEFAULT, 10)
        assert await outbox.claim_retries(DEFAULT, 10) == []
        ended = [Outcome(shard.id, 5, retry.attempt, 1, 250)]
        await outbox.settle(settlement(shard, [], of_retries=True, outcomes=ended))
        room.ask("UPDATE sending_retry SET attempt = 9")
        with pytest.raises(psycopg.errors.UniqueViolation):
            await outbox.settle(settlement(shard, [], of_retries=True, outcomes=ended))

    with_outbox(story)
    assert room.counts(issue)["sent"] == 1


def test_an_issue_is_done_when_nothing_is_left_and_doubt_does_not_hold_it_open(room: Mailroom) -> None:
    issue = room.mailing(people("ok", 4))

    async def story(outbox: PgOutbox) -> None:
        shard = await claimed(outbox)
        await outbox.open_window(shard, 4, {})
        shard.upto = 4
        await outbox.tidy()
        assert room.state(issue) == 0
        await outbox.settle(settlement(shard, [1, 2], closes=shard))
        await outbox.tidy()

    with_outbox(story)
    assert room.state(issue) == 3
    assert room.counts(issue)["in_doubt"] == 2


@pytest.mark.parametrize(("found", "left"), [(3, 0), (2, 2)])
def test_a_retry_that_an_engine_gives_back_late_opens_its_issue_again(
    room: Mailroom, found: int, left: int
) -> None:
    """It froze with the retry, whose lease ended, so the issue was finished meanwhile; or cancelled."""
    issue = room.mailing(people("ok", 1))

    async def story(outbox: PgOutbox) -> None:
        shard = await claimed(outbox)
        await outbox.open_window(shard, 1, {})
        (contact,) = room.ask("SELECT contact_ids[1] FROM sending_shard")[0]
        again = Again(shard.id, contact, 1, 1, 0.0, 0)
        shard.upto = 1
        await outbox.settle(settlement(shard, [], again=[again], closes=shard))
        await outbox.claim_retries(DEFAULT, 10)
        room.ask("UPDATE sending_issue SET state = %s, finished_at = now()", found)
        await outbox.settle(settlement(shard, [], of_retries=True, again=[again]))

    with_outbox(story)
    assert room.ask("SELECT state, finished_at FROM sending_issue") == [(left, None)]
    assert room.counts(issue)["deferred"] == 1


def test_a_window_that_becomes_late_while_the_database_is_away_looks_who_was_ordered_again(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = room.mailing(people("ok", 3))

    async def story(outbox: PgOutbox) -> None:
        shard = await claimed(outbox)
        await outbox.open_window(shard, 3, {})
        room.ask(
            "INSERT INTO sending_retry (account_id, issue_id, shard_id, contact_id, attempt, due) "
            "VALUES (%s, %s, %s, 5, 2, now())",
            room.account, issue, shard.id,
        )  # fmt: skip
        found = settlement(shard, [5, 6], late_from=time.monotonic() + 0.1)

        async def away(values: Any) -> None:
            raise DatabaseAway("a long night")

        monkeypatch.setattr(outbox, "_settle_once", away)
        await outbox.settle(found)

    with_outbox(story)
    counts = room.counts(issue)
    assert (counts["sent"], counts["deferred"]) == (1, 1)
