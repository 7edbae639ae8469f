"""Statements that give up after a time, with room for large hash tables."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from psycopg import errors

from mailexpert.core.scope import current_account

Answer = TypeVar("Answer")
# Hash tables over a million memberships fit in this; above it a condition inside an `or` turns into a loop.
MEMORY = "128MB"
# Too little for a hash table of a list: the first rows of an order are found sooner by asking for each of them.
LITTLE = "64kB"
# What must be there within this is looked for by one process: starting others takes about as long.
ALONE_MS = 100
ALONE = ", set_config('max_parallel_workers_per_gather', '0', true)"
SETTINGS = (
    "set_config('statement_timeout', '{ms:d}', true), set_config('work_mem', '{memory}', true), "
    "set_config('enable_sort', '{sort}', true), set_config('jit', 'off', true)"
)
AS_BEFORE = (
    "SELECT set_config('statement_timeout', '0', true), set_config('enable_sort', 'on', true), "
    "set_config('work_mem', max(reset_val) FILTER (WHERE name = 'work_mem') || 'kB', true), "
    "set_config('max_parallel_workers_per_gather', max(reset_val) FILTER (WHERE name <> 'work_mem'), true) "
    "FROM pg_settings WHERE name IN ('work_mem', 'max_parallel_workers_per_gather')"
)
# A timeout that comes while a statement ends stops the one after it: this, not the next of the page.
LATE = "SELECT set_config('statement_timeout', '0', true)"


@contextmanager
def hurried(within_ms: int, *, in_order: bool = False) -> Iterator[None]:
    """The settings end with the block. `in_order` has the first rows of an order looked for along its index, whatever
    the planner makes of how rare they are."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {_settings(within_ms, in_order)}")
        yield
        with connection.cursor() as cursor:
            cursor.execute(AS_BEFORE)


def asked(
    statement: str,
    params: Sequence[Any] = (),
    *,
    within_ms: int,
    in_order: bool = False,
    beside: str = "NULL",
    beside_params: Sequence[Any] = (),
) -> tuple[Any, list[tuple[Any, ...]]]:
    """The rows of a statement and the value of an expression beside it, in one trip: two statements that go out
    together are one transaction, whose settings end with it. A small count would wait longer for six trips than
    for its rows. Raises OperationalError."""
    if connection.in_atomic_block:
        with hurried(within_ms, in_order=in_order):
            return _rows(f"SELECT {beside}", beside_params)[0][0], _rows(statement, params)
    current_account()
    together = f"SELECT {_settings(within_ms, in_order)}, {beside}; {statement}; {LATE}"
    with connection.cursor() as cursor:
        cursor.execute(together, [*beside_params, *params] or None)
        value = cursor.fetchone()[-1]
        cursor.nextset()
        return value, list(cursor.fetchall())


def in_time(ask: Callable[[], Answer]) -> Answer | None:
    """The answer; None where it took too long."""
    try:
        return ask()
    except OperationalError as problem:
        if not took_too_long(problem):
            raise
        return None


def _settings(within_ms: int, in_order: bool) -> str:
    sort, memory = ("off", LITTLE) if in_order else ("on", MEMORY)
    settings = SETTINGS.format(ms=within_ms, sort=sort, memory=memory)
    return settings + ALONE if within_ms <= ALONE_MS else settings


def took_too_long(problem: OperationalError) -> bool:
    return isinstance(problem.__cause__, errors.QueryCanceled)


def _rows(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    current_account()
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())
