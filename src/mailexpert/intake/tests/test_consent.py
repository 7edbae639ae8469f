"""The same link clicked by readers who agreed, refused, withdrew and said nothing, in each mode, as the
collector stores it; then every table of measurements is searched for a trace of those who may not be followed."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.intake import collector
from mailexpert.privacy import actions as ledger
from mailexpert.privacy.models import Consent
from mailexpert.privacy.rules import MEASUREMENT
from mailexpert.sending.models import Issue
from mailexpert.tracking import actions
from mailexpert.tracking.models import Trail
from mailexpert.tracking.queries import Hits, hits

pytestmark = pytest.mark.django_db

READERS = ("agreed", "refused", "withdrew", "silent", "objected")
SAID = {
    "agreed": [Consent.Act.GIVEN],
    "refused": [Consent.Act.ENDED],
    "withdrew": [Consent.Act.GIVEN, Consent.Act.ENDED],
    "silent": [],
    "objected": [Consent.Act.GIVEN, Consent.Act.OBJECTED],
}


def say(contact: Contact, act: Consent.Act) -> None:
    purpose = "" if act == Consent.Act.OBJECTED else MEASUREMENT
    ledger.note(
        act, contact_id=contact.id, email_key=contact.email_key, source="preferences", purpose=purpose
    )


@pytest.fixture
def readers(in_shop: Tenant) -> dict[str, Contact]:
    actions.set_measuring(highest="individual", opens=True, assessment="map 3")
    made = {
        name: Contact.objects.create(id=7_654_000 + n, email=f"{name}@voorbeeld.example")
        for n, name in enumerate(READERS)
    }
    for name, contact in made.items():
        for act in SAID[name]:
            say(contact, act)
    return made


@pytest.fixture
def wire(in_shop: Tenant) -> Iterator[psycopg.Connection]:
    with beside_wall(Beside.TESTS):
        connection.ensure_connection()
        yield connection.connection


def click(wire: psycopg.Connection, issue: Issue, contacts: dict[str, Contact], *, kind: int = 2) -> None:
    """One line for each reader's own token, as the intake writes it."""
    now = int(timezone.now().timestamp())
    rows = [b"~%d\t0\t%d\t1\t0\t\t0\t%d\t%d\n" % (issue.id, kind, one.id, now) for one in contacts.values()]
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        collector.store(wire, b"".join(rows), {})


def traced(contacts: dict[str, Contact]) -> set[str]:
    """Who left a trail or a day."""
    numbers = {contact.id: name for name, contact in contacts.items()}
    on = Contact.objects.exclude(last_open=None, last_click=None).values_list("id", flat=True)
    return {numbers[number] for number in {*Trail.objects.values_list("contact_id", flat=True), *on}}


@pytest.mark.parametrize(
    ("mode", "followed", "has_trail"),
    [
        ("none", set(), False),
        ("aggregate", set(), False),
        ("last_active", {"agreed", "silent"}, False),
        ("individual", {"agreed"}, True),
    ],
)
def test_nobody_is_followed_but_who_may_be(
    readers: dict[str, Contact], wire: psycopg.Connection, mode: str, followed: set[str], has_trail: bool
) -> None:
    issue = make_issue_here(tracking=mode)
    click(wire, issue, readers)
    assert traced(readers) == followed
    assert Trail.objects.exists() is has_trail
    assert hits(issue.id) == Hits(clicks=0 if mode == "none" else 5)
    others = {contact.id for name, contact in readers.items() if name not in followed}
    assert mentions(others) == []


def test_who_withdraws_is_gone_at_once_and_stays_gone(
    readers: dict[str, Contact], wire: psycopg.Connection
) -> None:
    issue = make_issue_here(tracking="individual")
    click(wire, issue, readers)
    say(readers["agreed"], Consent.Act.ENDED)
    assert traced(readers) == set()
    click(wire, issue, readers)  # in the mail that was sent while they agreed
    assert traced(readers) == set()
    assert hits(issue.id).clicks == 10


def test_an_account_that_goes_less_far_follows_nobody_any_more(
    readers: dict[str, Contact], wire: psycopg.Connection
) -> None:
    issue = make_issue_here(tracking="individual")
    actions.set_measuring(highest="aggregate", opens=False, assessment="")
    click(wire, issue, readers)
    click(wire, issue, readers, kind=1)
    assert traced(readers) == set()
    assert hits(issue.id) == Hits(clicks=5)


def test_the_operator_s_switch_ends_every_open(readers: dict[str, Contact], wire: psycopg.Connection) -> None:
    issue = make_issue_here(tracking="individual")
    with beside_wall(Beside.TESTS):
        actions.turn_pixels(off=True)
    click(wire, issue, readers, kind=1)
    assert (traced(readers), hits(issue.id)) == (set(), Hits())
    with beside_wall(Beside.TESTS):
        actions.turn_pixels(off=False)
    click(wire, issue, readers, kind=1)
    assert (traced(readers), hits(issue.id)) == ({"agreed"}, Hits(opens=5))


def test_after_ninety_days_nothing_is_stored(readers: dict[str, Contact], wire: psycopg.Connection) -> None:
    issue = make_issue_here(tracking="individual", started_at=timezone.now() - timedelta(days=91))
    click(wire, issue, readers)
    assert (traced(readers), hits(issue.id)) == (set(), Hits())


def make_issue_here(**values: object) -> Issue:
    return Issue.objects.create(
        sender_address="info@winkel.example", subject="Tulpen", links=["https://winkel.example/"],
        purpose="newsletter", **values,
    )  # fmt: skip


def mentions(numbers: set[int]) -> list[str]:
    """The tables of measurements in which any row, as text, names one of these people."""
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relname ~ '^tracking_'")
        tables = [table for (table,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows = [row for (row,) in cursor.fetchall()]
            found += [table for number in numbers if any(str(number) in row for row in rows)]
    return found
