"""kill -9 of an intake, of its collector between commit and unlink, and of PostgreSQL; and full disks of both. What was
answered is stored, each once, and nothing else.

The short form runs with the suite; `make chaos` runs twenty kills and prints what came of them."""

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailexpert.tests.chaos.reading import Came, Reading, a_reading

KINDS = ("intake", "collector", "database")
DISKS = ("disk of the intakes", "disk of the database")


@pytest.fixture
def reading() -> Iterator[Reading]:
    folder = Path(tempfile.mkdtemp(prefix="mailexpert-reading-"))
    folder.chmod(0o755)
    with a_reading(folder) as made:
        yield made
    shutil.rmtree(folder, ignore_errors=True)


def lived_through(reading: Reading, happenings: list[str], chance: random.Random) -> Came:
    began = time.monotonic()
    with reading.readers():
        for what in happenings:
            time.sleep(chance.random() * 1.5)
            if what in KINDS or reading.disks:
                reading.kill(what)
        time.sleep(1)
    return reading.outcome(began)


def test_each_dies_once_and_both_disks_fill_and_what_was_answered_is_stored(reading: Reading) -> None:
    found = lived_through(reading, [*KINDS, *DISKS], random.Random(3))
    assert found.faults() == []
    assert found.kills.total() >= len(KINDS)
    assert min(told.answered for told in found.clicks.values()) > 50
    assert len(found.promised) > 50
    if reading.disks:
        assert sum(told.refused for told in found.clicks.values())


@pytest.mark.chaos
def test_after_twenty_kills_and_four_full_disks_what_was_answered_is_stored(
    reading: Reading, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    happenings = [*KINDS * 6, *chance.choices(KINDS, k=2), *DISKS * 2]
    chance.shuffle(happenings)
    found = lived_through(reading, happenings, chance)
    with capsys.disabled():
        print(f"\nintake chaos seed {seed} {found.figures()}", flush=True)  # noqa: T201
    assert found.faults() == []
