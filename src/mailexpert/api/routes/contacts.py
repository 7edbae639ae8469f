"""Contacts: find, add."""

from datetime import date
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field as Limit

from mailexpert.accounts.actions_package import NoRoom, need_room
from mailexpert.api.answers import READ, WRITE
from mailexpert.api.paging import Paging, page
from mailexpert.api.problems import Problem
from mailexpert.api.shapes import ContactIn, ContactOut, Id, Line
from mailexpert.contacts import actions
from mailexpert.contacts.models import Contact, Field, FoundContact, List, Membership
from mailexpert.mail import address
from mailexpert.sending.models import Suppression

router = Router(tags=["contacts"])


class Wanted(Paging):
    email: Annotated[Line, Limit(max_length=320)] | None = None


class ContactPage(Schema):
    items: list[ContactOut]
    next: int | None


@router.get("", response={200: ContactPage, **READ})
def contacts(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, object]:
    """Your contacts, newest first; with `email` the one who has this address."""
    rows = FoundContact.objects.all()
    if wanted.email is not None:
        rows = rows.filter(email_key=_key(wanted.email))
    items, following = page(rows, wanted)
    return {"items": _shown(list(items)), "next": following}


@router.post("", response={201: ContactOut, **WRITE})
def add_contact(request: HttpRequest, wanted: ContactIn) -> Status[dict[str, Any]]:
    """Add a person to a list, with the ground on which you may mail them."""
    into = List.objects.filter(id=wanted.list, archived_at=None).first()
    if into is None:
        raise Problem(422, "No such list", f"There is no list {wanted.list}.")
    names = {"first_name": wanted.first_name, "last_name": wanted.last_name}
    try:
        with transaction.atomic():
            need_room("contacts")
            made = actions.add_contact(wanted.email, names, source="api")
            actions.sign_up(made, into, ground=wanted.ground, evidence=wanted.source, source="api")
    except address.AddressProblem as problem:
        raise Problem(422, "No e-mail address", f"{wanted.email!r} is no e-mail address.") from problem
    except NoRoom as problem:
        raise Problem(409, "The package is full", str(problem)) from problem
    except actions.AddressTaken as problem:
        raise Problem(409, "Address taken", "There is a contact with this address already.") from problem
    except actions.ErasedBefore as problem:
        raise Problem(409, "Erased before", str(problem)) from problem
    return Status(201, _shown([made])[0])


@router.get("/{contact_id}", response={200: ContactOut, **READ})
def one_contact(request: HttpRequest, contact_id: Path[Id]) -> dict[str, Any]:
    """One contact, with the lists it is on and on what ground."""
    return _shown([get_object_or_404(Contact, id=contact_id)])[0]


def _key(email: str) -> str:
    try:
        return address.parse(email).key
    except address.AddressProblem:
        return email.lower()


def _shown(rows: list[Any]) -> list[dict[str, Any]]:
    fields = list(Field.objects.all())
    memberships: dict[int, list[dict[str, Any]]] = {row.id: [] for row in rows}
    for found in Membership.objects.filter(contact_id__in=list(memberships)).order_by("list_id"):
        memberships[found.contact_id].append(
            {"list": found.list_id, "ground": found.ground, "since": found.since, "ended_at": found.ended_at}
        )
    keys = [row.email.lower() for row in rows]
    suppressed = set(Suppression.objects.filter(email_key__in=keys).values_list("email_key", flat=True))
    return [
        {
            **{name: getattr(row, name) for name in ("id", "email", "first_name", "last_name", "created_at")},
            "fields": {field.name: _plain(getattr(row, field.slot)) for field in fields},
            "lists": memberships[row.id],
            "suppressed": row.email.lower() in suppressed,
        }
        for row in rows
    ]


def _plain(value: Any) -> str | float | bool | None:
    return str(value.isoformat()) if isinstance(value, date) else value  # type: ignore[no-any-return]
