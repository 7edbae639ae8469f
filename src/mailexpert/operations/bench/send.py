"""How fast one mailing goes out through the real path: contacts, issue, shards, the engine as a process of
its own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, transaction

from mailexpert.accounts.models import Account
from mailexpert.base import env, keys
from mailexpert.contacts.models import List
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings import audience
from mailexpert.operations.bench.words import LOOP, html_of, text_of
from mailexpert.operations.problems import Problem
from mailexpert.sending import actions, queries

LONGEST_SECONDS = 3600.0
START_SECONDS, IDLE_CPU_SECONDS = 30.0, 0.03
SHORTEST_LOOK, LONGEST_LOOK = 0.05, 2.0  # seconds between looks: each costs the database something too
TABLES = (
    "sending_delivery", "sending_reply", "sending_retry", "sending_shard", "sending_issue",
    "contacts_membership", "contacts_contact", "contacts_list",
)  # fmt: skip


class NoSink(Problem):
    """There is no relay to send to: name one with --relay smtp://host:port, or install Postfix for its
    smtp-sink."""


class Stuck(Problem):
    """The mailing did not get on: {counts}. What the engine said stands above."""


@dataclass(frozen=True, kw_only=True)
class Size:
    messages: int
    body_kb: float = 10.0
    links: int = 10
    loops: bool = False


def measure(size: Size, relay: str | None = None) -> dict[str, Any]:
    """Send once and say how it went; everything that was made for it is gone afterwards."""
    with (
        _relay(relay) as url,
        _throw_away_account() as account_id,
        _engine(url) as engine,
        account(account_id),
    ):
        list_id = _add_contacts(account_id, size.messages)
        before = _ledger_bytes()
        at_start = _cpu_seconds(engine.pid)
        began = time.perf_counter()
        counts, first = _send(list_id, size)
        seconds = time.perf_counter() - began
        peak = _peak_megabytes(engine.pid)
        usage = _stop(engine)
        stored = (_ledger_bytes() - before) / max(1, counts.planned)
    cpu = usage.ru_utime + usage.ru_stime - at_start
    return {
        "messages": counts.sent,
        "seconds": round(seconds, 3),
        "first_after_seconds": round(first - began, 3),
        "rate": round(counts.sent / seconds),
        "cpu_us_per_message": round(cpu / max(1, counts.sent) * 1e6, 1),
        "peak_rss_mb": peak,
        "ledger_bytes_per_message": round(stored, 1),
    }


def _send(list_id: int, size: Size) -> tuple[queries.Counts, float]:
    """How it ended, and when the first messages had been sent."""
    with transaction.atomic():
        issue = actions.open_issue(
            mailing_id=None,
            subject="Nieuws voor {{ contact.first_name }}",
            html=html_of(size.body_kb, size.links) + (LOOP if size.loops else ""),
            text=text_of(size.body_kb, size.links),
            preheader="",
            sender="Winkel de Vries <nieuws@mail.winkel.example>",
            reply_to="",
            fields={"city": "t1"},
            list_ids=[list_id],
            purpose="newsletter",
            tracking="aggregate",
            language="nl",
            sender_line="Winkel de Vries, Molenpad 12, 1234 AB Lindewoud",
        )
        audience.cut(issue.id, [list_id])
    began, until, first = time.perf_counter(), time.monotonic() + LONGEST_SECONDS, 0.0
    while True:
        counts = queries.counts(issue.id)
        first = first or (time.perf_counter() if counts.sent else 0.0)
        left = counts.waiting + counts.deferred
        if not left:
            return counts, first
        if time.monotonic() > until:
            raise Stuck(counts=counts)
        time.sleep(until_next_look(counts.sent, left, time.perf_counter() - began))


def until_next_look(sent: int, left: int, seconds: float) -> float:
    """Seldom while much is left, often when it is nearly done."""
    still = seconds * left / sent if sent else 0.0
    return min(LONGEST_LOOK, max(SHORTEST_LOOK, still / 3))


def _add_contacts(account_id: int, messages: int) -> int:
    made = List.objects.create(name="bench")
    with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_contact (account_id, email, first_name, last_name, t1, status) "
            "SELECT %s, 'lezer' || n || '@ontvanger' || n %% 97 || '.example', "
            "(ARRAY['Anna','Bram','Chaïm','Daan','Eva','Fleur'])[1 + n %% 6], 'Jansen ' || n, "
            "(ARRAY['Utrecht','Zwolle','Delft','Assen'])[1 + n %% 4], 1 FROM generate_series(1, %s) n",
            [account_id, messages],
        )
        cursor.execute(
            "INSERT INTO contacts_membership (account_id, list_id, contact_id, ground) "
            "SELECT account_id, %s, id, 'consent' FROM contacts_contact WHERE account_id = %s",
            [made.id, account_id],
        )
        cursor.execute("ANALYZE contacts_contact, contacts_membership")
    return made.id


def _ledger_bytes() -> int:
    with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('sending_delivery')")
        return int(cursor.fetchone()[0])


@contextmanager
def _throw_away_account() -> Iterator[int]:
    with beside_wall(Beside.OPERATE):
        made = Account.objects.create(slug=f"bench-{os.getpid()}", name="Bench")
    try:
        yield made.id
    finally:
        with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"DELETE FROM {table} WHERE account_id = %s", [made.id])  # noqa: S608
            cursor.execute("DELETE FROM accounts_account WHERE id = %s", [made.id])


@contextmanager
def _engine(relay: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The engine as a child; it gets the database and the secret that this process uses."""
    here = env.load()
    settings = connection.settings_dict
    environment = {
        **os.environ,
        "DATABASE_URL": here.database_url or _url(settings),
        "MAILEXPERT_RELAY_URL": relay,
        "MAILEXPERT_SECRET_KEY": keys.secret(),
        "MAILEXPERT_HOME": str(here.home),
    }
    child = subprocess.Popen([sys.executable, "-m", "mailexpert.delivery"], env=environment)
    try:
        _wait_until_idle(child.pid)  # its start is not what is measured
        yield child
    finally:
        if child.poll() is None and child.returncode is None:
            child.kill()
            child.wait()


