"""Mails that need Liquid for each person, on all cores: ours, ready for the wire, against python-liquid alone that
only renders the same sources. How many times as fast?

.venv/bin/python bench/person_by_person.py [--messages 6000] [--rounds 3] [--json]
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from liquid import BoundTemplate, Environment

from mailexpert.delivery import rendering
from mailexpert.delivery.ports import Person
from mailexpert.mail.compose import IssueContent
from mailexpert.mail.footer import with_footer
from mailexpert.operations.bench.words import LOOP, html_of, text_of

KEY = b"k" * 32
WINDOW = 250
FIELDS = ("city", "first_name", "last_name")  # in the order of the composer's columns
SUBJECT = "Nieuws voor {{ contact.first_name }}"
CONDITION = "{% if contact.city == 'Utrecht' %}Tot in Utrecht!{% else %}Tot ziens!{% endif %}"
HTML, TEXT = html_of(10, 10) + LOOP + CONDITION, text_of(10, 10) + CONDITION


def people(count: int) -> list[Person]:
    places = ("Utrecht", "Zwolle", "Delft")
    return [
        Person(n, f"lezer{n}@ontvanger{n % 97}.example", 0, (places[n % 3], f"Naam {n % 900}", f"Jansen {n}"))
        for n in range(1, count + 1)
    ]


def ours(some: Sequence[Person]) -> float:
    content = IssueContent(
        issue_id=1,
        account_id=1,
        sender_name="Winkel de Vries",
        sender_address="nieuws@mail.winkel.example",
        subject=SUBJECT,
        html=HTML,
        text=TEXT,
        track_url="https://t.winkel.example",
    )

    async def all_windows() -> int:
        two = asyncio.Semaphore(2)  # windows on their way, as in the engine

        async def one(window: Sequence[Person]) -> int:
            async with two:
                made = await rendering.render(content, KEY, window)
            return sum(message is not None for message in made)

        windows = [some[start : start + WINDOW] for start in range(0, len(some), WINDOW)]
        return sum(await asyncio.gather(*map(one, windows)))

    began = time.perf_counter()
    assert asyncio.run(all_windows()) == len(some)
    return len(some) / (time.perf_counter() - began)


@cache
def _templates() -> tuple[BoundTemplate, ...]:
    html, text = with_footer(HTML, TEXT, "nl", "")  # as it is in ours
    plain = Environment()
    return plain.from_string(SUBJECT), Environment(autoescape=True).from_string(html), plain.from_string(text)


def _render(rows: Sequence[tuple[str, ...]]) -> int:
    for row in rows:
        for template in _templates():
            template.render(
                contact=dict(zip(FIELDS, row, strict=True)), unsubscribe_url="https://t.example/t/u/1"
            )
    return len(rows)


def theirs(pool: ProcessPoolExecutor, some: Sequence[Person]) -> float:
    rows = [person.values for person in some]
    turns = [rows[start : start + WINDOW] for start in range(0, len(rows), WINDOW)]
    began = time.perf_counter()
    assert sum(pool.map(_render, turns)) == len(some)
    return len(some) / (time.perf_counter() - began)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--messages", type=int, default=6_000)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--json", action="store_true")
    asked = ask.parse_args()
    some, rounds = people(asked.messages), []
    with ProcessPoolExecutor(rendering.WORKERS, multiprocessing.get_context("spawn")) as pool:
        theirs(pool, some[: 4 * WINDOW])
        ours(some[: 4 * WINDOW])
        for _ in range(asked.rounds):
            rounds.append((ours(some), theirs(pool, some)))
    rendering.close()
    found = {
        "cores": os.cpu_count(),
        "ours_per_second": round(statistics.median(mine for mine, _ in rounds)),
        "python_liquid_per_second": round(statistics.median(other for _, other in rounds)),
        "median_ratio": round(statistics.median(mine / other for mine, other in rounds), 3),
    }
    print(json.dumps(found) if asked.json else "  ".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
