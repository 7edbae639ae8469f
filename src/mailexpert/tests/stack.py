"""The whole product as the processes that a person starts, with a database and a home of its own."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg

from mailexpert.core.database.creation import template_name
from mailexpert.tests.client import Api
from mailexpert.tests.ports import free_ports

Found = TypeVar("Found")

COMMAND = [sys.executable, "-m", "mailexpert.operations.cli"]
PORTS = "PORT", "TRACK_PORT", "CATCHER_PORT", "INBOUND_PORT"
START_SECONDS, END_SECONDS = 120.0, 60.0
RUN_SECONDS, STAND_STILL_SECONDS = 0.02, 0.6


def wait_until(find: Callable[[], Found], what: str, seconds: float = 60.0) -> Found:
    """What `find` returns, once that is true."""
    until = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < until, f"waited {seconds:g} s in vain until {what}"
        time.sleep(0.05)
    return found


class Stack:
    """MailExpert up and running. `output` gathers what its processes say."""

    def __init__(self, home: Path, database_url: str = "", relay_url: str = "") -> None:
        ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.home = home
        self.output = home / "up.log"
        self.base_url = f"http://localhost:{ports['PORT']}"
        self.track_url = f"http://localhost:{ports['TRACK_PORT']}"
        self.ports = tuple(ports.values())
        ours = {
            "DATABASE_URL": database_url,
            "MAILEXPERT_HOME": str(home),
            "MAILEXPERT_RELAY_URL": relay_url,
            **{f"MAILEXPERT_{name}": str(port) for name, port in ports.items()},
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAILEXPERT_")}
        self.environment = {**inherited, **ours}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: str = "up") -> None:
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [*COMMAND, command],
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_until(self._answers, "the pages answer", START_SECONDS)

    def end(self) -> None:
        """As Ctrl-C does, and then nothing of it is left."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        try:
            code = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            raise AssertionError(f"it does not end:\n{self.said()}") from None
        assert code == 0, self.said()
        assert list((self.home / "run").glob("*.pid")) == []
        wait_until(lambda: not self._left_behind(), "every process is gone", 10)
        for port in self.ports:
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", port)) != 0, f"port {port} is still listened to"

    def command(self, *arguments: str) -> str:
        """What `mailexpert …` prints."""
        ran = subprocess.run(
            [*COMMAND, *arguments], env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert ran.returncode == 0, ran.stderr + ran.stdout
        return ran.stdout.strip()

    def api(self, account: str = "demo") -> Api:
        return Api(self.base_url, self.command("token", "create", "--account", account))

    def pid(self, name: str) -> int:
        return int((self.home / "run" / f"{name}-1.pid").read_text())

    @contextmanager
    def slowed(self, name: str) -> Iterator[None]:
        """One process as on a machine that hardly gets on."""
        pid, ending = self.pid(name), threading.Event()

        def slow() -> None:
            while not ending.wait(RUN_SECONDS):
                os.kill(pid, signal.SIGSTOP)
                ending.wait(STAND_STILL_SECONDS)
                os.kill(pid, signal.SIGCONT)

        thread = threading.Thread(target=slow)
        thread.start()
        try:
            yield
        finally:
            ending.set()
            thread.join()

    def said(self) -> str:
        return self.output.read_text(errors="replace")[-8000:]

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"it ended by itself:\n{self.said()}"
        try:
            with urlopen(f"{self.base_url}/healthz", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _left_behind(self) -> list[str]:
        """Processes that have this home in their environment (Linux tells)."""
        mark, found = f"MAILEXPERT_HOME={self.home}".encode(), []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append((folder / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found


@contextmanager
def running(home: Path, relay_url: str = "") -> Iterator[Stack]:
    """On a database of the suite's server, so that the stories run on each major version too. Its tables are a copy
    of the suite's own: making them takes most of a start, and the story of the first start tells of that."""
    with a_database(template_name()) as url:
        stack = Stack(home, url, relay_url)
        stack.command("prepare")
        stack.start()
        try:
            yield stack
        finally:
            stack.end()


@contextmanager
def a_database(template: str) -> Iterator[str]:
    """A database without rows; when it goes, nobody may be connected to it any more."""
    server, name = os.environ["DATABASE_URL"], f"story_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
            still = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
            wait_until(
                lambda: admin.execute(still, [name]).fetchone() == (0,), "all connections are closed", 10
            )
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
