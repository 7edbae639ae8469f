"""What pages, the API and other rooms read about contacts."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import OperationalError, connection
from django.db.models import BooleanField, Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from mailexpert.contacts import hurry, queries_segments
from mailexpert.contacts.models import (
    Contact,
    ContactColumns,
    Field,
    FoundContact,
    List,
    Membership,
    Segment,
    Tag,
    Tagging,
)
from mailexpert.contacts.queries_segments import Number
from mailexpert.contacts.rules import sql, tree
from mailexpert.contacts.rules.tree import Group
from mailexpert.core.scope import current_account
from mailexpert.privacy.models import Ground
from mailexpert.sending.models import Suppression

PAGE = 50
IN_A_LIST = {"id", "email", "email_key", "first_name", "last_name", "created_at"}
SHOWN = tuple(one.attname for one in FoundContact._meta.concrete_fields if one.attname in IN_A_LIST)
MOST_WORDS = 6
LONGEST_WORD = 100
MOST_COUNTED = 10_000
# From this many contacts on a total may be a minute old: counting a million takes a good part of a second.
MANY = 20_000
KEPT_SECONDS = 60
FEW = 2_000
WALK_MS = 80
FIRST_WALK_MS, FIRST_LOOK_MS = 25, 40
COUNT_MS = 50
STRETCH, LONGER_STRETCH = 200, 1_000

SIGNED_UP, UNSUBSCRIBED, SUPPRESSED, NO_GROUND, UNLISTED = (
    "signed_up",
    "unsubscribed",
    "suppressed",
    "no_ground",
    "unlisted",
)
STATUSES = (SIGNED_UP, UNSUBSCRIBED, SUPPRESSED, NO_GROUND, UNLISTED)
STANDING = Q(ended_at=None) & ~Q(ground=Ground.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which contacts are shown. `before` and `after` are ids: the newest contact has the highest."""

    term: str = ""
    list_id: int | None = None
    status: str = ""
    segment_id: int | None = None
    before: int | None = None
    after: int | None = None

    @property
    def is_filtered(self) -> bool:
        return bool(self.term or self.list_id or self.status or self.segment_id)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A contact in a list of contacts: how it stands, since when, and where that came from."""

    contact: ContactColumns
    status: str
    since: datetime
    source: str


class Standing(NamedTuple):
    """A membership, as far as a list of contacts shows it."""

    contact_id: int
    ground: str
    since: datetime
    source: str
    ended_at: datetime | None


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


# Finding


def search(term: str) -> QuerySet[FoundContact]:
    """Each word of the term is the beginning of the address or of a word of the name. Reads the owner's view:
    under the wall's policy neither condition could use its index."""
    found = FoundContact.objects.all()
    for word in term.lower().replace("\0", "").split()[:MOST_WORDS]:
        word = word[:LONGEST_WORD]
        lexeme = f"{current_account()}/{word}".replace("\\", "\\\\").replace("'", "''")
        named = RawSQL("words @@ %s::tsquery", [f"'{lexeme}':*"], output_field=BooleanField())
        found = found.filter(Q(email_key__startswith=word) | Q(named))
    return found


def matching(wanted: Search, segment: RawSQL | None = None) -> QuerySet[FoundContact]:
    """Everyone who fits, in no order. `segment` is the condition of the wanted one, where it was made already."""
    found = search(wanted.term)
    if wanted.segment_id is not None:
        found = found.filter(segment or in_segment(wanted.segment_id), status=ContactColumns.Status.ACTIVE)
    mine = Membership.objects.filter(contact_id=OuterRef("id"))
    if wanted.list_id is not None:
        mine = mine.filter(list_id=wanted.list_id)
    suppressed = Exists(Suppression.objects.filter(email_key=OuterRef("email_key")))
    match wanted.status:
        case "signed_up":
            return found.filter(Exists(mine.filter(STANDING)), ~suppressed)
        case "unsubscribed":
            return found.filter(Exists(mine.exclude(ended_at=None)), ~Exists(mine.filter(ended_at=None)))
        case "suppressed":
            found = found.filter(suppressed)
        case "no_ground":
            unknown = mine.filter(ended_at=None, ground=Ground.UNKNOWN)
            return found.filter(Exists(unknown), ~Exists(mine.filter(STANDING)))
        case "unlisted":
            return found.filter(~Exists(Membership.objects.filter(contact_id=OuterRef("id"))))
    return found if wanted.list_id is None else found.filter(Exists(mine.filter(ended_at=None)))


