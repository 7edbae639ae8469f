"""Brings finished append files to the counts, each exactly once, also over its own death.

A thread of its own: reading and adding up must not keep a reader waiting.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import structlog

from mailexpert.intake.database import AS_OWNER, AWAY, CONNECT_SECONDS, SQL
from mailexpert.intake.journal import Finished, finished, only_collector

NAME = "mailexpert-collector"
PAUSE = 0.5
AFTER_TROUBLE = 2.0
REMEMBER_DAYS = 30  # names of counted files; an older file is set aside, because it may have been counted
DAY = 86_400.0

Connection = psycopg.Connection[tuple[Any, ...]]

log = structlog.get_logger()


class Collector(threading.Thread):
    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(name="collector", daemon=True)
        self._url, self._folder = url, folder
        self._ending = threading.Event()
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
            first = next(files, None)
            if first is None:
                return
            with psycopg.connect(
                self._url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name=NAME
            ) as connection:
                connection.execute(AS_OWNER)
                self._count(connection, first)
                for file in files:
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

    def _take(self, connection: Connection, file: Finished) -> None:
        count_file(connection, file)

    def _forget_old(self, connection: Connection) -> None:
        if time.monotonic() - self._forgot_at > DAY / 24:
            connection.execute(SQL["forget_files"], {"days": REMEMBER_DAYS})
            self._forgot_at = time.monotonic()


def count_file(connection: Connection, file: Finished) -> bool:
    """Add a file's hits to the counts, its name in the same transaction; False when that was done before."""
    with connection.transaction():
        if connection.execute(SQL["take_file"], {"name": file.name}).fetchone() is None:
            return False
        connection.execute(SQL["count"], _sums(file.lines.splitlines()))
        return True


def _sums(lines: Iterable[bytes]) -> dict[str, list[int]]:
    names = ("issues", "links", "kinds", "hours", "sums")
    rows = [(*map(int, line.split(b"\t")), n) for line, n in Counter(lines).items()]
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}
