"""Brings finished append files to the counts, each exactly once, also over its own death.

A thread of its own: reading and adding up must not keep a reader waiting.
"""

import threading
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg
import structlog

from mailexpert.intake import counting, hits, watch
from mailexpert.intake.database import AS_OWNER, AWAY, CONNECT_SECONDS, SQL
from mailexpert.intake.journal import Finished, finished, only_collector, peek
from mailexpert.intake.targets import LIVES_DAYS

NAME = "mailexpert-collector"
PAUSE = 0.5
AFTER_TROUBLE = 2.0
REMEMBER_DAYS = 30  # names of counted files; an older file is set aside, because it may have been counted
DAY = 86_400.0
HOLD = watch.SECONDS + 1.0  # a file with askers in it waits so long for what is said of them in later ones
PARTED = ["tracking_event", "tracking_trail"]

Connection = psycopg.Connection[tuple[Any, ...]]

log = structlog.get_logger()


class Collector(threading.Thread):
    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(name="collector", daemon=True)
        self._url, self._folder = url, folder
        self._ending = threading.Event()
        self._is_last = False
        self._forgot_at = 0.0

    def run(self) -> None:
        pause = 0.0
        while not self._ending.wait(pause):
            pause = PAUSE if self._round() else AFTER_TROUBLE

    def end(self, seconds: float) -> None:
        """Stop, and count what is there in a last round."""
        self._ending.set()
        self.join(seconds)
        if not self.is_alive():
            self._is_last = True
            self._round()

    def _round(self) -> bool:
        try:
            with only_collector(self._folder) as alone:
                if alone:
                    self._collect_all()
        except (*AWAY, psycopg.Error) as problem:
            log.warning("hits wait on the disk", problem=str(problem))
            return False
        except Exception:  # a dead collector would fill the disk in silence
            log.exception("collecting hits failed")
            return False
        return True

    def _collect_all(self) -> None:
        """A connection only when there is something to count; it stays open while there is."""
        with closing(finished(self._folder)) as files:  # lets go of its file's lock, also on trouble
            first = next((file for file in files if self._is_ripe(file)), None)
            if first is None:
                return
            with psycopg.connect(
                self._url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name=NAME
            ) as connection:
                connection.execute(AS_OWNER)
                self._count(connection, first)
                for file in files:
                    if self._is_ripe(file):
                        self._count(connection, file)
                self._forget_old(connection)

    def _count(self, connection: Connection, file: Finished) -> None:
        if time.time() - file.made_at > (REMEMBER_DAYS - 1) * DAY:
            log.error("a file of hits is too old to count it only once; it is set aside", file=file.name)
            file.path.rename(file.path.with_suffix(".old"))
            return
        try:
            self._take(connection, file)
        except AWAY:
            raise
        except (psycopg.Error, ValueError) as problem:
            log.error("a file of hits can't be counted; it stays", file=file.name, problem=str(problem))
            return
        file.delete()

    def _is_ripe(self, file: Finished) -> bool:
        """Whether all is known of the askers in it."""
        if self._is_last or not has_askers(file.lines):
            return True
        with suppress(OSError):
            return time.time() - file.path.stat().st_mtime > HOLD
        return True

    def _take(self, connection: Connection, file: Finished) -> None:
        said = dict(hits.verdicts(file.lines.splitlines()))
        if has_askers(file.lines):
            for later in peek(self._folder):
                said.update(hits.verdicts(later.splitlines()))
        count_file(connection, file, said)

    def _forget_old(self, connection: Connection) -> None:
        if time.monotonic() - self._forgot_at > DAY / 24:
            connection.execute(SQL["forget_files"], {"days": REMEMBER_DAYS})
            self._forgot_at = time.monotonic()


def has_askers(lines: bytes) -> bool:
    return lines.startswith(hits.PERSONAL) or b"\n" + hits.PERSONAL in lines


def count_file(connection: Connection, file: Finished, verdicts: Mapping[int, int] | None = None) -> bool:
    """Store a file's hits, its name in the same transaction; False when that was done before. `verdicts`: the askers
    that turned out to be machines, and why."""
    with connection.transaction():
        if connection.execute(SQL["take_file"], {"name": file.name}).fetchone() is None:
            return False
        store(connection, file.lines, verdicts or {})
        return True


def store(connection: Connection, lines: bytes, verdicts: Mapping[int, int]) -> None:
    """Consent, switches and ages are looked at here and now, whatever the mail was sent with."""
    [[clock]] = connection.execute(SQL["clock"]).fetchall()
    found = counting.hits(lines, verdicts, ahead=clock - time.time(), now=clock)
    sums = counting.add_up(found, known(connection, counting.people(found)))
    for hour in {hour * hits.SECONDS_OF_HOUR for hour in sums.hours}:
        connection.execute(SQL["month"], {"at": hour, "parents": PARTED})
    for name, columns in (("count", sums.counts), ("trail", sums.trail), ("days", sums.days)):
        if columns["issues"]:
            connection.execute(SQL[name], {**columns, "days": LIVES_DAYS})


def known(connection: Connection, people: set[tuple[int, int]]) -> dict[tuple[int, int], counting.Known]:
    """Of people of issues, those whose doings may be stored now."""
    if not people:
        return {}
    issues, contacts = zip(*sorted(people), strict=True)
    rows = connection.execute(SQL["people"], {"issues": list(issues), "contacts": list(contacts)})
    return {(issue, contact): counting.Known(*facts) for issue, contact, *facts in rows}