def in_segment(segment_id: int) -> RawSQL:
    """Raises Segment.DoesNotExist, TreeProblem."""
    return _as_condition(queries_segments.condition(_rules_of(segment_id)))


def _rules_of(segment_id: int) -> Group:
    return tree.parse(Segment.objects.values_list("rules", flat=True).get(id=segment_id))


def _as_condition(found: sql.Condition) -> RawSQL:
    statement, params = found.over("contacts_wall")
    return RawSQL(statement, params, output_field=BooleanField())  # noqa: S611  (made by rules/sql.py)


def page(wanted: Search) -> Page:
    """One page, newest first, with the ids to go on from. Walking over people in order of age finds at once what is
    common; for what is rare, or far from where one is, it would pass the whole account, so then everyone who fits is
    looked up first."""
    few = _few_blocked(wanted) if wanted.status == SUPPRESSED else None
    rows = _quickly(wanted) if few is None else None
    if rows is None:
        few = _when_few(matching(wanted)) if few is None else few
        found = matching(wanted) if few is None else FoundContact.objects.filter(id__in=few)
        rows = list(_page_of(found, wanted, is_walk=False).only(*SHOWN))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if wanted.after is not None:
        rows.reverse()
        newer, older = more, bool(rows)
    else:
        newer, older = wanted.before is not None and bool(rows), more
    return Page(
        people=_people(rows, wanted.list_id),
        newer=rows[0].id if newer and rows else None,
        older=rows[-1].id if older and rows else None,
        total=None if few is None else len(few),
    )


def _few_blocked(wanted: Search) -> list[int] | None:
    """Everyone blocked who fits, looked up by address where no more than FEW are blocked."""
    keys = list(Suppression.objects.order_by("id").values_list("email_key", flat=True)[: FEW + 1])
    if len(keys) > FEW:
        return None
    found = matching(replace(wanted, status="")).filter(email_key__in=keys)
    return list(found.order_by().values_list("id", flat=True))


def _quickly(wanted: Search) -> list[FoundContact] | None:
    """A page and one more; None where that takes long, because those who fit are rare."""
    if wanted.status and not wanted.term:
        return _walked(matching(wanted), wanted)
    if wanted.segment_id is not None:
        return _in_segment_quickly(wanted, _rules_of(wanted.segment_id))
    found = _page_of(matching(wanted), wanted).only(*SHOWN)
    if not wanted.term:
        return list(found)
    within_ms = WALK_MS if wanted.status else FIRST_WALK_MS
    rows: list[FoundContact] | None = _in_time(lambda: list(found), within_ms, in_order=not wanted.status)
    return rows


def _in_segment_quickly(wanted: Search, rules: Group) -> list[FoundContact] | None:
    def statement(found: sql.Condition) -> tuple[str, Sequence[Any]]:
        people = _page_of(matching(wanted, _as_condition(found)), wanted)
        text, params = people.values_list(*SHOWN).query.sql_with_params()
        return text, params

    rows = queries_segments.look(rules, statement, FIRST_WALK_MS, in_order=True)
    return None if rows is None else [FoundContact.from_db(None, SHOWN, row) for row in rows]


def _page_of(
    found: QuerySet[FoundContact], wanted: Search, *, is_walk: bool = True
) -> QuerySet[FoundContact]:
    """A page and one more, in the order in which one leafs; looked for along the ids, or among all who fit."""
    order = F("id") if is_walk else F("id") + 0
    if wanted.after is not None:
        return found.filter(id__gt=wanted.after).order_by(order.asc())[: PAGE + 1]
    if wanted.before is not None:
        found = found.filter(id__lt=wanted.before)
    return found.order_by(order.desc())[: PAGE + 1]


def _walked(found: QuerySet[FoundContact], wanted: Search) -> list[FoundContact] | None:
    """A page and one more, looked for stretch by stretch; None where that takes long, because those who fit are rare.
    In one statement the database would join all of a million people before it takes the first fifty: behind the
    policies of two tables it doesn't see that the index of contacts is in order already."""
    until, kept, size = time.monotonic() + WALK_MS / 1000, list[FoundContact](), STRETCH
    upward, edge = wanted.after is not None, wanted.before if wanted.after is None else wanted.after
    while len(kept) <= PAGE:
        ids = list(_stretch(wanted.status, edge, upward=upward)[:size])
        kept += found.filter(id__in=ids).order_by("id" if upward else "-id").only(*SHOWN)
        if len(ids) < size:
            break
        if time.monotonic() > until:
            return None
        edge, size = ids[-1], LONGER_STRETCH
    return kept[: PAGE + 1]


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


