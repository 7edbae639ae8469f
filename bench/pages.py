"""The pages of contacts, as a browser asks for them: server time of list, paging, search, filters and bulk work, and
how it grows; counting and searching also beside the SQL one would write by hand.

    python bench/pages.py [--sizes 10000,100000,1000000] [--rounds 20]

Needs a database (DATABASE_URL, or the home's own). Works in an account of its own, which it throws away. The totals of
a large account are kept; "never counted" and "counted long ago" are the pages that meet none and old ones.
"""

import argparse
import json
import math
import os
import statistics
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

LIMIT_MS = 150
BY_HAND = {
    "count": "SELECT count(*) FROM contacts_contact WHERE account_id = {account}",
    "search": "SELECT id, email, email_key, first_name, last_name, created_at FROM contacts_contact "
    "WHERE account_id = {account} AND (email_key LIKE 'p77777%' OR words @@ '''{account}/p77777'':*'::tsquery) "
    "ORDER BY id DESC LIMIT 51",
}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", default="10000,100000,1000000")
    asked.add_argument("--rounds", type=int, default=20)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
    import django

    django.setup()
    import segments

    found: dict[str, Any] = {}
    for size in map(int, given.sizes.split(",")):
        with segments.an_account(size) as (account_id, list_id), an_owner(account_id) as client:
            for name, line in measure(client, account_id, list_id, given.rounds).items():
                found[f"{size:,} {name}"] = line
                if not given.json:
                    print(f"{size:>9,} {name:<34}", line, flush=True)
    slow = [name for name, line in found.items() if line.get("p95_ms", 0) > LIMIT_MS]
    print(json.dumps({**found, "over_150_ms": slow}) if given.json else f"over {LIMIT_MS} ms: {slow}")
    return 0


def measure(client: Any, account_id: int, list_id: int, rounds: int) -> dict[str, Any]:
    import segments
    from django.core.cache import cache

    from mailexpert.contacts import queries
    from mailexpert.contacts.models import Segment
    from mailexpert.core.scope import account

    with account(account_id):
        made = {name: Segment.objects.create(name=name, rules=json.loads(
            json.dumps({"join": join, "parts": parts}).replace("{list}", str(list_id))))
            for name, parts, join, _hand in segments.RULES}  # fmt: skip
        middle = queries.page(queries.Search()).people[0].contact.id - 5_000
    asked = {
        "list": "", "list, an old page": f"?before={middle}", "search, an address": "?q=p77",
        "search, a name": "?q=voor77", "search, two words": "?q=voor7+achter8", "search, nobody": "?q=zzzz",
        "a list": f"?list={list_id}", "a list and a name": f"?list={list_id}&q=voor77",
        **{f"status {status}": f"?status={status}" for status in queries.STATUSES},
        "status and list": f"?status=unsubscribed&list={list_id}",
        **{f"segment {name}": f"?segment={one.id}" for name, one in made.items()},
    }  # fmt: skip
    lines: dict[str, Any] = {}
    for name, query in asked.items():
        get(client, f"/contacten/{query}")
        lines[name] = summary([get(client, f"/contacten/{query}") for _ in range(rounds)])
    cold = {"never counted": list[float](), "counted long ago": list[float]()}
    for _ in range(min(rounds, 5)):
        cache.clear()
        cold["never counted"].append(get(client, "/contacten/"))
        with account(account_id):
            long_ago = replace(queries.count_totals(), counted_at=1)
            cache.set(queries._totals_key(), long_ago)
        cold["counted long ago"].append(get(client, "/contacten/"))
    lines |= {f"list, totals {name}": summary(times) for name, times in cold.items()}
    lines |= bulk(client, account_id, list_id, rounds)
    with account(account_id):
        lines["count beside SQL"], lines["search beside SQL"] = beside_sql(account_id, rounds)
    return lines


def beside_sql(account_id: int, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """How many contacts there are, and a search with what its page shows of each: statements by hand send the same."""
    import segments

    from mailexpert.contacts import queries

    with segments.by_the_owner() as hand:
        count = BY_HAND["count"].format(account=account_id)
        search = BY_HAND["search"].format(account=account_id)
        counts = segments.in_turns(
            [queries.Contact.objects.count, lambda: hand.execute(count).fetchone()[0]], rounds
        )
        pages = segments.in_turns(
            [
                lambda: len(queries.page(queries.Search(term="p77777")).people),
                lambda: segments.of_a_page(hand, account_id, hand.execute(search).fetchall()),
            ],
            rounds,
        )
    return segments.beside("count", *counts), segments.beside("search", *pages)


def get(client: Any, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    took = (time.perf_counter() - began) * 1e3
    assert answer.status_code == 200, (address, answer.status_code)
    return took


def bulk(client: Any, account_id: int, list_id: int, rounds: int) -> dict[str, Any]:
    """What is asked for the fifty of a page is done in the request; for everyone it only begins there."""
    from mailexpert.contacts.models import List
    from mailexpert.core.scope import account

    with account(account_id):
        other = List.objects.create(name="Ander").id
    proof = {"list": other, "ground": "consent", "evidence": "Bench"}
    asked: dict[str, tuple[str, dict[str, Any], bool]] = {
        "label for 50": ("tegelijk/label/", {"tag": "Bench", "verb": "tag"}, True),
        "label off 50": ("tegelijk/label/", {"tag": "Bench", "verb": "untag"}, True),
        "50 on a list": ("tegelijk/lijst/", proof, True),
        "50 off a list": ("tegelijk/uitschrijven/", {"from_list": other}, True),
        "label for everyone": ("tegelijk/label/", {"tag": "Bench", "verb": "tag", "whole": "1"}, False),
        "everyone on a list": ("tegelijk/lijst/", {**proof, "whole": "1", "who": f"list={list_id}"}, False),
        "export of everyone": ("uitvoer/maken/", {}, False),
    }
    return {
        f"bulk, {name}": summary(
            [post(client, account_id, path, given, n * 50 if few else None) for n in range(rounds)]
        )
        for name, (path, given, few) in asked.items()
    }


def post(client: Any, account_id: int, path: str, given: dict[str, Any], first: int | None) -> float:
    from mailexpert.contacts.models import Contact
    from mailexpert.core.scope import account

    with account(account_id):
        newest = Contact.objects.order_by("-id").values_list("id", flat=True)
        ids = [] if first is None else list(newest[first : first + 50])
    began = time.perf_counter()
    answer = client.post(f"/contacten/{path}", {**given, "id": ids})
    took = (time.perf_counter() - began) * 1e3
    assert answer.status_code == 302, answer.status_code
    return took


def summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "median_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[math.ceil(0.95 * len(ordered)) - 1], 1),
    }


@contextmanager
def an_owner(account_id: int) -> Any:
    from django.test import Client

    from mailexpert.accounts.models import Membership, User
    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import beside_wall

    with beside_wall(Beside.OPERATE):
        owner = User.objects.create_user(f"bench-{os.getpid()}-{account_id}@bench.example", None)
        Membership.objects.create(account_id=account_id, user=owner, role=Membership.Role.OWNER)
    client = Client(HTTP_HOST="localhost")
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    try:
        yield client
    finally:
        from django.db import connection

        with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
            for table in (
                "contacts_bulk",
                "contacts_export",
                "contacts_tagging",
                "contacts_tag",
                "contacts_segment",
                "privacy_consent",
                "privacy_evidence",
            ):
                cursor.execute(f"DELETE FROM {table} WHERE account_id = %s", [account_id])
            Membership.objects.filter(account_id=account_id).delete()
            owner.delete()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main())
