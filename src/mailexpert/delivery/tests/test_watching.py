"""What an engine tells of itself: figures for `/metrics`, and logs in which nobody's address stands."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from mailexpert.conftest import Tenant
from mailexpert.delivery import watching
from mailexpert.delivery.ports import Again
from mailexpert.delivery.tests.mailroom import Mailroom, until, url
from mailexpert.delivery.tests.sink import Sink
from mailexpert.delivery.tests.test_stories import people
from mailexpert.delivery.verdict import Judged
from mailexpert.operations.ports import answers
from mailexpert.tests.ports import free_ports

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(shop: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(shop)
    yield made
    made.close()


def figures(port: int) -> dict[str, float]:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        rows = [row for row in answer.read().decode().splitlines() if not row.startswith("#")]
    return {name: float(value) for name, value in (row.rsplit(" ", 1) for row in rows)}


def test_a_mailing_is_seen_in_the_figures_and_nobody_in_the_logs(room: Mailroom, tmp_path: Path) -> None:
    everyone = [
        *people("ok", 60),
        *people("no", 5),
        *people("later", 3),
        *people("silent", 1),
        *people("cut", 1),
    ]
    issue, port = room.mailing(everyone), free_ports(1)[0]
    log = tmp_path / "log"
    found: dict[str, float] = {}

    async def story() -> None:
        async with Sink() as sink:
            engine = an_engine_process(tmp_path, sink.port, port, log)
            try:
                await until(lambda: answers("127.0.0.1", port))
                await until(lambda: room.counts(issue)["waiting"] == 0)
                await asyncio.sleep(1.5)
                found.update(await asyncio.to_thread(figures, port))
                engine.terminate()
                assert await asyncio.to_thread(engine.wait, 30) == 0
            finally:
                engine.kill()

    asyncio.run(story())
    messages = {
        outcome: found.get(f'mailexpert_messages_total{{outcome="{outcome}",provider="other"}}', 0)
        for outcome in ("sent", "failed", "deferred", "unanswered")
    }
    assert messages == {"sent": 60, "failed": 5, "deferred": 4, "unanswered": 1}
    assert found['mailexpert_window_messages_sum{provider="other"}'] >= 70
    assert found["mailexpert_unsettled_messages"] == 0
    assert found["mailexpert_in_doubt_messages"] == 1
    assert found["mailexpert_database_up"] == 1
    assert (found["mailexpert_queue_messages"], found["mailexpert_queue_retries_due"]) == (0, 0)
    said = log.read_text()
    assert "delivery runs" in said
    assert not re.findall(r"[\w+]{2,}@", said), said


def test_the_queue_says_how_long_it_waits(room: Mailroom) -> None:
    from mailexpert.delivery.outbox_pg import SQL

    room.mailing(people("ok", 10))
    room.ask("UPDATE sending_issue SET started_at = now() - interval '90 seconds'")
    room.ask("UPDATE sending_shard SET not_before = now() - interval '60 seconds'")
    ((waiting, retries, age, doubt),) = room.ask(SQL["watch"])
    assert (waiting, retries, doubt) == (10, 0, 0)
    assert 59 < age < 80
    room.ask("UPDATE sending_shard SET upto = 4, sent = 1, lease_until = now() - interval '1 second'")
    ((waiting, retries, age, doubt),) = room.ask(SQL["watch"])
    assert (waiting, retries, doubt) == (6, 0, 3)


def test_whom_a_pause_gave_back_was_not_deferred() -> None:
    tried, untried = Again(7, 1, 1, 2, 300.0, 451), Again(7, 2, 1, 1, 0.0, 0)
    refused = Again(7, 3, 1, 1, 60.0, 550)  # all of them, for our configuration's sake
    watching.judged("nobody.example", Judged(again=[tried, untried, refused]))
    assert watching.verdicts.labels("nobody.example", "deferred")._value.get() == 2


def an_engine_process(home: Path, relay: int, port: int, log: Path) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DATABASE_URL": url(),
        "MAILEXPERT_HOME": str(home),
        "MAILEXPERT_SECRET_KEY": "k" * 40,
        "MAILEXPERT_RELAY_URL": f"smtp://127.0.0.1:{relay}",
        "MAILEXPERT_METRICS_PORT": str(port),
    }
    with log.open("wb") as out:
        return subprocess.Popen([sys.executable, "-m", "mailexpert.delivery"], env=environment, stderr=out)
