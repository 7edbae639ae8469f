"""kill -9 at random moments of mailings to 20,000 people: an engine, PostgreSQL, the relay. Nobody gets a mail twice,
everyone is accounted for, and in doubt are only those who were on the wire of what died.

The short form runs with the suite; `make chaos` runs 200 kills and prints what came of them."""

import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailexpert.tests.chaos.field import CONNECTIONS, PEOPLE, Field, Outcome, a_field, end, wait_for

KINDS = ("engine", "engine", "database", "sink")
UNSETTLED, WINDOW, ENGINES = 500, 250, 2  # of one engine at most; in one of its windows; and how many engines
KILLS, A_MAILING = 200, 5


@pytest.fixture(scope="module")
def field() -> Iterator[Field]:
    folder = Path(tempfile.mkdtemp(prefix="mailexpert-chaos-"))
    folder.chmod(0o755)
    with a_field(folder) as made:
        yield made
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def two_engines(field: Field) -> Iterator[Field]:
    field.engines += [field.start_engine(), field.start_engine()]
    yield field
    while field.engines:
        end(field.engines.pop(), signal.SIGKILL)


def a_mailing(field: Field, kinds: list[str], chance: random.Random) -> Outcome:
    """Send one mailing, and kill these on its way at moments drawn by lot."""
    field.begin()
    began, kills = time.monotonic(), Counter[str]()
    moments = sorted(chance.randrange(PEOPLE) for _ in kinds)
    for kind, moment in zip(kinds, moments, strict=True):
        wait_for(lambda: field.received() >= moment or field.is_done(), "the mailing goes on")  # noqa: B023
        if not field.is_done():
            time.sleep(chance.random() / 10)
            field.kill(kind)
            kills[kind] += 1
    wait_for(field.is_done, "the mailing ends")
    return field.outcome(kills, began)


def check(found: Outcome) -> None:
    counts = found.counts
    assert not found.twice, found.twice
    assert counts["planned"] == PEOPLE == sum(counts.values()) - counts["planned"], counts
    assert counts["waiting"] == counts["deferred"] == counts["failed"] == counts["skipped"] == 0, counts
    assert counts["sent"] <= len(found.received) <= counts["sent"] + counts["in_doubt"], counts
    # Each doubt by its cause. An engine's: what it had marked and not written down. A database's: the window or the
    # retries whose commit it never told of. A relay's: the one final dot that each connection of each engine waits for.
    assert found.lost <= UNSETTLED * found.kills["engine"] + ENGINES * WINDOW * found.kills["database"], found
    assert found.unanswered <= ENGINES * CONNECTIONS * found.kills["sink"], found


def test_each_is_killed_once_and_everyone_is_accounted_for(two_engines: Field) -> None:
    found = a_mailing(two_engines, ["engine", "database", "sink", "engine"], random.Random(4))
    assert found.kills.total() >= 3
    check(found)


def test_an_engine_that_is_told_to_end_leaves_nobody_in_doubt(field: Field) -> None:
    drains(field, 3)


def drains(field: Field, times: int) -> None:
    field.begin()
    for _ in range(times):
        engine, before = field.start_engine(), field.received()
        wait_for(lambda: field.received() > before + 200, "the engine sends")  # noqa: B023
        assert end(engine, signal.SIGTERM) == 0
        counts = field.counts()
        assert counts["in_doubt"] == 0
        assert counts["sent"] == field.received() < PEOPLE
    field.engines.append(field.start_engine())
    wait_for(field.is_done, "the mailing ends")
    end(field.engines.pop(), signal.SIGTERM)
    found = field.outcome(Counter(), 0.0)
    assert (found.counts["sent"], len(found.received), found.twice) == (PEOPLE, PEOPLE, {})


@pytest.mark.chaos
def test_twenty_drains_leave_nobody_in_doubt(field: Field) -> None:
    drains(field, 20)


@pytest.mark.chaos
def test_two_hundred_kills_send_nothing_twice_and_lose_nobody(
    two_engines: Field, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.randrange(1_000_000)
    chance, found = random.Random(seed), list[Outcome]()
    while sum(one.kills.total() for one in found) < KILLS:
        found.append(a_mailing(two_engines, chance.choices(KINDS, k=A_MAILING), chance))
        with capsys.disabled():
            print(tell(found, seed), flush=True)  # noqa: T201
        check(found[-1])


def tell(found: list[Outcome], seed: int) -> str:
    kills = sum((one.kills for one in found), Counter[str]())
    alone = [one for one in found if not one.kills["database"]]
    worst = max((one.lost / one.kills["engine"] for one in alone if one.kills["engine"]), default=0)
    figures = {
        "seed": seed,
        "mailings": len(found),
        "kills": dict(kills),
        "taken": sum(sum(one.received.values()) for one in found),
        "twice": sum(len(one.twice) for one in found),
        "sent": sum(one.counts["sent"] for one in found),
        "in doubt": sum(one.counts["in_doubt"] for one in found),
        "unanswered by killed relays": sum(one.unanswered for one in found),
        "lost with engines and databases": sum(one.lost for one in found),
        "most lost an engine": round(worst),
        "most lost without one": max((one.lost for one in found if not one.kills["engine"]), default=0),
        "seconds": round(sum(one.seconds for one in found)),
    }
    return f"\nchaos {figures}"
