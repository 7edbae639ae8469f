"""A field for chaos: a PostgreSQL of its own, engines and a sink as processes, and 20,000 people."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from mailexpert.operations import postgres
from mailexpert.operations.ports import answers
from mailexpert.operations.postgres import pids
from mailexpert.tests.ports import free_ports

PEOPLE = 20_000
ONCE = 100  # every so many-eth person is deferred the first time
PATIENCE = 180.0
DONE = 3
CONNECTIONS = 8
COUNTS = Path(__file__).parents[2] / "sending" / "sql" / "counts.sql"
NAMES = ("planned", "waiting", "sent", "skipped", "failed", "deferred", "in_doubt")
PEOPLE_SQL = """
WITH made AS (INSERT INTO contacts_list (account_id, name, purpose) VALUES (%(account)s, 'chaos', 'newsletter')
              RETURNING id),
people AS (INSERT INTO contacts_contact (account_id, email, first_name)
           SELECT %(account)s, CASE WHEN n %% %(once)s = 0 THEN 'once' ELSE 'p' END || n || '@lezer.example', 'Jo'
           FROM generate_series(1, %(people)s) n RETURNING id)
INSERT INTO contacts_membership (account_id, list_id, contact_id, ground)
SELECT %(account)s, made.id, people.id, 'consent' FROM made, people RETURNING list_id
"""
ISSUE_SQL = """
WITH issue AS (
    INSERT INTO sending_issue (account_id, kind, sender_name, sender_address, reply_to, subject, html, text, preheader,
        fields, links, list_ids, purpose, tracking, language, sender_line, state, reason)
    VALUES (%(account)s, 1, 'Winkel', 'nieuws@winkel.example', '', 'Dag {{ contact.first_name }}', '<p>Dag</p>', 'Dag',
        '', '{}', '[]', ARRAY[%(list)s]::bigint[], 'newsletter', 'none', 'nl', 'Winkel', 0, '') RETURNING id
),
people AS (SELECT contact_id, (row_number() OVER (ORDER BY contact_id) - 1) / 1000 AS n
           FROM contacts_membership WHERE account_id = %(account)s AND list_id = %(list)s)
INSERT INTO sending_shard (account_id, issue_id, n, contact_ids)
SELECT %(account)s, issue.id, n, array_agg(contact_id) FROM issue, people GROUP BY issue.id, n RETURNING issue_id
"""
# The engine writes such a one down by itself, so a doubt of the relay's making is told from one of a dead engine's.
UNANSWERED_SQL = """
SELECT count(*) FROM sending_delivery d WHERE issue_id = %(issue)s AND outcome = 4
AND NOT EXISTS (SELECT 1 FROM sending_delivery o
                WHERE o.issue_id = d.issue_id AND o.contact_id = d.contact_id AND o.outcome <> 4)
