"""What pages, the API and other rooms read about contacts."""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q, QuerySet

from mailexpert.contacts import hurry, queries_segments
from mailexpert.contacts.models import Contact, ContactColumns, Field, List, Membership, Tag, Tagging
from mailexpert.contacts.queries_segments import PATIENT_MS, Number
from mailexpert.contacts.rules import search, sql
from mailexpert.contacts.rules.search import (
    BLOCKED,
    NO_GROUND,
    SIGNED_UP,
    STATUSES,
    UNLISTED,
    UNSUBSCRIBED,
    Search,
)
from mailexpert.contacts.rules.sql import Condition
from mailexpert.core.scope import current_account
from mailexpert.privacy.models import Ground
from mailexpert.sending.models import Suppression

__all__ = ["STATUSES", "Search"]

PAGE = 50
PEOPLE = (Path(__file__).parent / "sql" / "people.sql").read_text()
READ = "c.id, c.email, c.email_key, c.first_name, c.last_name, c.created_at"
MOST_COUNTED = 10_000
# From this many contacts on a total may be old: counting a million takes a good part of a second.
MANY = 20_000
TELLING_FIGURES = 3
KEPT_SECONDS, TOTALS_KEPT_SECONDS = 60, 86_400
FEW = 2_000
WALK_MS = 80
FIRST_WALK_MS, FIRST_LOOK_MS = 25, 40
COUNT_MS = 50
STRETCH, LONGER_STRETCH = 200, 1_000
# Searches that no walk answered in time, and until when none is tried again.
_in_vain: dict[tuple[int, Search], float] = {}
IN_VAIN_SECONDS = 600
REMEMBERED = 1_000

STANDING = Q(ended_at=None) & ~Q(ground=Ground.UNKNOWN)

# Text with its parameters in the order of their places.
Statement = tuple[str, Sequence[Any]]


class Listed(NamedTuple):
    """What a list of contacts shows of one."""

    id: int
    email: str
    first_name: str
    last_name: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, kw_only=True)
class Person:
    """A contact in a list of contacts: how it stands, since when, and where that came from."""

    contact: Listed
    status: str
    since: datetime
    source: str


@dataclass(frozen=True, kw_only=True)
class Page:
    people: list[Person]
    newer: int | None
    older: int | None
    # How many there are in all, where finding the page told it.
    total: int | None = None


@dataclass(frozen=True, kw_only=True)
class Totals:
    contacts: int
    signed_up: int
    is_exact: bool = True
    counted_at: float = field(default=0, compare=False)

    @property
    def is_old(self) -> bool:
        return self.contacts >= MANY and self.counted_at < time.time() - KEPT_SECONDS


# Finding


def page(wanted: Search) -> Page:
    """One page, newest first, with the ids to go on from. Walking over people in order of age finds at once what is
    common; for what is rare, or far from where one is, it would pass the whole account, so then everyone who fits is
    put in order; where that takes long too, they are looked up first."""
    few = _few_blocked(wanted) if wanted.status == BLOCKED else None
    people = _quickly(wanted) if few is None else None
    if people is None and few is None:
        people = _at_once(wanted)
    if people is None:
        few = _when_few(wanted) if few is None else few
        people = [] if few == [] else _looked_up(wanted, few)
    is_whole = wanted.after is None and wanted.before is None and len(people) <= PAGE
    total = len(people) if is_whole else None if few is None else len(few)
    people.sort(key=lambda one: one.contact.id, reverse=True)
    more = len(people) > PAGE
    if wanted.after is not None:
        people, newer, older = people[-PAGE:], more, bool(people)
    else:
        people, newer, older = people[:PAGE], wanted.before is not None and bool(people), more
    return Page(
        people=people,
        newer=people[0].contact.id if newer and people else None,
        older=people[-1].contact.id if older and people else None,
        total=total,
    )


def _at_once(wanted: Search) -> list[Person] | None:
    """A page and one more of everyone who fits, in one trip; None where that takes long, and for a status: of those the
    database often takes many for few."""
    if wanted.status:
        return None
    rows = _ask(wanted, lambda found: _page_of(found, wanted, is_walk=False), FIRST_LOOK_MS)
    return None if rows is None else _people(rows)


