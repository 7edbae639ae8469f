"""What signing costs: mails of 10 kB composed and signed with RSA-2048 and Ed25519 by the engine's own threads, against
the bare signatures on as many threads, in turns in one run; the median of the rounds' ratios counts.

.venv/bin/python bench/dkim.py [--messages 1000] [--rounds 5] [--kb 10] [--json]
"""

import argparse
import asyncio
import datetime as dt
import hashlib
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import compose as composing

from mailexpert.delivery import signing
from mailexpert.delivery.ports import Message
from mailexpert.mail import dkim
from mailexpert.mail.compose import Composer

NOW = dt.datetime(2026, 11, 26, 9, 30, tzinfo=dt.UTC)
WINDOW = 250
KEYS = [dkim.load_key(dkim.make_key(kind), kind) for kind in (dkim.RSA, dkim.ED25519)]


class Spent(NamedTuple):
    cpu: float
    wall: float


def spent(work: Callable[[], object]) -> Spent:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Spent(time.process_time() - cpu, time.perf_counter() - wall)


class Mails:
    """The same people for every way."""

    def __init__(self, count: int, kilobytes: float) -> None:
        self._composer = Composer(composing.content(kilobytes, 4, 10), composing.KEY)
        self._emails, self._rows = composing.people(count, self._composer.columns)
        self.signer = dkim.Signer("winkel.example", KEYS)

    def windows(self) -> Iterator[Iterator[Message]]:
        for start in range(0, len(self._rows), WINDOW):
            some = self._rows[start : start + WINDOW]
            ids = range(start + 1, start + 1 + len(some))
            yield self._composer.compose(ids, self._emails[start : start + WINDOW], some, NOW)

    def unsigned(self) -> None:
        for window in self.windows():
            list(window)

    def signed(self) -> None:
        """Two windows on their way, as in the engine."""

        async def all_of_them() -> None:
            running: list[asyncio.Task[Iterator[Message | None]]] = []
            for window in self.windows():
                running.append(asyncio.create_task(signing.sign(window, self.signer)))
                if len(running) == 2:
                    list(await running.pop(0))
            for task in running:
                list(await task)

        asyncio.run(all_of_them())


def raw(count: int, threads: ThreadPoolExecutor) -> None:
    """Nothing but the signatures, on every core."""

    def some(numbers: range) -> None:
        for number in numbers:
            digest = hashlib.sha256(number.to_bytes(8, "big")).digest()
            for key in KEYS:
                key.sign(digest)

    list(threads.map(some, [range(start, min(start + 16, count)) for start in range(0, count, 16)]))


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--messages", type=int, default=1_000)
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--kb", type=float, default=10)
    ask.add_argument("--json", action="store_true")
    asked = ask.parse_args()
    mails, threads = Mails(asked.messages, asked.kb), ThreadPoolExecutor(os.cpu_count())
    rounds = []
    for _round in range(asked.rounds + 1):
        bare = spent(lambda: raw(asked.messages, threads))
        plain = spent(mails.unsigned)
        signed = spent(mails.signed)
        rounds.append((bare, plain, signed))
    rounds = rounds[1:]  # the first one warms up
    micro = 1e6 / asked.messages
    found = {
        "cores": os.cpu_count(),
        "signing_cpu_ratio": round(statistics.median((s.cpu - p.cpu) / b.cpu for b, p, s in rounds), 3),
        "wall_ratio": round(statistics.median((s.wall - p.wall) / b.wall for b, p, s in rounds), 3),
        "raw_cpu_us": round(statistics.median(b.cpu for b, _p, _s in rounds) * micro, 1),
        "added_cpu_us": round(statistics.median(s.cpu - p.cpu for _b, p, s in rounds) * micro, 1),
        "raw_per_second": round(asked.messages / statistics.median(b.wall for b, _p, _s in rounds)),
        "signed_per_second": round(asked.messages / statistics.median(s.wall for _b, _p, s in rounds)),
    }
    print(
        json.dumps(found)
        if asked.json
        else "\n".join(f"{name:<24} {value!s:>10}" for name, value in found.items())
    )


if __name__ == "__main__":
    main()
