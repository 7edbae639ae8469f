"""The passages that only Liquid can write, rendered on every core by processes of their own. What a template can burn
is theirs: their memory has a ceiling, and when one dies the others and the engine go on."""

import asyncio
import itertools
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from typing import Any

import structlog

from mailexpert.delivery.garbage import collect_seldom
from mailexpert.mail.compose import Composer, Draft, IssueContent
from mailexpert.mail.filling import Wanted
from mailexpert.mail.personalise import RenderProblem
from mailexpert.mail.piece_stream import Rendered

FEWEST = 16  # passages that are worth another process
LARGEST_MEMORY = 1 << 30  # bytes of address space of a rendering process
MOST_KNOWN = 8  # issues that a process keeps compiled
WORKERS = os.cpu_count() or 1

log = structlog.get_logger()


async def fill(draft: Draft, content: IssueContent, key: bytes) -> None:
    """Have all passages written that the draft wants. One that can't be written spoils its message alone; raises when
    no process can be had."""
    wanted = draft.wanted
    size = max(FEWEST, -(-len(wanted) // WORKERS))
    turns = [wanted[start : start + size] for start in range(0, len(wanted), size)]
    made = await asyncio.gather(*(_turn(content, key, some) for some in turns))
    draft.fill([_not_made() if found is None else found for found in itertools.chain.from_iterable(made)])


def close() -> None:
    """End the rendering processes, if any were started."""
    if _pool.cache_info().currsize:
        _pool().shutdown(wait=True, cancel_futures=True)
        _pool.cache_clear()


def _not_made() -> RenderProblem:
    return RenderProblem("a passage can't be made", 1)


async def _turn(content: IssueContent, key: bytes, wanted: Sequence[Wanted]) -> list[Rendered | None]:
    """A process that dies takes only those with it whose passage kills it alone too."""
    pool, loop = _pool(), asyncio.get_running_loop()
    try:
        # Plain tuples: pickle takes three times as long over named ones.
        return await loop.run_in_executor(pool, _rendered, content, key, list(map(tuple, wanted)))
    except BrokenProcessPool:
        if pool is _pool():
            _pool.cache_clear()
        log.warning("a rendering process died", issue=content.issue_id, count=len(wanted))
    if len(wanted) == 1:
        return [None]
    half = len(wanted) // 2
    first = await _turn(content, key, wanted[:half])
    return first + await _turn(content, key, wanted[half:])


@cache
def _pool() -> ProcessPoolExecutor:
    # Not forked: the engine has threads and open connections.
    return ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn"), initializer=_settle_in)


# ── in a rendering process ──

_known: dict[tuple[int, bool], tuple[IssueContent, Composer]] = {}


def _settle_in() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the engine ends us when it has drained
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_seldom()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _rendered(content: IssueContent, key: bytes, wanted: Sequence[tuple[Any, ...]]) -> list[Rendered | None]:
    composer = _composer(content, key)
    return [_written(composer, Wanted(*one)) for one in wanted]


def _written(composer: Composer, wanted: Wanted) -> Rendered | None:
    try:
        found = composer.render(wanted)
    except Exception as problem:  # a MemoryError among them
        log.warning("a passage can't be made", problem=type(problem).__name__)
        return None
    return None if isinstance(found, RenderProblem) else found


def _composer(content: IssueContent, key: bytes) -> Composer:
    form = content.issue_id, content.follows
    known = _known.get(form)
    if known is None or known[0] != content:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        known = _known[form] = content, Composer(content, key)
    return known[1]
