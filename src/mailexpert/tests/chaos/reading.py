"""A field for what comes in: a PostgreSQL of its own on a disk of its own, two intakes with a home each on another
disk, and readers who click and unsubscribe without a pause.

Every reader has a link of its own, and every stop is a person's own, so that what is stored can be held against what
was answered, one by one."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

from mailexpert.mail.links import click_token, stop_token
from mailexpert.operations import postgres
from mailexpert.operations.ports import answers
from mailexpert.operations.postgres import pids
from mailexpert.tests.chaos.field import end, wait_for
from mailexpert.tests.chaos.intake import ORDER
from mailexpert.tests.ports import free_ports

SECRET = "k" * 40
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
FULL_SECONDS = 3.0
READERS, STOPPERS, PEOPLE = 8, 2, 60_000
SMALL = {"min_wal_size": "80MB", "max_wal_size": "160MB", "shared_buffers": "64MB"}
SIZES = {"server": "1500m", "homes": "16m"}
ISSUE_SQL = """
WITH a AS (SELECT id FROM accounts_account ORDER BY id LIMIT 1),
people AS (
    INSERT INTO contacts_contact (account_id, email) SELECT a.id, 'chaos' || n || '@lezer.example'
    FROM a, generate_series(1, %(people)s) n RETURNING id
)
INSERT INTO sending_issue (account_id, kind, sender_name, sender_address, reply_to, subject, html, text, preheader,
    fields, links, list_ids, purpose, tracking, language, sender_line, state, reason, started_at)
SELECT a.id, 1, 'Winkel', 'nieuws@winkel.example', '', 'Dag', '<p>Dag</p>', 'Dag', '', '{}', %(links)s::jsonb, '{}',
    'newsletter', 'aggregate', 'nl', 'Winkel', 3, '', now() FROM a RETURNING id, (SELECT min(id) FROM people)
