"""Counts and first pages of segments against the SQL one would write by hand, in turns, and how the cost grows.

    python bench/segments.py [--sizes 10000,100000,1000000] [--rounds 5]

By hand is a plain connection beside the wall that has the same memory and sends the bare statements: one for a count,
three for a page (its contacts, their memberships, who of them is blocked); ours reads the segment's rules too. Both
have run once before the clock starts, and what is over within a few milliseconds runs ten times as often.

Needs a database (DATABASE_URL, or the home's own). Works in an account of its own, which it throws away.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

# Of a hundred people: 12 live in Ede, one of 3,000 in Uddel; every second one is on the list, one in twenty ended it.
FILL = """
INSERT INTO contacts_contact (account_id, email, first_name, last_name, t1, n1, d1, b1, last_click)
SELECT %(account)s, 'p' || n || '@d' || n %% 97 || '.example', 'Voor' || n %% 500, 'Achter' || n %% 900,
       CASE WHEN n %% 25 < 3 THEN 'Ede' WHEN n %% 3000 = 7 THEN 'Uddel' ELSE 'Plaats' || n %% 400 END,
       CASE WHEN n %% 10 < 9 THEN (n * 7919 %% 10000)::float8 END,
       CASE WHEN n %% 4 < 3 THEN current_date - (n * 31 %% 900)::int END, n %% 3 = 0,
       CASE WHEN n %% 5 = 0 THEN current_date - (n * 17 %% 600)::int END
