"""Letters that need Liquid person by person, rendered on every core by processes of their own. What a template can
burn is theirs: their memory has a ceiling, and when one dies the others and the engine go on."""

import asyncio
import itertools
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from functools import cache

import structlog

from mailexpert.base.clock import now
from mailexpert.delivery.ports import Message, Person
from mailexpert.mail.compose import Composer, IssueContent

A_TURN = 25  # people whom a process takes at once
LARGEST_MEMORY = 1 << 30  # bytes of address space of a rendering process
MOST_KNOWN = 8  # issues that a process keeps compiled
WORKERS = os.cpu_count() or 1

log = structlog.get_logger()


async def render(content: IssueContent, key: bytes, people: Sequence[Person]) -> Iterator[Message | None]:
    """A message for each person, in their order; None where it can't be made. Never raises."""
    turns = [people[start : start + A_TURN] for start in range(0, len(people), A_TURN)]
    made = await asyncio.gather(*(_turn(content, key, some, now()) for some in turns))
    return itertools.chain.from_iterable(made)


def close() -> None:
    """End the rendering processes, if any were started."""
    if _pool.cache_info().currsize:
        _pool().shutdown(wait=True, cancel_futures=True)
        _pool.cache_clear()


async def _turn(
    content: IssueContent, key: bytes, people: Sequence[Person], at: datetime
) -> list[Message | None]:
    """A process that dies takes only those with it whose letter kills it alone too."""
    pool = _pool()
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, _rendered, content, key, people, at)
    except BrokenProcessPool:
        if pool is _pool():
            _pool.cache_clear()
        log.warning("a rendering process died", issue=content.issue_id, people=len(people))
    if len(people) == 1:
        return [None]
    half = len(people) // 2
    first = await _turn(content, key, people[:half], at)
    return first + await _turn(content, key, people[half:], at)


@cache
def _pool() -> ProcessPoolExecutor:
    # Not forked: the engine has threads and open connections.
    return ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn"), initializer=_settle_in)


# ── in a rendering process ──

_known: dict[int, tuple[IssueContent, Composer]] = {}


def _settle_in() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the engine ends us when it has drained
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _rendered(
    content: IssueContent, key: bytes, people: Sequence[Person], at: datetime
) -> list[Message | None]:
    ids, emails = [person.contact_id for person in people], [person.email or "" for person in people]
    messages = _composer(content, key).compose(ids, emails, [person.values for person in people], at)
    return [_next(messages) for _person in people]


def _next(messages: Iterator[Message]) -> Message | None:
    try:
        return next(messages)
    except Exception as problem:  # a MemoryError among them
        log.warning("a message can't be made", problem=type(problem).__name__)
        return None


def _composer(content: IssueContent, key: bytes) -> Composer:
    known = _known.get(content.issue_id)
    if known is None or known[0] != content:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        known = _known[content.issue_id] = content, Composer(content, key)
    return known[1]