def _wait_until_idle(pid: int) -> None:
    until, before = time.monotonic() + START_SECONDS, -1.0
    while time.monotonic() < until and (used := _cpu_seconds(pid)) - before > IDLE_CPU_SECONDS:
        before = used
        time.sleep(0.5)


def _cpu_seconds(pid: int) -> float:
    """What a process has used so far; its start counts for nobody's message."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_megabytes(pid: int) -> float:
    """Since it is the engine. What wait4 tells holds what this process had when the engine was forked from it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return round(int(found[1]) / 1024, 1) if found else 0.0


def _url(settings: dict[str, Any]) -> str:
    login = settings["USER"] + (f":{settings['PASSWORD']}" if settings["PASSWORD"] else "")
    host, port = settings["HOST"] or "", settings["PORT"] or 5432
    if host.startswith("/"):
        return f"postgresql://{login}@/{settings['NAME']}?host={host}&port={port}"
    return f"postgresql://{login}@{host}:{port}/{settings['NAME']}"


def _stop(child: "subprocess.Popen[bytes]") -> Any:
    child.send_signal(signal.SIGTERM)
    _pid, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage


@contextmanager
def _relay(url: str | None) -> Iterator[str]:
    """The relay that was named, else a sink of our own that takes everything."""
    if url:
        yield url
        return
    binary = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin:/usr/local/sbin")
    if binary is None:
        raise NoSink
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # As root it wants to know whose rights to take.
    rights = ["-u", "nobody"] if os.geteuid() == 0 else []
    sink = subprocess.Popen([binary, *rights, f"127.0.0.1:{port}", "1000"])
    try:
        _wait_for(port)
        yield f"smtp://127.0.0.1:{port}"
    finally:
        sink.terminate()
        sink.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise NoSink


def sink_port(url: str) -> int:
    return urlsplit(url).port or 25
