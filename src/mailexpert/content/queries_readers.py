"""Whom a mail can be tried on: a contact, someone without a name, and whoever has the longest of everything."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db import OperationalError, connection
from django.db.models import Q

from mailexpert.contacts import hurry, queries_segments
from mailexpert.contacts.models import Contact, Field, FoundContact, Segment
from mailexpert.contacts.rules.tree import TreeProblem
from mailexpert.content.rules_segments import name_of, used
from mailexpert.core.scope import current_account

OWN_FIELDS = ("email", "first_name", "last_name", "language")
WORST = "worst"
LOOKING_MS = 2_000
KEPT_SECONDS = 300
# Where looking for the longest takes too long, and for fields that nobody has filled in yet.
LONG = "Wolfeschlegelsteinhausenbergerdorff-van Everdingen"
Reader = Contact | str | None


def readers(term: str) -> list[FoundContact]:
    """Contacts to try a mail on: by the beginning of the address or of a name; without a term the newest."""
    rows = FoundContact.objects.all()
    term = term.strip().lower()
    if term:
        named = Q(first_name__istartswith=term) | Q(last_name__istartswith=term)
        rows = rows.filter(Q(email_key__startswith=term) | named)
    return list(rows.order_by("-id")[:8])


def reader(given: str) -> Reader:
    """Whom a form names: a contact by number, the worst case, or nobody."""
    if given == WORST:
        return WORST
    is_number = given.isascii() and given.isdecimal() and len(given) < 19
    return Contact.objects.filter(id=int(given)).first() if is_number else None


def reader_values(who: Reader, *sources: str) -> dict[str, Any]:
    """The fields of a person as these sources see them; of nobody, an address alone."""
    segments = used(*sources)
    if who is None:
        return {"email": "lezer@voorbeeld.example"} | dict.fromkeys(map(name_of, segments), False)
    if isinstance(who, str):
        return _longest() | dict.fromkeys(map(name_of, segments), True)
    own = {name: getattr(who, name) for name in OWN_FIELDS}
    custom = {field.name: _plain(getattr(who, field.slot)) for field in Field.objects.all()}
    return own | _filled(custom) | _circles(who, segments)


def _circles(contact: Contact, segments: Sequence[int]) -> dict[str, bool]:
    """In which of these segments a contact is today; in none that is gone or can't be asked any more."""
    found = dict.fromkeys(map(name_of, segments), False)
    for segment in Segment.objects.filter(id__in=segments):
        try:
            why = queries_segments.why(queries_segments.tree_of(segment), contact.pk)
        except TreeProblem:
            continue
        found[name_of(segment.pk)] = why is not None and why.is_in
    return found


def _longest() -> dict[str, Any]:
    """For each field the longest value that the account has; kept for minutes, since each look reads everyone."""
    key = f"content-longest-{current_account()}"
    known: dict[str, Any] | None = cache.get(key)
    if known is None:
        known = _looked_up()
        cache.set(key, known, KEPT_SECONDS)
    return known


def _looked_up() -> dict[str, Any]:
    columns = dict(zip(OWN_FIELDS, OWN_FIELDS, strict=True)) | dict(Field.objects.values_list("name", "slot"))
    found = {name: _longest_of(column) for name, column in columns.items()}
    return {name: LONG if value in (None, "") else _plain(value) for name, value in found.items()}


def _longest_of(column: str) -> Any:
    try:
        with hurry.hurried(LOOKING_MS), connection.cursor() as cursor:
            # The column comes from the catalogue of fields, never from a form.
            cursor.execute(
                f"SELECT c.{column} FROM contacts_wall c WHERE c.{column} IS NOT NULL "  # noqa: S608
                f"ORDER BY length(c.{column}::text) DESC LIMIT 1"
            )
            row = cursor.fetchone()
    except OperationalError:
        return None
    return row[0] if row else None


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
