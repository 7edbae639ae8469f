"""`mailexpert up` as a whole: each of its processes is killed, and PostgreSQL too."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailexpert.operations.postgres import pids
from mailexpert.tests.ports import free_ports

pytestmark = pytest.mark.chaos
PATIENCE = 120.0
VARIABLES = ("MAILEXPERT_PORT", "MAILEXPERT_TRACK_PORT", "MAILEXPERT_CATCHER_PORT", "MAILEXPERT_INBOUND_PORT")


@dataclass(frozen=True)
class Up:
    home: Path
    process: subprocess.Popen[bytes]
    log: Path
    port: int

    def pid(self, name: str) -> int:
        return pids.in_file(self.home / "run" / f"{name}.pid") or 0

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def said(self, words: str) -> bool:
        return words in self.log.read_text()


def wait(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.2)


@pytest.fixture
def up() -> Iterator[Up]:
    folder = Path(tempfile.mkdtemp(prefix="mailexpert-test-"))
    folder.chmod(0o755)
    ports = free_ports(len(VARIABLES))
    mine = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    mine |= dict(zip(VARIABLES, map(str, ports), strict=True)) | {"MAILEXPERT_HOME": str(folder / "home")}
    log = folder / "up.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "mailexpert.operations.cli", "up"]
        process = subprocess.Popen(command, env=mine, stdout=output, stderr=output)
    yield Up(folder / "home", process, log, ports[0])
    process.terminate()
    process.wait(60)
    shutil.rmtree(folder)


def test_any_process_killed_comes_back_and_all_end_cleanly(up: Up) -> None:
    wait(up.is_healthy, "the first start")
    names = [path.stem for path in (up.home / "run").glob("*-1.pid")]
    assert {"web-1", "worker-1", "deliver-1", "intake-1", "catcher-1"} <= set(names)
    for name in names:
        before = up.pid(name)
        os.kill(before, signal.SIGKILL)
        wait(lambda name=name: up.said(f"{name} was killed by SIGKILL"), f"{name} is named")  # type: ignore[misc]
        wait(lambda name=name, before=before: up.pid(name) not in (0, before), f"{name} is back")  # type: ignore[misc]
    wait(up.is_healthy, "after killing each process")

    os.kill(pids.in_file(up.home / "pg" / "postmaster.pid") or 0, signal.SIGKILL)
    wait(lambda: up.said("PostgreSQL had died and was started again"), "the database is back")
    wait(up.is_healthy, "after killing the database")

    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(60) == 0
    assert list((up.home / "run").glob("*-1.pid")) == []
    assert pids.all_serving(up.home / "pg") == []