def _looked_up(wanted: Search, few: list[int] | None) -> list[Person]:
    """A page and one more of everyone who fits, or of these few."""
    found = who(wanted) if few is None else _of(_leafed(few, wanted))
    return _people(_rows(*_page_of(found, wanted, is_walk=False)))


def _leafed(ids: Iterable[int], wanted: Search) -> list[int]:
    """Of these a page and one more: each that needn't be looked up is saved."""
    if wanted.after is not None:
        return sorted(one for one in ids if one > wanted.after)[: PAGE + 1]
    before = math.inf if wanted.before is None else wanted.before
    return sorted((one for one in ids if one < before), reverse=True)[: PAGE + 1]


def who(wanted: Search) -> Condition:
    """Everyone who fits. Raises Segment.DoesNotExist, TreeProblem."""
    segment = None if wanted.segment_id is None else in_segment(wanted.segment_id)
    return search.condition(wanted, current_account(), segment)


def in_segment(segment_id: int) -> Condition:
    """Raises Segment.DoesNotExist, TreeProblem."""
    return queries_segments.condition(queries_segments.rules_of(segment_id))


def ids_of(found: Condition, most: int | None = None) -> Statement:
    limit = "" if most is None else f" LIMIT {most}"
    return sql.in_order(f"SELECT c.id FROM contacts_wall c WHERE {found.sql}{limit}", found.params)  # noqa: S608


def _of(ids: Sequence[int]) -> Condition:
    return Condition(sql="c.id = ANY(%(of_ids)s)", params={"of_ids": list(ids)})


def _few_blocked(wanted: Search) -> list[int] | None:
    """Everyone blocked who fits, looked up by address where no more than FEW are blocked."""
    keys = list(Suppression.objects.order_by("id").values_list("email_key", flat=True)[: FEW + 1])
    if len(keys) > FEW:
        return None
    blocked = Condition(sql="c.email_key = ANY(%(keys)s)", params={"keys": keys})
    return [row[0] for row in _rows(*ids_of(who(replace(wanted, status="")).also(blocked)))]


def _quickly(wanted: Search) -> list[Person] | None:
    """A page and one more; None where that takes long, because those who fit are rare."""
    if wanted.status and not wanted.term:
        return _walked(wanted)
    if not wanted.term and wanted.segment_id is None:
        return _people(_rows(*_page_of(who(wanted), wanted)))
    key = current_account(), replace(wanted, before=None, after=None)
    if _in_vain.get(key, 0) > time.monotonic():
        return None
    within_ms = WALK_MS if wanted.status else FIRST_WALK_MS
    rows = _ask(wanted, lambda found: _page_of(found, wanted), within_ms, in_order=not wanted.status)
    if rows is not None:
        return _people(rows)
    if len(_in_vain) >= REMEMBERED:
        _in_vain.clear()
    _in_vain[key] = time.monotonic() + IN_VAIN_SECONDS
    return None


def _ask(
    wanted: Search, statement: Callable[[Condition], Statement], within_ms: int, *, in_order: bool = False
) -> list[tuple[Any, ...]] | None:
    """The rows of a statement over everyone who fits, in one trip; None where that takes long. Raises
    Segment.DoesNotExist, TreeProblem."""
    mine = current_account()
    if wanted.segment_id is None:
        text, params = statement(search.condition(wanted, mine))
        answer = hurry.in_time(lambda: hurry.asked(text, params, within_ms=within_ms, in_order=in_order))
        return None if answer is None else answer[1]
    return queries_segments.look_in(
        wanted.segment_id,
        lambda segment: statement(search.condition(wanted, mine, segment)),
        within_ms,
        in_order=in_order,
    )


def _page_of(found: Condition, wanted: Search, *, is_walk: bool = True, most: int | None = None) -> Statement:
    """A page and one more, as one leafs; looked for along the ids, or among all who fit."""
    beyond, direction = "true", "DESC"
    if wanted.after is not None:
        beyond, direction = "c.id > %(after)s", "ASC"
    elif wanted.before is not None:
        beyond = "c.id < %(before)s"
    page_of = (
        f"SELECT {READ} FROM contacts_wall c WHERE {found.sql} AND {beyond} "  # noqa: S608
        f"ORDER BY c.id{'' if is_walk else ' + 0'} {direction} LIMIT {PAGE + 1 if most is None else most}"
    )
    places = {"before": wanted.before, "after": wanted.after, "shown_list": wanted.list_id}
    return sql.in_order(PEOPLE.format(page=page_of), {**found.params, **places})


