"""Making a new data folder, and the login and database in it."""

import errno
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from mailexpert.operations.postgres import conf, problems
from mailexpert.operations.postgres.binaries import Installation
from mailexpert.operations.postgres.place import PORT, Place

LOCALE = "C.UTF-8"
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": LOCALE, "TZ": "UTC"}
SIGNS = ("FATAL:", "PANIC:", "LOG:  unrecognized", "error:", "invalid")
DRAFT = "pg.draft-"
ROLE = "SELECT 1 FROM pg_roles WHERE rolname = %s"
BASE = "SELECT 1 FROM pg_database WHERE datname = %s"


def make(place: Place, installation: Installation, *, durable: bool = True) -> None:
    """Made beside its place and moved there whole, so that a start cut short leaves nothing half done."""
    for left in place.base.glob(f"{DRAFT}*"):
        shutil.rmtree(left, ignore_errors=True)
    draft = place.base / f"{DRAFT}{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    place.account.own(draft)
    try:
        _initdb(place, installation, draft, [] if durable else ["--no-sync"])
        conf.include(draft)
        draft.rename(place.data)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _initdb(place: Place, installation: Installation, draft: Path, more: list[str]) -> None:
    command = [
        installation.program("initdb"),
        f"--pgdata={draft}",
        f"--username={conf.SUPERUSER}",
        f"--locale={LOCALE}",
        "--encoding=UTF8",
        "--auth=peer",
        "--no-instructions",
        "--data-checksums",
        *more,
    ]
    done = subprocess.run(  # type: ignore[call-overload]
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        start_new_session=True,
        **place.account.popen_arguments(),
    )
    if done.returncode:
        raise why(place, f"{done.stdout}\n{done.stderr}")


def why(place: Place, words: str) -> problems.ServerProblem:
    """The problem behind what PostgreSQL said."""
    if "No space left on device" in words:
        return disk_full(place.base)
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    told = [line for line in lines if any(sign in line for sign in SIGNS)] or lines
    return problems.WouldNotStart(log=place.log, words=" / ".join(told[-5:]) or "(none)")


def disk_full(path: Path) -> problems.DiskFull:
    return problems.DiskFull(path=path, free=shutil.disk_usage(path).free // 1_000_000)


@contextmanager
def full_disk_named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(path) from problem
        raise


def prepare(sockets: Path) -> None:
    """The login and its database. The login is no superuser: it may make roles, which the wall needs."""
    with psycopg.connect(
        host=str(sockets), port=PORT, user=conf.SUPERUSER, dbname="postgres", autocommit=True
    ) as connection:
        login, database = sql.Identifier(conf.LOGIN), sql.Identifier(conf.DATABASE)
        if not _exists(connection, ROLE, conf.LOGIN):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB").format(login))
        if not _exists(connection, BASE, conf.DATABASE):
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, login))


def _exists(connection: psycopg.Connection, query: LiteralString, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None
