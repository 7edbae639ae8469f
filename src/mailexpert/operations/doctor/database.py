"""Checks of the database: reachable, right version, keeps what it answered, and the wall stands."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from mailexpert.base import clock as our_clock
from mailexpert.base.env import Environment
from mailexpert.operations.doctor.finding import Finding, ok, problem, warn
from mailexpert.operations.postgres.binaries import NEWEST, OLDEST

FURTHEST_OFF = timedelta(seconds=2)


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
    import django

    django.setup()


def reachable(env: Environment) -> Iterator[Finding]:
    import psycopg

    try:
        _one("SELECT 1")
    except psycopg.Error as trouble:
        told = str(trouble).strip().splitlines()[0]
        yield problem(f"The database does not answer: {told}", "Check DATABASE_URL and the server it names.")
    else:
        yield ok("The database answers.")


def version(env: Environment) -> Iterator[Finding]:
    number = int(_one("SHOW server_version_num")) // 10_000
    if number < OLDEST:
        yield problem(f"The database is PostgreSQL {number}.", f"MailExpert needs {OLDEST} or newer.")
    elif number > NEWEST:
        yield warn(
            f"The database is PostgreSQL {number}.", f"MailExpert was tested with {OLDEST} to {NEWEST}."
        )
    else:
        yield ok(f"The database is PostgreSQL {number}.")


def promises_of_commit(env: Environment) -> Iterator[Finding]:
    """No mail twice rests on this: what the database answered to must still be there after its crash."""
    if _one("SHOW fsync") == "off":
        yield problem("fsync is off: a power cut can damage the whole database.", "Set fsync = on.")
    if _one("SHOW synchronous_commit") in ("off", "local"):
        yield problem(
            "synchronous_commit is off: after a crash, people may get a mail twice.",
            "Set synchronous_commit = on for this database.",
        )
    lagging = _one("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'async'")
    if lagging:
        yield warn(
            f"{lagging} standby server follows asynchronously: a failover may lose the last commits.",
            "Make it synchronous (synchronous_standby_names), or run `mailexpert pause-all` after a failover.",
        )
    else:
        yield ok("What the database confirmed is kept.")


def clock(env: Environment) -> Iterator[Finding]:
    off = abs(_one("SELECT clock_timestamp()") - our_clock.now())
    if off > FURTHEST_OFF:
        yield problem(
            f"The clocks of this machine and of the database differ by {off.total_seconds():.0f} seconds.",
            "Set both by the same time service.",
        )


def roles(env: Environment) -> Iterator[Finding]:
    from mailexpert.core.database.roles import APP, OWNER

    missing = [
        role for role in (OWNER, APP) if not _one("SELECT count(*) FROM pg_roles WHERE rolname = %s", [role])
    ]
    right = "SET" if int(_one("SHOW server_version_num")) >= 160_000 else "MEMBER"
    present = [role for role in (OWNER, APP) if role not in missing]
    closed = [role for role in present if not _one("SELECT pg_has_role(session_user, %s, %s)", [role, right])]
    statements = [f"CREATE ROLE {role} NOLOGIN;" for role in missing]
    statements += [
        f"GRANT {role} TO {_one('SELECT quote_ident(session_user)')};" for role in missing + closed
    ]
    if statements:
        yield problem("The roles of the wall between accounts are missing.", " ".join(statements))
    else:
        yield ok("The roles of the wall between accounts are there.")
    if _one("SELECT rolsuper FROM pg_roles WHERE rolname = session_user"):
        yield warn(
            "MailExpert logs in to the database as a superuser.",
            "Give it a login of its own, without superuser rights.",
        )


def migrations(env: Environment) -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with _beside():
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield problem(f"{len(waiting)} changes of the tables are waiting.", "Run `mailexpert migrate`.")
    else:
        yield ok("The tables are those of this version.")


def wall(env: Environment) -> Iterator[Finding]:
    from mailexpert.core.walls import walled_models

    tables = [model._meta.db_table for model in walled_models() if model._meta.managed]
    rows = _all(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relname = ANY(%s) "
        "AND (NOT relrowsecurity OR NOT EXISTS "
        "(SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'wall'))",
        [tables],
    )
    if rows:
        names = ", ".join(sorted(name for (name,) in rows))
        yield problem(f"Rows of one account are open to another in: {names}.", "Run `mailexpert migrate`.")
    else:
        yield ok(f"The wall between accounts stands around {len(tables)} tables.")


def sender_domains(env: Environment) -> Iterator[Finding]:
    """Broken ones hold up their accounts' mailings."""
    from django.db import ProgrammingError

    from mailexpert.sending.queries_domains import broken

    try:
        with _beside():
            found = broken()
    except ProgrammingError:
        return  # the table isn't there yet: `migrations` says so
    for name, account_id in found:
        yield problem(
            f"The DNS records of the sender domain {name} (account {account_id}) are broken; its mailings wait.",
            "The account sees what to publish under Settings & Options, Sender domains.",
        )
    if not found:
        yield ok("No sender domain is broken.")


def _beside() -> Any:
    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import beside_wall

    return beside_wall(Beside.OPERATE)


def _all(query: str, values: list[Any] | None = None) -> list[Any]:
    """Asked as the plain login: the roles of the wall may be missing."""
    import psycopg

    from mailexpert.base import env as environment
    from mailexpert.operations import postgres

    with psycopg.connect(postgres.dsn(environment.load()), connect_timeout=5) as connection:
        return connection.execute(query, values).fetchall()  # type: ignore[arg-type]


def _one(query: str, values: list[Any] | None = None) -> Any:
    return _all(query, values)[0][0]
