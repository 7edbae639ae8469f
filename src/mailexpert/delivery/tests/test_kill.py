"""The engine as a process, killed in the middle: whoever was on the wire is in doubt, the others get it,
nobody twice."""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailexpert.conftest import Tenant
from mailexpert.delivery.tests.mailroom import Mailroom, until, url
from mailexpert.delivery.tests.sink import Sink
from mailexpert.delivery.tests.test_stories import people

pytestmark = pytest.mark.django_db(transaction=True)
DONE = 3


@pytest.fixture
def room(shop: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(shop)
    yield made
    made.close()


@contextmanager
def an_engine_process(home: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **os.environ,
        "DATABASE_URL": url(),
        "MAILEXPERT_HOME": str(home),
        "MAILEXPERT_SECRET_KEY": "k" * 40,
        "MAILEXPERT_RELAY_URL": f"smtp://127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "mailexpert.delivery"]
    engine = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield engine
    finally:
        engine.kill()
        engine.wait()


def kill_and_go_on(room: Mailroom, home: Path, *, persons: int, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    issue, sink = room.mailing(people("ok", persons), shard_size=100), Sink(dot_seconds=0.003)

    async def story() -> None:
        async with sink:
            for _ in range(kills):
                target = len(sink.taken) + chance.randrange(5, persons // (kills + 1))
                with an_engine_process(home, sink.port):
                    await until(lambda: len(sink.taken) >= target or room.state(issue) == DONE)  # noqa: B023
                room.counts(issue)
                room.ask("UPDATE sending_shard SET lease_until = now() - interval '1 second' WHERE state = 0")
            with an_engine_process(home, sink.port) as engine:
                await until(lambda: room.state(issue) == DONE)
                engine.terminate()
                assert engine.wait(30) == 0

    asyncio.run(story())
    counts = room.counts(issue)
    assert set(sink.taken.values()) == {1}
    assert counts["sent"] + counts["in_doubt"] == persons
    assert counts["in_doubt"] <= 500 * kills
    assert counts["sent"] <= len(sink.taken) <= counts["sent"] + counts["in_doubt"]


def test_an_engine_killed_in_the_middle_sends_nothing_twice(room: Mailroom, tmp_path: Path) -> None:
    kill_and_go_on(room, tmp_path, persons=600, kills=2, seed=1)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_kills_send_nothing_twice(room: Mailroom, tmp_path: Path, seed: int) -> None:
    kill_and_go_on(room, tmp_path, persons=3000, kills=8, seed=seed)