"""


@dataclass(kw_only=True)
class Outcome:
    """What came of one mailing."""

    kills: Counter[str]
    counts: dict[str, int]
    unanswered: int  # in doubt because a relay died before it answered their final dot
    received: Counter[str]
    seconds: float

    @property
    def lost(self) -> int:
        """In doubt because whoever had them died: a turn, and nothing written down."""
        return self.counts["in_doubt"] - self.unanswered

    @property
    def twice(self) -> dict[str, int]:
        return {email: n for email, n in self.received.items() if n > 1}


@dataclass
class Field:
    folder: Path
    server: postgres.Server
    engines: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    sink: "subprocess.Popen[bytes] | None" = None
    account: int = 0
    list_id: int = 0
    issue: int = 0

    def __post_init__(self) -> None:
        self.port = free_ports(1)[0]
        self.taken = self.folder / "taken"
        self.log = (self.folder / "engines.log").open("ab")
        self._db: psycopg.Connection[Any] | None = None

    # ── people and mailings ──

    def ask(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Asked again when the server that was to answer is dead."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                if self._db is None or self._db.closed:
                    self._db = psycopg.connect(self.server.dsn, autocommit=True)
                    self._db.execute("SET ROLE mailexpert_owner")
                cursor = self._db.execute(sql, values)  # type: ignore[arg-type]
                return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                self._db = None
                self.server.tend()

    def settle_in(self) -> None:
        self.account = self.ask("SELECT id FROM accounts_account ORDER BY id LIMIT 1")[0][0]
        rows = self.ask(PEOPLE_SQL, account=self.account, people=PEOPLE, once=ONCE)
        self.list_id = rows[0][0]
        self.ask("ANALYZE")

    def begin(self) -> None:
        self.taken.write_bytes(b"")
        self.issue = self.ask(ISSUE_SQL, account=self.account, list=self.list_id)[0][0]

    def received(self) -> int:
        return self.taken.read_bytes().count(b"\n")

    def is_done(self) -> bool:
        """Deferred people come due at once: nobody here has the time of a real relay."""
        self.ask("UPDATE sending_retry SET due = now() WHERE state = 0 AND due > now()")
        return bool(self.ask("SELECT state FROM sending_issue WHERE id = %(i)s", i=self.issue)[0][0] == DONE)

    def counts(self) -> dict[str, int]:
        row = self.ask(COUNTS.read_text(), account=self.account, issues=[self.issue])[0]
        return dict(zip(NAMES, row[1:], strict=True))

    def outcome(self, kills: Counter[str], began: float) -> Outcome:
        return Outcome(
            kills=kills,
            counts=self.counts(),
            unanswered=self.ask(UNANSWERED_SQL, issue=self.issue)[0][0],
            received=Counter(self.taken.read_text().split()),
            seconds=time.monotonic() - began,
        )

    # ── processes ──

    def start_engine(self) -> "subprocess.Popen[bytes]":
        environment = {
            **os.environ,
            "DATABASE_URL": self.server.dsn,
            "MAILEXPERT_HOME": str(self.folder / "home"),
            "MAILEXPERT_SECRET_KEY": "k" * 40,
            "MAILEXPERT_RELAY_URL": f"smtp://127.0.0.1:{self.port}",
        }
        command = [sys.executable, "-m", "mailexpert.tests.chaos.engine"]
        return subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)

    def start_sink(self) -> None:
        command = [sys.executable, "-m", "mailexpert.tests.chaos.sink", str(self.port), str(self.taken)]
        self.sink = subprocess.Popen(command)
        wait_for(lambda: answers("127.0.0.1", self.port), "the sink answers")

    def kill(self, what: str) -> None:
        """kill -9, and start it again."""
        match what:
            case "engine":
                which = random.randrange(len(self.engines))
                end(self.engines[which], signal.SIGKILL)
                self.engines[which] = self.start_engine()
            case "database":
                pid = pids.in_file(self.server.place.pid_file)
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
                self.server.tend()
            case "sink":
                assert self.sink is not None
                end(self.sink, signal.SIGKILL)
                self.start_sink()

    def close(self) -> None:
        for process in [*self.engines, *([self.sink] if self.sink else [])]:
            end(process, signal.SIGKILL)
        self.engines.clear()
        if self._db is not None:
            self._db.close()
        self.server.leave()
        self.log.close()


def end(process: "subprocess.Popen[bytes]", how: signal.Signals) -> int:
    process.send_signal(how)
    return process.wait(60)


def wait_for(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.02)


@contextlib.contextmanager
def a_field(folder: Path) -> Iterator[Field]:
    """Tables and people on a server of its own, which may be killed."""
    server = postgres.ensure(folder / "postgres")
    environment = {**os.environ, "DATABASE_URL": server.dsn, "MAILEXPERT_HOME": str(folder / "home")}
    (folder / "home").mkdir()
    command = [sys.executable, "-m", "mailexpert.operations.cli", "prepare"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    made = Field(folder, server)
    try:
        made.settle_in()
        made.start_sink()
        yield made
    finally:
        made.close()
