"""Mails that need Liquid for each person, on all cores: ours, ready for the wire, against python-liquid alone that
only renders the same sources. How many times as fast? `distinct` has a loop over something that differs for everybody,
`shared` one over first names, `body` all of the mail inside a condition on such fields. Of `remembered` nothing can be
spared: what it remembers differs for everybody, and all of the mail is inside a condition on that. `cpu_us` is of all
processes together, a message.

.venv/bin/python bench/person_by_person.py [--messages 6000] [--rounds 3] [--json]
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

import uvloop
from liquid import BoundTemplate, Environment

from mailexpert.base.clock import now
from mailexpert.delivery import rendering
from mailexpert.delivery.garbage import collect_seldom
from mailexpert.delivery.ports import Person
from mailexpert.mail.compose import Composer, IssueContent
from mailexpert.mail.footer import with_footer
from mailexpert.operations.bench.words import LOOP, html_of, text_of

KEY = b"k" * 32
WINDOW = 250
FIELDS = ("city", "email", "first_name", "last_name")  # in the order of the composer's columns
SUBJECT = "Nieuws voor {{ contact.first_name }}"
CONDITION = "{% if contact.city == 'Utrecht' %}Tot in Utrecht!{% else %}Tot ziens!{% endif %}"
INSIDE = "{%% if contact.last_name != '' %%}%s" + CONDITION.replace("%", "%%") + "{%% endif %%}"
REMEMBERED = (
    "{%% assign name = contact.last_name | append: '!' %%}{%% if name != '!' %%}%s"
    "{%% for n in (1..3) %%}{{ n }} {{ name }}{%% endfor %%}{%% endif %%}"
)
SOURCES: dict[str, tuple[str, str]] = {
    "distinct": (
        html_of(10, 10) + LOOP.replace("first_name", "last_name") + CONDITION,
        text_of(10, 10) + CONDITION,
    ),
    "shared": (html_of(10, 10) + LOOP + CONDITION, text_of(10, 10) + CONDITION),
    "remembered": (REMEMBERED % html_of(10, 10), REMEMBERED % text_of(10, 10)),
    "body": (INSIDE % html_of(10, 10), INSIDE % text_of(10, 10)),
}


def people(count: int) -> list[Person]:
    places = ("Utrecht", "Zwolle", "Delft")
    emails = [f"lezer{n}@ontvanger{n % 97}.example" for n in range(count + 1)]
    return [
        Person(n, emails[n], 0, (places[n % 3], emails[n], f"Naam {n % 900}", f"Jansen {n}"))
        for n in range(1, count + 1)
    ]


def content_of(kind: str) -> IssueContent:
    html, text = SOURCES[kind]
    return IssueContent(
        issue_id=1 + list(SOURCES).index(kind),
        account_id=1,
        sender_name="Winkel de Vries",
        sender_address="nieuws@mail.winkel.example",
        subject=SUBJECT,
        html=html,
        text=text,
        track_url="https://t.winkel.example",
    )


def ours(kind: str, some: Sequence[Person]) -> float:
    """A new composer: nothing is known of anybody."""
    content = content_of(kind)
    composer = Composer(content, KEY)

    async def all_windows() -> int:
        two = asyncio.Semaphore(2)  # windows on their way, as in the engine

        async def one(window: Sequence[Person]) -> int:
            async with two:
                draft = composer.draft(
                    [person.contact_id for person in window],
                    [person.email or "" for person in window],
                    [person.values for person in window],
                    now(),
                )
                await rendering.fill(draft, content, KEY)
                return sum(bool(message.body) for message in draft.messages())

        windows = [some[start : start + WINDOW] for start in range(0, len(some), WINDOW)]
        return sum(await asyncio.gather(*map(one, windows)))

    began = time.perf_counter()
    assert uvloop.run(all_windows()) == len(some)
    return len(some) / (time.perf_counter() - began)


@cache
def _templates(kind: str) -> tuple[BoundTemplate, ...]:
    html, text = SOURCES[kind]
    html, text = with_footer(html, text, "nl", "")  # as it is in ours
    plain = Environment()
    return plain.from_string(SUBJECT), Environment(autoescape=True).from_string(html), plain.from_string(text)


def _render(kind: str, rows: Sequence[tuple[str, ...]]) -> int:
    for row in rows:
        for template in _templates(kind):
            template.render(
                contact=dict(zip(FIELDS, row, strict=True)),
                unsubscribe_url="https://t.example/t/u/1",
                preferences_url="https://t.example/t/p/1",
            )
    return len(rows)


def theirs(pool: ProcessPoolExecutor, kind: str, some: Sequence[Person]) -> float:
    rows = [person.values for person in some]
    turns = [rows[start : start + WINDOW] for start in range(0, len(rows), WINDOW)]
    began = time.perf_counter()
    assert sum(pool.map(partial(_render, kind), turns)) == len(some)
    return len(some) / (time.perf_counter() - began)


def cpu_seconds() -> float:
    """Of this process and its children, so far."""
    pids = [os.getpid(), *(child.pid for child in multiprocessing.active_children())]
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measured(run: Callable[[], float], count: int) -> tuple[float, float]:
    """Messages a second, and µs of CPU for one."""
    before = cpu_seconds()
    rate = run()
    return rate, (cpu_seconds() - before) / count * 1e6


def told(kind: str, rounds: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> dict[str, float]:
    return {
        f"{kind}_per_second": round(statistics.median(mine[0] for mine, _ in rounds)),
        f"{kind}_python_liquid_per_second": round(statistics.median(other[0] for _, other in rounds)),
        f"{kind}_median_ratio": round(statistics.median(mine[0] / other[0] for mine, other in rounds), 3),
        f"{kind}_cpu_us": round(statistics.median(mine[1] for mine, _ in rounds), 1),
        f"{kind}_python_liquid_cpu_us": round(statistics.median(other[1] for _, other in rounds), 1),
    }


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--messages", type=int, default=20_000)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--json", action="store_true")
    asked = ask.parse_args()
    some = people(asked.messages)
    collect_seldom()  # as the engine does
    found: dict[str, float] = {"cores": os.cpu_count() or 1}
    with ProcessPoolExecutor(rendering.WORKERS, multiprocessing.get_context("spawn")) as pool:
        for kind in SOURCES:
            theirs(pool, kind, some[: 4 * WINDOW])
            ours(kind, some[: 4 * WINDOW])
            pair = partial(ours, kind, some), partial(theirs, pool, kind, some)
            rounds = [
                (measured(pair[0], len(some)), measured(pair[1], len(some))) for _ in range(asked.rounds)
            ]
            found |= told(kind, rounds)
    rendering.close()
    print(json.dumps(found) if asked.json else "  ".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