def _walked(wanted: Search) -> list[Person] | None:
    """A page and one more, looked for stretch by stretch; None where that takes long, because those who fit are rare.
    In one statement the database would join all of a million people before it takes the first fifty: behind the
    policies of two tables it doesn't see that the index of contacts is in order already."""
    until, kept, size, found = time.monotonic() + WALK_MS / 1000, list[Person](), STRETCH, who(wanted)
    upward, edge = wanted.after is not None, wanted.before if wanted.after is None else wanted.after
    while len(kept) <= PAGE:
        ids = list(_stretch(wanted.status, edge, upward=upward)[:size])
        kept += _people(_rows(*_page_of(found.also(_of(ids)), wanted, most=PAGE + 1 - len(kept))))
        if len(ids) < size:
            break
        if time.monotonic() > until:
            return None
        edge, size = ids[-1], LONGER_STRETCH
    return kept


def _stretch(status: str, edge: int | None, *, upward: bool) -> QuerySet[Any, int]:
    """Who may have this status, in order: of most of them everyone, of two those on a partial index."""
    partial = {
        UNSUBSCRIBED: Q(ended_at__isnull=False),
        NO_GROUND: Q(ended_at__isnull=True, ground=Ground.UNKNOWN),
    }
    rows: QuerySet[Any] = Contact.objects.all()
    name = "id"
    if status in partial:
        rows, name = Membership.objects.filter(partial[status]), "contact_id"
    if edge is not None:
        rows = rows.filter(**{f"{name}__gt" if upward else f"{name}__lt": edge})
    return rows.order_by(name if upward else f"-{name}").values_list(name, flat=True)


def _when_few(wanted: Search) -> list[int] | None:
    """Everyone who fits, where they are no more than FEW. Usually they are found at once; where the database takes
    them for fewer than they are, it asks each person's lists one by one: 3 s at half a million."""
    rows = _ask(wanted, lambda found: ids_of(found, FEW + 1), FIRST_LOOK_MS)
    if rows is None:
        rows = _without_loops(*ids_of(who(wanted), FEW + 1))
    return [row[0] for row in rows] if len(rows) <= FEW else None


