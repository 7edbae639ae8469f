"""Coarse work in the background, in the same database. Arguments are ids only: the queue's table is readable across
accounts. Every job can run twice without harm; a worker that dies has its jobs handed to another one.

Not for single messages or waiting journey steps: a million future rows here slow every fetch to 8 a second.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as queue

from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall, current_account

RETRIES = RetryStrategy(max_attempts=5, exponential_wait=4)


@dataclass(frozen=True)
class Job:
    name: str
    run: Callable[..., None]
    of_account: bool
    task: Any


_jobs: dict[str, Job] = {}


def job(function: Callable[..., None]) -> Job:
    """A job of one account: it takes `**ids` and runs inside the account that was active when it was deferred."""

    def run(account_id: int, **ids: int) -> None:
        with account(account_id):
            function(**ids)

    return _add(function, run, of_account=True)


def platform_job(reason: Beside) -> Callable[[Callable[..., None]], Job]:
    """A job over all accounts, for one of the listed reasons."""

    def decorate(function: Callable[..., None]) -> Job:
        def run(**ids: int) -> None:
            with beside_wall(reason):
                function(**ids)

        return _add(function, run, of_account=False)

    return decorate


def every(cron: str, reason: Beside = Beside.SCHEDULE) -> Callable[[Callable[[], None]], Job]:
    """A platform job by the clock; five fields, or six with seconds last."""

    def decorate(function: Callable[[], None]) -> Job:
        def run(timestamp: int = 0) -> None:
            with beside_wall(reason):
                function()

        made = _add(function, run, of_account=False)
        queue.periodic(cron=cron)(made.task)
        return made

    return decorate


def defer(wanted: Job, **ids: int) -> None:
    """Put a job in the queue, in the transaction that is open: no commit, no job."""
    if wanted.of_account:
        ids = {"account_id": current_account(), **ids}
    wanted.task.defer(**ids)


def _add(function: Callable[..., None], run: Callable[..., None], *, of_account: bool) -> Job:
    name = f"{function.__module__.removeprefix('mailexpert.')}.{function.__name__}"
    task = queue.task(name=name, retry=RETRIES)(run)
    _jobs[name] = Job(name, run, of_account, task)
    return _jobs[name]


def run_waiting() -> int:
    """Run what waits in the queue now, in this process and transaction (for tests and the sample); how many ran."""
    ran = 0
    while (found := _take_one()) is not None:
        number, name, ids = found
        _jobs[name].run(**ids)
        _note("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", number)
        ran += 1
    return ran


def _take_one() -> tuple[int, str, dict[str, int]] | None:
    row = _note(
        "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT id FROM procrastinate_jobs "
        "WHERE status = 'todo' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, task_name, args"
    )
    if row is None:
        return None
    number, name, args = row
    return number, name, args if isinstance(args, dict) else json.loads(args)


def _note(statement: str, *values: int) -> Any:
    with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None