def _in_time(ask: Callable[[], Any], within_ms: int, *, in_order: bool = False) -> Any:
    """The answer where it comes before a reader would notice, else None."""
    try:
        with hurry.hurried(within_ms, in_order=in_order):
            return ask()
    except OperationalError as problem:
        if not hurry.took_too_long(problem):
            raise
        return None


def _when_few(found: QuerySet[FoundContact]) -> list[int] | None:
    """Everyone who fits, where they are no more than FEW. Usually they are found at once; where the database takes
    them for fewer than they are, it asks each person's lists one by one: 3 s at half a million."""
    every = found.order_by().values_list("id", flat=True)[: FEW + 1]
    ids: list[int] | None = _in_time(lambda: list(every), FIRST_LOOK_MS)
    if ids is None:
        ids = _without_loops(every)
    return ids if len(ids) <= FEW else None


def _without_loops(every: QuerySet[Any, int]) -> list[int]:
    with hurry.hurried(queries_segments.PATIENT_MS), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
        ids = list(every)
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")
    return ids


def count(wanted: Search) -> Number:
    """How many fit; above MOST_COUNTED only that there are more, and the planner's guess where counting takes long. Of
    a large account it may be a minute old, so that leafing counts nothing anew."""
    wanted = replace(wanted, before=None, after=None)
    key = f"contact-count-{current_account()}-{blake2b(repr(wanted).encode(), digest_size=16).hexdigest()}"
    known: Number | None = cache.get(key)
    if known is None:
        found = matching(wanted)
        exact = _in_time(lambda: found.values("id")[: MOST_COUNTED + 1].count(), COUNT_MS)
        known = _guessed(found) if exact is None else Number(n=exact, is_exact=True)
        if exact is None or exact > FEW:
            cache.set(key, known, KEPT_SECONDS)
    return known


def _guessed(found: QuerySet[FoundContact]) -> Number:
    plan = found.order_by().values("id").explain(format="json")
    return Number(n=int(json.loads(plan)[0]["Plan"]["Plan Rows"]), is_exact=False)


def totals() -> Totals:
    key = f"contact-totals-{current_account()}"
    known: Totals | None = cache.get(key)
    if known is None:
        signed_up = Membership.objects.filter(STANDING).aggregate(n=Count("contact_id", distinct=True))["n"]
        known = Totals(contacts=Contact.objects.count(), signed_up=signed_up)
        if known.contacts >= MANY:
            cache.set(key, known, KEPT_SECONDS)
    return known


def _people(contacts: Sequence[FoundContact], list_id: int | None) -> list[Person]:
    ids, keys = [contact.id for contact in contacts], [contact.email_key for contact in contacts]
    current_account()
    with connection.cursor() as cursor:
        # Both in one trip: the page is made of three, however many people it shows.
        cursor.execute(
            "SELECT contact_id, ground, since, source, ended_at FROM contacts_membership "
            "WHERE contact_id = ANY(%s) AND list_id = coalesce(%s, list_id) ORDER BY since DESC; "
            "SELECT email_key FROM sending_suppression WHERE email_key = ANY(%s)",
            [ids, list_id, keys],
        )
        by_contact: dict[int, list[Standing]] = {}
        for row in cursor.fetchall():
            by_contact.setdefault(row[0], []).append(Standing(*row))
        cursor.nextset()
        suppressed = {row[0] for row in cursor.fetchall()}
    return [_person(one, by_contact.get(one.id, []), one.email_key in suppressed) for one in contacts]


def _person(
    contact: ContactColumns, memberships: "Sequence[Membership | Standing]", is_suppressed: bool
) -> Person:
    standing = [one for one in memberships if one.ended_at is None]
    known = [one for one in standing if one.ground != Ground.UNKNOWN]
    shown = next(iter(known or standing or memberships), None)
    if is_suppressed:
        status = SUPPRESSED
    elif known:
        status = SIGNED_UP
    elif standing:
        status = NO_GROUND
    else:
        status = UNSUBSCRIBED if memberships else UNLISTED
    since = shown.since if shown else contact.created_at
    return Person(contact=contact, status=status, since=since, source=shown.source if shown else "")


# One contact


def standing_of(contact: Contact) -> Person:
    memberships = list(Membership.objects.filter(contact_id=contact.id).order_by("-since"))
    suppressed = Suppression.objects.filter(email_key=contact.email_key).exists()
    return _person(contact, memberships, suppressed)


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