FROM generate_series(1, %(people)s::bigint) n
"""
JOIN = """
INSERT INTO contacts_membership (account_id, list_id, contact_id, ground, since, ended_at)
SELECT account_id, %(list)s, id, 'consent', now(), CASE WHEN id %% 20 = 0 THEN now() END
FROM contacts_contact WHERE account_id = %(account)s AND id %% 2 = 0
"""
ON_LIST = (
    "EXISTS (SELECT 1 FROM contacts_membership m WHERE m.account_id = {account} AND m.list_id = {list} AND "
)
ON_LIST += "m.contact_id = c.id AND m.ended_at IS NULL AND m.ground <> 'unknown')"

Rules = tuple[str, list[dict[str, Any]], str, str]
RULES: list[Rules] = [
    ("is, 1 in 3,000", [{"on": "field:city", "test": "is", "value": "Uddel"}], "all", "lower(t1) = 'uddel'"),
    ("is, 12 %", [{"on": "field:city", "test": "is", "value": "Ede"}], "all", "lower(t1) = 'ede'"),
    ("begins with", [{"on": "field:city", "test": "begins", "value": "plaats39"}], "all", "lower(t1) LIKE 'plaats39%'"),
    ("number over, 1 %", [{"on": "field:points", "test": "over", "value": 9900}], "all", "n1 > 9900"),
    ("past 30 days, 2.6 %", [{"on": "field:order", "test": "past_days", "value": 30}], "all",
     "d1 BETWEEN {past} AND {today}"),
    ("clicked in 30 days", [{"on": "last_click", "test": "past_days", "value": 30}], "all",
     "last_click BETWEEN {past} AND {today}"),
    ("and", [{"on": "field:city", "test": "is", "value": "Ede"},
             {"on": "field:points", "test": "over", "value": 9000}],
     "all", "lower(t1) = 'ede' AND n1 > 9000"),
    ("or", [{"on": "field:city", "test": "is", "value": "Uddel"},
            {"on": "field:points", "test": "over", "value": 9900}],
     "any", "(lower(t1) = 'uddel' OR n1 > 9900)"),
    ("not", [{"on": "field:city", "test": "is", "value": "Ede"}], "none", "(lower(t1) = 'ede') IS NOT TRUE"),
    ("on a list and is", [{"on": "list", "test": "signed_up", "value": "{list}"},
                          {"on": "field:city", "test": "is", "value": "Uddel"}], "all",
     f"{ON_LIST} AND lower(t1) = 'uddel'"),
    ("on a list, half of all", [{"on": "list", "test": "signed_up", "value": "{list}"}], "all", ON_LIST),
]  # fmt: skip
QUICK_MS = 5
PAGE = {
    "contacts": "SELECT id, email, email_key, first_name, last_name, created_at FROM contacts_contact c "
    "WHERE account_id = %s AND status = 1 AND {where} ORDER BY id DESC LIMIT 51",
    "memberships": "SELECT contact_id, list_id, ground, since, source, ended_at FROM contacts_membership "
    "WHERE account_id = %s AND contact_id = ANY(%s) ORDER BY since DESC",
    "blocked": "SELECT email_key FROM sending_suppression WHERE account_id = %s AND email_key = ANY(%s)",
}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", default="10000,100000,1000000")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
    import django

    django.setup()
    found: dict[str, Any] = {}
    say = (lambda *_: None) if given.json else print
    for size in map(int, given.sizes.split(",")):
        with an_account(size) as (account_id, list_id):
            for rules in RULES:
                line = measure(rules, account_id, list_id, given.rounds)
                say(f"{size:>9,} {rules[0]:<24}", line)
                found[f"{size} {rules[0]}"] = line
    largest = [line for name, line in found.items() if name.startswith(given.sizes.split(",")[-1])]
    for what in ("count", "page"):
        found[f"worst_{what}_ratio"] = max(line[f"{what}_ratio"] for line in largest)
    found["slowest_count_ms"] = max(line["count_ms"] for line in largest)
    print(json.dumps(found) if given.json else f"worst ratios: count {found['worst_count_ratio']}, first page "
          f"{found['worst_page_ratio']}; slowest count {found['slowest_count_ms']} ms")  # fmt: skip
    return 0


@contextmanager
def an_account(people: int) -> Iterator[tuple[int, int]]:
    from django.db import connection

    from mailexpert.accounts.models import Account
    from mailexpert.contacts import slots
    from mailexpert.contacts.models import Field, List
    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import account, beside_wall

    with beside_wall(Beside.OPERATE):
        made = Account.objects.create(slug=f"bench-segments-{os.getpid()}-{people}", name="Bench")
    try:
        with account(made.id):
            for name, kind, slot in (
                ("city", "text", "t1"),
                ("points", "number", "n1"),
                ("order", "date", "d1"),
            ):
                Field.objects.create(name=name, label=name, kind=kind, slot=slot)
            into = List.objects.create(name="Nieuwsbrief")
        with beside_wall(Beside.OPERATE):
            with connection.cursor() as cursor:
                cursor.execute(FILL, {"account": made.id, "people": people})
                cursor.execute(JOIN, {"account": made.id, "list": into.id})
            for slot in ("t1", "n1", "d1", "last_click"):
                slots.prepare(slot)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM (ANALYZE) contacts_contact")
                cursor.execute("VACUUM (ANALYZE) contacts_membership")
        with account(made.id):
            yield made.id, into.id
    finally:
        with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
            for table in ("membership", "contact", "field", "list"):
                cursor.execute(f"DELETE FROM contacts_{table} WHERE account_id = %s", [made.id])
            cursor.execute("DELETE FROM accounts_account WHERE id = %s", [made.id])


def measure(rules: Rules, account_id: int, list_id: int, rounds: int) -> dict[str, Any]:
    from mailexpert.contacts import queries, queries_segments
    from mailexpert.contacts.models import Segment
    from mailexpert.contacts.rules import tree

    _name, parts, join, by_hand = rules
    text = json.dumps({"join": join, "parts": parts}).replace("{list}", str(list_id))
    wanted = tree.parse(text)
    segment = Segment.objects.create(name="x", rules=json.loads(text))
    where = in_numbers(by_hand, account_id, list_id)
    with by_the_owner() as hand:
        count, count_by_hand = in_turns(
            [lambda: queries_segments.count_exactly(wanted).n, lambda: hand_count(hand, account_id, where)],
            rounds,
        )
        page, page_by_hand = in_turns(
            [
                lambda: len(queries.page(queries.Search(segment_id=segment.id)).people),
                lambda: hand_page(hand, account_id, where),
            ],
            rounds,
        )
    shown = in_turns([lambda: queries_segments.count_now(wanted).n], rounds)[0]
    segment.delete()
    assert count[1] == count_by_hand[1], (count, count_by_hand)
    assert page[1] == page_by_hand[1], (page, page_by_hand)
    return {"n": count[1], **beside("count", count, count_by_hand), **beside("page", page, page_by_hand),
            "shown_ms": round(shown[0], 1)}  # fmt: skip


def in_numbers(by_hand: str, account_id: int, list_id: int) -> str:
    from mailexpert.contacts import queries_segments

    today = queries_segments.clock().today
    named = {"today": f"DATE '{today}'", "past": f"DATE '{today - timedelta(days=30)}'"}
    return by_hand.format(**named, account=account_id, list=list_id)


def beside(what: str, ours: tuple[float, int], theirs: tuple[float, int]) -> dict[str, float]:
    return {
        f"{what}_ms": round(ours[0], 2),
        f"{what}_by_hand_ms": round(theirs[0], 2),
        f"{what}_ratio": round(ours[0] / theirs[0], 2),
    }


@contextmanager
def by_the_owner() -> Iterator[Any]:
    """As one would type it: no wall, the same memory for hash tables."""
    import psycopg

    from mailexpert.contacts.hurry import MEMORY

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=None,
                         cursor_factory=psycopg.ClientCursor) as hand:  # fmt: skip
        hand.execute("SET ROLE mailexpert_owner")
        hand.execute(f"SET work_mem = '{MEMORY}'")
        hand.execute("SET jit = off")
        yield hand


def hand_count(hand: Any, account_id: int, where: str) -> int:
    statement = (
        f"SELECT count(*) FROM contacts_contact c WHERE account_id = {account_id} AND status = 1 AND {where}"
    )
    return int(hand.execute(statement).fetchone()[0])


def hand_page(hand: Any, account_id: int, where: str) -> int:
    where = where.replace("%", "%%")
    return of_a_page(
        hand, account_id, hand.execute(PAGE["contacts"].format(where=where), [account_id]).fetchall()
    )


def of_a_page(hand: Any, account_id: int, people: list[Any]) -> int:
    """What a page shows of these people beside their names."""
    people = people[:50]
    hand.execute(PAGE["memberships"], [account_id, [row[0] for row in people]]).fetchall()
    hand.execute(PAGE["blocked"], [account_id, [row[2] for row in people]]).fetchall()
    return len(people)


def in_turns(verbs: Sequence[Callable[[], int]], rounds: int) -> list[tuple[float, int]]:
    """The median in milliseconds of each, measured in turns, and what it gave."""
    times: list[list[float]] = [[] for _ in verbs]
    given = [verb() for verb in verbs]
    if all(clocked(verb) < QUICK_MS for verb in verbs):
        rounds *= 10
    for _ in range(rounds):
        for n, verb in enumerate(verbs):
            times[n].append(clocked(verb))
    return [(statistics.median(each), n) for each, n in zip(times, given, strict=True)]


def clocked(verb: Callable[[], int]) -> float:
    began = time.perf_counter()
    verb()
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main())
