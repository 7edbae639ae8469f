"""Contacts, lists and files for the stories of this room."""

import io
from collections.abc import Callable
from typing import Any

from mailexpert.contacts.actions_import import Order, start_import
from mailexpert.contacts.models import Contact, Import, List, Membership

CONSENTED = "Aangevinkt op het formulier van de open dag, 3 mei 2026."


def make_list(name: str = "Nieuwsbrief", purpose: str = "newsletter") -> List:
    return List.objects.create(name=name, purpose=purpose)


def make_contact(email: str = "anna@voorbeeld.example", into: List | None = None, **values: Any) -> Contact:
    contact = Contact.objects.create(email=email, **values)
    if into is not None:
        Membership.objects.create(list_id=into.id, contact_id=contact.id, ground="consent", source="hand")
    return contact


def upload(text: str | bytes) -> io.BytesIO:
    return io.BytesIO(text.encode() if isinstance(text, str) else text)


def bring_in(
    run_jobs: Callable[[], int], text: str | bytes, into: List, ground: str = "consent", **order: Any
) -> Import:
    """A whole import, from file to result."""
    wanted = Order(file_name="leden.csv", list_id=into.id, ground=ground, evidence=CONSENTED, **order)
    started = start_import(upload(text), wanted)
    run_jobs()
    return Import.objects.get(id=started.id)