def _without_loops(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with hurry.hurried(PATIENT_MS), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
        rows = _rows(statement, params)
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")
    return rows


def count(wanted: Search) -> Number:
    """How many fit; above MOST_COUNTED only that there are more, and the planner's guess where counting takes long. Of
    a large account it may be a minute old, so that leafing counts nothing anew."""
    wanted = replace(wanted, before=None, after=None)
    key = f"contact-count-{current_account()}-{blake2b(repr(wanted).encode(), digest_size=16).hexdigest()}"
    known: Number | None = cache.get(key)
    if known is None:
        exact = _counted(wanted)
        known = _guessed(wanted) if exact is None else Number(n=exact, is_exact=True)
        if exact is None or exact > FEW:
            cache.set(key, known, KEPT_SECONDS)
    return known


def _counted(wanted: Search) -> int | None:
    def statement(found: Condition) -> Statement:
        text, params = ids_of(found, MOST_COUNTED + 1)
        return f"SELECT count(*) FROM ({text}) people", params  # noqa: S608

    rows = _ask(wanted, statement, COUNT_MS)
    return None if rows is None else int(rows[0][0])


def _guessed(wanted: Search) -> Number:
    return Number(n=_planned(*ids_of(who(wanted))), is_exact=False)


def _planned(text: str, params: Sequence[Any]) -> int:
    """How many rows the planner expects, in as many figures as a guess is worth."""
    plan = _rows(f"EXPLAIN (FORMAT json) {text}", params)[0][0]
    n = int(plan[0]["Plan"]["Plan Rows"])
    return round(n, TELLING_FIGURES - len(str(n))) if n else 0


def totals() -> Totals:
    """Of a large account as they were counted last, or as the planner guesses where they never were: two counts over a
    million take a third of a second, which no page waits for. Whoever meets old ones or a guess has them counted
    anew (jobs.count_totals)."""
    known: Totals | None = cache.get(_totals_key())
    if known is None and _are_many():
        known = _guessed_totals()
    return count_totals() if known is None else known


def _are_many() -> bool:
    return Contact.objects.order_by("id").values_list("id")[MANY - 1 : MANY].exists()


def _guessed_totals() -> Totals | None:
    """None where the planner takes many for few: it hasn't met them yet, as after an import, so its figures say
    nothing."""
    contacts = _planned(*Contact.objects.values("id").query.sql_with_params())
    standing = Membership.objects.filter(STANDING).values("contact_id").distinct()
    signed_up = min(contacts, _planned(*standing.query.sql_with_params()))
    return Totals(contacts=contacts, signed_up=signed_up, is_exact=False) if contacts >= MANY else None


def count_totals() -> Totals:
    signed_up = Membership.objects.filter(STANDING).aggregate(n=Count("contact_id", distinct=True))["n"]
    found = Totals(contacts=Contact.objects.count(), signed_up=signed_up, counted_at=time.time())
    if found.contacts >= MANY:
        cache.set(_totals_key(), found, TOTALS_KEPT_SECONDS)
    return found


def may_count_totals() -> bool:
    """Whether nobody else had them counted a moment ago."""
    return bool(cache.add(f"{_totals_key()}-asked", True, KEPT_SECONDS))


def _totals_key() -> str:
    return f"contact-totals-{current_account()}"


def _people(rows: Iterable[tuple[Any, ...]]) -> list[Person]:
    return [
        Person(
            contact=Listed(number, email, first, last),
            status=_status(ground, has_left, is_blocked),
            since=since,
            source=source,
        )
        for number, email, first, last, ground, has_left, since, source, is_blocked in rows
    ]


def _status(ground: str | None, has_left: bool, is_blocked: bool) -> str:
    """`ground` of the membership that is shown; none where there is no membership."""
    if is_blocked:
        return BLOCKED
    if ground is None:
        return UNLISTED
    if has_left:
        return UNSUBSCRIBED
    return NO_GROUND if ground == Ground.UNKNOWN else SIGNED_UP


def _rows(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    current_account()
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


# One contact


def standing_of(contact: Contact) -> Person:
    return _people(_rows(*_page_of(_of([contact.id]), Search())))[0]


def memberships_of(contact_id: int) -> list[Membership]:
    return list(
        Membership.objects.filter(contact_id=contact_id)
        .select_related("list")
        .order_by("list__name", "list_id")
    )


def field_values(contact: ContactColumns, fields: Iterable[Field]) -> list[tuple[Field, Any]]:
    return [(field, getattr(contact, field.slot)) for field in fields]


# Lists and fields


def lists() -> list[List]:
    return list(List.objects.filter(archived_at=None).order_by("name", "id"))


def lists_with_counts() -> list[tuple[List, int]]:
    """Every list, those in use first, with how many on it may be mailed."""
    counts = dict(
        Membership.objects.filter(STANDING).values_list("list_id").annotate(n=Count("contact_id")).order_by()
    )
    found = List.objects.order_by("archived_at", "name", "id")
    return [
        (one, counts.get(one.id, 0)) for one in sorted(found, key=lambda one: one.archived_at is not None)
    ]


def tags_with_counts() -> list[tuple[Tag, int]]:
    counts = dict(Tagging.objects.values_list("tag_id").annotate(n=Count("contact_id")).order_by())
    return [(one, counts.get(one.id, 0)) for one in Tag.objects.order_by("name", "id")]


def tags() -> list[Tag]:
    return list(Tag.objects.order_by("name", "id"))


def tags_of(contact_id: int) -> list[Tag]:
    mine = Tagging.objects.filter(contact_id=contact_id).values("tag_id")
    return list(Tag.objects.filter(id__in=mine).order_by("name", "id"))


def suppressions(term: str, after: int | None) -> list[Suppression]:
    """One page and one more, newest first."""
    rows = Suppression.objects.filter(email_key__startswith=term) if term else Suppression.objects.all()
    return list((rows.filter(id__lt=after) if after else rows).order_by("-id")[: PAGE + 1])


def fields() -> list[Field]:
    return list(Field.objects.order_by("label", "id"))
