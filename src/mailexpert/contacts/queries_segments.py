"""Who is in a segment: counts that don't keep a page waiting, some of the people, and why somebody is in."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.core.cache import cache
from django.db import OperationalError, connection
from django.utils import timezone

from mailexpert.contacts import hurry
from mailexpert.contacts.models import Contact, Field, FoundContact, Segment
from mailexpert.contacts.queries_catalogue import GIVEN, Asked, asked_by, catalogue_for
from mailexpert.contacts.rules import sql, tree
from mailexpert.contacts.rules.facts import Clock
from mailexpert.contacts.rules.tree import Group
from mailexpert.core.scope import current_account

# What rules named when they were last counted here, by account: a guess that each count checks.
_seen: dict[tuple[int, Asked], str] = {}
# The rules of segments, likewise.
_seen_rules: dict[tuple[int, int], str] = {}
WRITTEN = "(SELECT s.rules::text FROM contacts_segment s WHERE s.id = %(segment)s)"
REMEMBERED = 1_000
QUICK_MS = 300
PATIENT_MS = 20_000
# Up to this many contacts every figure beside the rules is exact; above it they come from a sample.
FEW = 20_000
KEPT_SECONDS = 60
STRETCHES, STRETCH = 20, 500
# Fewer hits in the sample than this say little; then the planner's figure is the better one.
TELLING_HITS = 30

Statement = Callable[[sql.Condition], tuple[str, Sequence[Any]]]
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Number:
    """How many, and whether that is exact."""

    n: int
    is_exact: bool


# From rules to a condition


def clock() -> Clock:
    return Clock(today=timezone.localdate(), zone=timezone.get_current_timezone())


def tree_of(segment: Segment) -> Group:
    """Raises TreeProblem."""
    return tree.parse(segment.rules)


def condition(rules: Group, prefix: str = "s") -> sql.Condition:
    """The rules as a condition over a contact `c`. Raises TreeProblem where a field or list is gone."""
    return sql.condition(rules, catalogue_for([rules]), clock(), prefix)


def condition_of(segments: Sequence[Segment]) -> sql.Condition:
    """Every one of these segments at once. Raises TreeProblem."""
    trees = {one.id: tree_of(one) for one in segments}
    known, now = catalogue_for(trees.values()), clock()
    found = [sql.condition(rules, known, now, f"s{number}_") for number, rules in trees.items()]
    params: dict[str, Any] = {}
    for one in found:
        params |= one.params
    return sql.Condition(sql=" AND ".join(["true", *(one.sql for one in found)]), params=params)


# Counting


def count_statement(found: sql.Condition) -> str:
    """Frozen people are stored and not used, so they are in no segment."""
    return f"SELECT count(*) FROM contacts_wall c WHERE c.status = 1 AND {found.sql}"  # noqa: S608


def count_now(rules: Group) -> Number:
    """Within about a third of a second: exact where that is enough, else from a sample or the planner."""
    return _counted_or_estimated(rules, QUICK_MS)


def count_exactly(rules: Group) -> Number:
    """The exact number; an estimate only where not even twenty seconds are enough."""
    return _counted_or_estimated(rules, PATIENT_MS)


def _counted_or_estimated(rules: Group, within_ms: int) -> Number:
    exact = _counted(rules, within_ms)
    return Number(n=exact, is_exact=True) if exact is not None else _estimated(condition(rules))


def _counted(rules: Group, within_ms: int) -> int | None:
    """None where it takes too long."""
    rows = look(rules, lambda found: sql.in_order(count_statement(found), found.params), within_ms)
    return int(rows[0][0]) if rows is not None else None


def look(rules: Group, statement: Statement, within_ms: int) -> Rows | None:
    """The rows of a statement over a condition; None where it takes too long. What the rules name (a field's column,
    a list) is remembered from the last time and read again beside the rows; where it changed since, they are asked
    for anew. Raises TreeProblem."""
    answer = _looked(rules, statement, within_ms)
    return None if answer is None else answer[1]


def look_in(segment_id: int, statement: Statement, within_ms: int, *, in_order: bool = False) -> Rows | None:
    """`look` with the rules of a segment, which are remembered and read again beside the rows like what they name.
    Raises Segment.DoesNotExist, TreeProblem."""
    key = (current_account(), segment_id)
    written: str | None = _seen_rules.pop(key, None) or _rules_written(segment_id)
    while True:
        try:
            answer = _looked(_parsed(written), statement, within_ms, in_order, segment_id)
        except tree.TreeProblem:
            now: str | None = _rules_written(segment_id)
            if now == written:
                raise
        else:
            if answer is None:
                return None
            now, rows = answer
            if now is not None and now == written:
                _remember(_seen_rules, key, now)
                return rows
        written = now


def _looked(
    rules: Group, statement: Statement, within_ms: int, in_order: bool = False, segment_id: int | None = None
) -> tuple[str | None, Rows] | None:
    """The rules of the segment as they are now, and the rows; None where it takes too long."""
    asked, beside, beside_params = _asked_beside(rules, segment_id)
    key = (current_account(), asked)
    known, seen = "", _seen.pop(key, "")
    while known != seen or not known:
        found, known = _made(rules, asked, seen)
        text, params = statement(found)
        ask = partial(hurry.asked, text, params, within_ms=within_ms, in_order=in_order)
        answer = hurry.in_time(partial(ask, beside=beside, beside_params=beside_params))
        if answer is None:
            return None
        (seen, written), rows = answer
    _remember(_seen, key, known)
    return written, rows


def rules_of(segment_id: int) -> Group:
    """Raises Segment.DoesNotExist, TreeProblem."""
    return tree.parse(_rules_written(segment_id))


def _rules_written(segment_id: int) -> str:
    found = _rows(f"SELECT {WRITTEN}", {"segment": segment_id})[0][0]
    if found is None:
        raise Segment.DoesNotExist
    return str(found)


def _made(rules: Group, asked: Asked, known: str) -> tuple[sql.Condition, str]:
    """The condition, and what it was made of: `known` where that does, else what is there now. Raises TreeProblem."""
    if known:
        with suppress(tree.TreeProblem):
            return _condition(rules, asked, known, clock()), known
    known = asked.read()
    return _condition(rules, asked, known, clock()), known


# What follows from rules alone is made once: of a count of a millisecond it took a fifth.


@lru_cache(maxsize=REMEMBERED)
def _parsed(written: str) -> Group:
    return tree.parse(written)


@lru_cache(maxsize=REMEMBERED)
def _asked_beside(rules: Group, segment_id: int | None) -> tuple[Asked, str, Sequence[Any]]:
    """What the rules name, and the expression that reads it, with the rules of the segment where there is one."""
    asked = asked_by([rules])
    written = "NULL" if segment_id is None else WRITTEN
    made = sql.in_order(f"ARRAY[{asked.expression}, {written}]", {**asked.params, "segment": segment_id})
    return asked, *made


@lru_cache(maxsize=REMEMBERED)
def _condition(rules: Group, asked: Asked, known: str, now: Clock) -> sql.Condition:
    return sql.condition(rules, asked.catalogue(known), now)


def _remember(where: dict[Any, str], key: object, seen: str) -> None:
    if len(where) >= REMEMBERED:
        where.clear()
    where[key] = seen


def _estimated(found: sql.Condition) -> Number:
    hits, looked_at = sampled([found])
    if hits[0] >= TELLING_HITS:
        return Number(n=round(hits[0] / looked_at * everyone()), is_exact=False)
    plan = _rows("EXPLAIN " + count_statement(found).replace("count(*)", "1", 1), found.params)
    guessed = re.search(r"rows=(\d+)", plan[0][0])
    return Number(n=int(guessed[1]) if guessed else 0, is_exact=False)


def sampled(conditions: Sequence[sql.Condition]) -> tuple[list[int], int]:
    """How many of some contacts fit each condition, and how many were looked at: all of a small account, else some
    thousands in stretches spread evenly over it (TABLESAMPLE would read the other accounts' rows too)."""
    whole = everyone()
    if not whole:
        return [0] * len(conditions), 0
    low, high = _rows("SELECT min(id), max(id) FROM contacts_wall")[0]
    params: dict[str, Any] = {}
    for one in conditions:
        params |= one.params
    figures = ", ".join(f"count(*) FILTER (WHERE {one.sql})" for one in conditions)
    source = "contacts_wall c"
    if whole > FEW:
        params |= {
            "sample_starts": [low + (high - low) * n // STRETCHES for n in range(STRETCHES)],
            "sample_length": STRETCH,
        }
        source = (
            "unnest(%(sample_starts)s::bigint[]) start CROSS JOIN LATERAL (SELECT * FROM contacts_wall w "
            "WHERE w.id >= start ORDER BY w.id LIMIT %(sample_length)s) c"
        )
    row = _rows(
        f"SELECT count(*), {figures} FROM {source} WHERE c.status = 1",  # noqa: S608  (our own columns)
        params,
    )[0]
    return [int(hits) for hits in row[1:]], int(row[0])


def left_over(rules: Group) -> dict[int, Number]:
    """For each part of the topmost group how many are left once it and all above it hold."""
    known, now = catalogue_for([rules]), clock()
    steps = [
        sql.condition(Group(join=rules.join, parts=rules.parts[: n + 1]), known, now, f"l{n}_")
        for n in range(len(rules.parts))
    ]
    if not steps:
        return {}
    hits, looked_at = sampled(steps)
    whole = everyone()
    exact = whole <= FEW
    share = 1.0 if exact or not looked_at else whole / looked_at
    return {n: Number(n=round(found * share), is_exact=exact) for n, found in enumerate(hits)}


def people(found: sql.Condition, limit: int) -> list[FoundContact]:
    """The newest that fit; nobody when looking takes too long."""
    try:
        with hurry.hurried(QUICK_MS):
            rows = _rows(
                f"SELECT c.id FROM contacts_wall c WHERE c.status = 1 AND {found.sql} "  # noqa: S608
                f"ORDER BY c.id DESC LIMIT {int(limit)}",
                found.params,
            )
    except OperationalError:
        return []
    return list(FoundContact.objects.filter(id__in=[row[0] for row in rows]).order_by("-id"))


# Why somebody is in


@dataclass(frozen=True, kw_only=True)
class Why:
    """Whether each rule holds for one person, by its place in the tree, and whether all of it does."""

    is_in: bool
    holds: Mapping[tuple[int, ...], bool]


def why(rules: Group, contact_id: int) -> Why | None:
    """Asked of the database in the very words by which people are counted."""
    known, now = catalogue_for([rules]), clock()
    places = list(tree.rules(rules))
    made = [
        sql.condition(Group(parts=(rule,)), known, now, f"w{n}_") for n, (_place, rule) in enumerate(places)
    ]
    whole = sql.condition(rules, known, now, "whole_")
    params: dict[str, Any] = {"contact": contact_id, **whole.params}
    for one in made:
        params |= one.params
    asked = ", ".join(f"({one.sql}) IS TRUE" for one in [whole, *made])
    found = _rows(f"SELECT c.status = 1, {asked} FROM contacts_wall c WHERE c.id = %(contact)s", params)  # noqa: S608
    if not found:
        return None
    is_active, is_in, *each = found[0]
    return Why(
        is_in=is_active and is_in,
        holds={place: yes for (place, _rule), yes in zip(places, each, strict=True)},
    )


def everyone() -> int:
    """How many contacts there are; of a large account a minute old, for counting a million takes its time."""
    key = f"contacts-everyone-{current_account()}"
    known: int | None = cache.get(key)
    if known is None:
        known = Contact.objects.count()
        if known > FEW:
            cache.set(key, known, KEPT_SECONDS)
    return known


def segments() -> list[Segment]:
    return list(Segment.objects.order_by("name", "id"))


def columns_used() -> set[str]:
    """The columns that the segments of this account look into."""
    columns = {f"field:{name}": slot for name, slot in Field.objects.values_list("name", "slot")}
    columns |= {key: fact.column for key, fact in GIVEN.items() if fact.column}
    used = set()
    for segment in Segment.objects.all():
        with suppress(tree.TreeProblem):
            used |= {columns[rule.on] for _place, rule in tree.rules(tree_of(segment)) if rule.on in columns}
    return used


def _rows(statement: str, params: Any = None) -> list[tuple[Any, ...]]:
    current_account()
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