"""
STORED = "SELECT link, sum(n) FROM tracking_event WHERE issue_id = %(issue)s GROUP BY link"
ADDED_UP = (
    "SELECT value::int, sum(n) FROM tracking_rollup WHERE issue_id = %(issue)s AND by = 1 GROUP BY value"
)
STOPS = "SELECT contact_id, count(*) FROM sending_stop WHERE issue_id = %(issue)s GROUP BY contact_id"


@dataclass(kw_only=True)
class Told:
    """What one reader heard: answers that promise, refusals, and requests that got no answer at all."""

    answered: int = 0
    refused: int = 0
    silent: int = 0


@dataclass(kw_only=True)
class Came:
    """What came of it: per link what was answered, what may have been stored beside it, and what was."""

    kills: Counter[str]
    clicks: dict[int, Told]
    stored: dict[int, int]
    added_up: dict[int, int]
    promised: set[int]
    maybe: set[int]
    stops: dict[int, int]
    seconds: float

    def figures(self) -> dict[str, object]:
        return {
            "kills": dict(self.kills),
            "clicks answered": sum(told.answered for told in self.clicks.values()),
            "clicks stored": sum(self.stored.values()),
            "clicks without an answer": sum(told.silent for told in self.clicks.values()),
            "clicks refused": sum(told.refused for told in self.clicks.values()),
            "stops answered": len(self.promised),
            "stops stored": len(self.stops),
            "seconds": round(self.seconds),
        }

    def faults(self) -> list[str]:
        """Empty when all that was answered is stored once, and nothing that nobody asked."""
        found = []
        for link, told in self.clicks.items():
            kept = self.stored.get(link, 0)
            if not told.answered <= kept <= told.answered + told.silent:
                found.append(f"link {link}: {told} but {kept} stored")
        if self.stored != self.added_up:
            found.append(f"events {self.stored} but roll-ups {self.added_up}")
        found += [f"stop of {one} is lost" for one in self.promised - set(self.stops)]
        found += [f"stop of {one} was never asked" for one in set(self.stops) - self.promised - self.maybe]
        found += [f"stop of {one} is stored {n} times" for one, n in self.stops.items() if n != 1]
        return found


@dataclass
class Reading:
    folder: Path
    server: postgres.Server
    key: bytes
    disks: dict[str, Path]
    intakes: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    issue: int = 0
    first: int = 0

    def __post_init__(self) -> None:
        self.ports = free_ports(2)
        self.homes = [self.folder / "homes" / str(n) for n in range(2)]
        self.log = (self.folder / "intakes.log").open("ab")
        self._next, self._ending = count(), threading.Event()
        self.clicks = {link: Told() for link in range(READERS)}
        self.promised: set[int] = set()
        self.maybe: set[int] = set()
        self.kills = Counter[str]()

    # ── the cast ──

    def ask(self, sql: str, **values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.server.dsn, autocommit=True) as database:
            database.execute("SET ROLE mailexpert_owner")
            return database.execute(sql, values).fetchall()  # type: ignore[arg-type]

    def settle_in(self) -> None:
        links = "[" + ", ".join(f'"https://winkel.example/{n}"' for n in range(READERS)) + "]"
        [[issue, first]] = self.ask(ISSUE_SQL, links=links, people=PEOPLE)
        self.issue, self.first = int(str(issue)), int(str(first))
        for home in self.homes:
            home.mkdir()
        self.intakes = [self.start(n) for n in range(2)]

    def start(self, n: int) -> "subprocess.Popen[bytes]":
        environment = {
            **os.environ,
            "DATABASE_URL": self.server.dsn,
            "MAILEXPERT_HOME": str(self.homes[n]),
            "MAILEXPERT_SECRET_KEY": SECRET,
            "MAILEXPERT_TRACK_PORT": str(self.ports[n]),
        }
        command = [sys.executable, "-m", "mailexpert.tests.chaos.intake"]
        made = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)
        wait_for(lambda: answers("127.0.0.1", self.ports[n]), "the intake answers")
        return made

    # ── readers ──

    @contextlib.contextmanager
    def readers(self) -> Iterator[None]:
        """Clicking and unsubscribing meanwhile; half of them at each intake."""
        self._ending.clear()
        asking = [
            threading.Thread(target=self._click, args=(link, self.ports[link % 2])) for link in self.clicks
        ]
        asking += [threading.Thread(target=self._stop, args=(self.ports[n % 2],)) for n in range(STOPPERS)]
        for one in asking:
            one.start()
        try:
            yield
        finally:
            self._ending.set()
            for one in asking:
                one.join()

    def _click(self, link: int, port: int) -> None:
        told, request = self.clicks[link], _request("GET", f"/t/c/{click_token(self.key, self.issue, link)}")
        for status in self._asked(port, lambda: request):
            match status:
                case 302:
                    told.answered += 1
                case 0:
                    told.silent += 1
                case _:
                    told.refused += 1

    def _stop(self, port: int) -> None:
        contact = 0

        def request() -> bytes:
            nonlocal contact
            contact = self.first + next(self._next) % PEOPLE
            return _request("POST", f"/t/u/{stop_token(self.key, self.issue, contact)}")

        for status in self._asked(port, request):
            (self.promised if status in (200, 202) else self.maybe).add(contact)

    def _asked(self, port: int, request: "object") -> Iterator[int]:
        """The status of each answer; 0 where the connection broke after the request was on its way."""
        assert callable(request)
        while not self._ending.is_set():
            try:
                wire = socket.create_connection(("127.0.0.1", port), timeout=30)
            except OSError:
                time.sleep(0.02)
                continue
            with closing(wire):
                status = 1
                while status and not self._ending.is_set():
                    status = _answer(wire, request())
                    yield status

    # ── what happens to them ──

    def kill(self, what: str) -> None:
        self.kills[what] += 1
        match what:
            case "intake" | "collector":
                which = self.kills.total() % 2
                if what == "collector":
                    (self.homes[which] / ORDER).touch()
                    wait_for(lambda: self.intakes[which].poll() is not None, "it dies of its order")
                end(self.intakes[which], signal.SIGKILL)
                self.intakes[which] = self.start(which)
            case "database":
                pid = pids.in_file(self.server.place.pid_file)
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
                time.sleep(0.5)
                self.server.tend()
            case "disk of the intakes" | "disk of the database":
                self._full(self.disks["homes" if "intakes" in what else "server"])

    def _full(self, disk: Path) -> None:
        """Not a byte is left for some seconds, also of what others let go of; whatever died of it is started again."""
        filler, until = disk / "filler", time.monotonic() + FULL_SECONDS
        with filler.open("wb", buffering=0) as file:
            while time.monotonic() < until:
                with contextlib.suppress(OSError):
                    while file.write(b"\0" * 65_536):
                        pass
                time.sleep(0.005)
        filler.unlink()
        self.server.tend()
        for n, intake in enumerate(self.intakes):
            if intake.poll() is not None:
                self.intakes[n] = self.start(n)

    def outcome(self, began: float) -> Came:
        """When everything that waits has been stored, and the intakes ended as they should."""
        wait_for(lambda: not any(self._waiting()), "what waits on the disk is stored")
        for intake in self.intakes:
            assert end(intake, signal.SIGTERM) == 0
        values = {"issue": self.issue}
        found = [
            {int(str(key)): int(str(n)) for key, n in self.ask(sql, **values)}
            for sql in (STORED, ADDED_UP, STOPS)
        ]
        return Came(
            kills=self.kills, clicks=self.clicks, stored=found[0], added_up=found[1], promised=self.promised,
            maybe=self.maybe, stops=found[2], seconds=time.monotonic() - began,
        )  # fmt: skip

    def _waiting(self) -> Iterator[Path]:
        for home in self.homes:
            yield from (path for path in (home / "intake").glob("*/*") if path.suffix in (".done", ".open"))

    def close(self) -> None:
        for intake in self.intakes:
            if intake.poll() is None:
                end(intake, signal.SIGKILL)
        self.server.leave()
        self.log.close()


def _request(method: str, path: str) -> bytes:
    body = b"List-Unsubscribe=One-Click" if method == "POST" else b""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: x\r\nUser-Agent: {PHONE}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _answer(wire: socket.socket, request: bytes) -> int:
    """The status; 0 when there was none. Bodies are a line at most and come with their head, or a moment later."""
    try:
        wire.sendall(request)
        told = b""
        while not _is_whole(told):
            piece = wire.recv(4096)
            if not piece:
                return 0
            told += piece
        return int(told[9:12])
    except OSError:
        return 0


def _is_whole(told: bytes) -> bool:
    head, end_of_head, body = told.partition(b"\r\n\r\n")
    if not end_of_head:
        return False
    length = next(
        (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0"
    )
    return len(body) >= int(length.partition(b":")[2])


@contextlib.contextmanager
def a_reading(folder: Path) -> Iterator[Reading]:
    """The whole field; disks of their own where this machine lets us mount, else there are none to fill."""
    with contextlib.ExitStack() as standing:
        disks = {name: standing.enter_context(_disk(folder / name, size)) for name, size in SIZES.items()}
        server = postgres.ensure(folder / "server" / "home", extra=SMALL)
        environment = {
            **os.environ,
            "DATABASE_URL": server.dsn,
            "MAILEXPERT_HOME": str(folder / "prepared"),
            "MAILEXPERT_SECRET_KEY": SECRET,
        }
        (folder / "prepared").mkdir()
        command = [sys.executable, "-m", "mailexpert.operations.cli", "prepare"]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        made = Reading(folder, server, _key(), {name: disk for name, disk in disks.items() if disk})
        standing.callback(made.close)
        made.settle_in()
        yield made


def _key() -> bytes:
    """The one that an intake derives from our secret."""
    import hashlib

    return hashlib.blake2b(b"links", key=hashlib.sha512(SECRET.encode()).digest(), digest_size=32).digest()


@contextlib.contextmanager
def _disk(folder: Path, size: str) -> Iterator[Path | None]:
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", folder], capture_output=True
    )
    yield None if mounted.returncode else folder
    if not mounted.returncode:
        subprocess.run(["umount", "--lazy", folder], check=True)
