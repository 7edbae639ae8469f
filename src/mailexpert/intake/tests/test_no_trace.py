"""The same link clicked by a reader who agreed, one who refused, one who withdrew, one who said nothing and one who
objected, in each of the four modes. Then everything is searched: each row of each table that came or changed, every
file of the intake's home, what the process said, and the database server's own log."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.intake.tests.running import Running, comes_true, make_issue
from mailexpert.intake.tests.test_consent import READERS, SAID, say
from mailexpert.mail.links import reader_token
from mailexpert.privacy.models import Consent
from mailexpert.privacy.rules import PERSON
from mailexpert.tests.ports import free_ports
from mailexpert.tracking import actions
from mailexpert.tracking.queries import hits

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""
OWN_LEDGER = "privacy_consent"  # where a refusal itself is written down, by the reader and not by the click

Rows = set[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Someone whose every mark can be told from anybody else's."""

    name: str
    contact: Contact
    address: str

    @property
    def agent(self) -> str:
        return f"Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) {self.name}-eigen-telefoon"

    def marks(self) -> dict[str, str]:
        """What may give them away, as it would stand in a row or a file; numbers and hashes too."""
        email = self.contact.email
        return {
            "number": str(self.contact.id),
            "e-mail": email,
            "name": f"{self.name}-voornaam",
            "address": self.address,
            "program": f"{self.name}-eigen-telefoon",
            "e-mail, hex": email.encode().hex(),
            "number, hex": self.contact.id.to_bytes(8, "big").hex(),
            "pseudonym": keys.keyed_hash(self.contact.email_key, PERSON).hex(),
        }


def everything() -> Rows:
    """Every row of every table, as text."""
    found: Rows = set()
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM ONLY {table} t")
            found |= {(table, row) for (row,) in cursor.fetchall()}
    return found


def traces(reader: Reader, rows: Rows, files: dict[Path, str]) -> list[str]:
    """Where a reader's marks stand: the tables of rows, and the files, names included."""
    found = [
        f"{table}: {what}" for table, row in rows for what, mark in reader.marks().items() if mark in row
    ]
    for path, text in files.items():
        found += [
            f"{path.name}: {what}" for what, mark in reader.marks().items() if mark in f"{path}\n{text}"
        ]
    return sorted(found)


def files_of(running: Running) -> dict[Path, str]:
    """All that the intake's home holds, its log among it."""
    paths = [path for path in running.home.rglob("*") if path.is_file()]
    return {path: path.read_bytes().decode("latin-1") for path in paths}


@pytest.fixture
def intake(transactional_db: None, tmp_path: Path) -> Iterator[Running]:
    """Behind a proxy, so that it is told each reader's own address; what it says goes to a file of its home."""
    port = free_ports(1)[0]
    extra = {"MAILEXPERT_TRACK_PORT": str(port), "MAILEXPERT_BASE_URL": "https://mailexpert.example"}
    running = Running(
        tmp_path / "home", "mailexpert.intake", port, extra, said=tmp_path / "home" / "said.log"
    )
    running.start()
    yield running
    if running.is_alive:
        running.end()


@pytest.fixture
def readers(shop: Tenant) -> dict[str, Reader]:
    with account(shop.id):
        actions.set_measuring(highest="individual", opens=True, assessment="map 3")
        made = {}
        for n, name in enumerate(READERS):
            contact = Contact.objects.create(
                id=7_654_321_000 + n, email=f"{name}@voorbeeld.example", first_name=f"{name}-voornaam"
            )
            made[name] = Reader(name=name, contact=contact, address=f"81.2.69.14{n}")
            for act in SAID[name]:
                say(contact, act)
    return made


def click_and_open(intake: Running, issue: int, key: bytes, reader: Reader) -> None:
    """In a mail that was made while all of this was allowed: it holds a token of the reader's own."""
    token = reader_token(key, issue, reader.contact.id)
    headers = {"X-Forwarded-For": reader.address}
    assert intake.ask(f"/t/c/{token}.0", agent=reader.agent, **headers).status == 302
    assert intake.ask(f"/t/o/{token}.gif", agent=reader.agent, **headers).status in (200, 204)


@pytest.mark.parametrize(
    ("mode", "followed"),
    [
        ("none", set()),
        ("aggregate", set()),
        ("last_active", {"agreed", "silent"}),  # a day alone, of everyone who didn't refuse
        ("individual", {"agreed"}),
    ],
)
def test_nothing_anywhere_tells_of_who_may_not_be_followed(
    intake: Running, shop: Tenant, readers: dict[str, Reader], key: bytes, mode: str, followed: set[str]
) -> None:
    issue = make_issue(shop, tracking=mode, links=["https://winkel.example/"]).id
    assert comes_true(lambda: hits_are_counted(intake, issue, key, mode))
    before = everything()
    for reader in readers.values():
        click_and_open(intake, issue, key, reader)
    waiting = files_of(intake)  # as they lie before they are counted: a number at most, for seconds
    for reader in readers.values():
        assert {one.partition(": ")[2] for one in traces(reader, set(), waiting)} <= {"number"}
    intake.end()
    after = everything()
    came = after - before
    for name, reader in readers.items():
        found = traces(reader, came, files_of(intake))
        assert bool(found) is (name in followed), found
        assert not [one for one in found if not one.startswith(("tracking_trail", "contacts_contact"))], found
    with account(shop.id):
        assert hits(issue).clicks == (0 if mode == "none" else len(READERS))
        say(readers["agreed"].contact, Consent.Act.ENDED)
        say(readers["silent"].contact, Consent.Act.ENDED)
    left = {(table, row) for table, row in everything() - before if table != OWN_LEDGER}
    assert [one for reader in readers.values() for one in traces(reader, left, {})] == []


def hits_are_counted(intake: Running, issue: int, key: bytes, mode: str) -> bool:
    """Whether pictures count by now; asked by a head, which is stored nowhere."""
    path = f"/t/o/{reader_token(key, issue, 1)}.gif"
    return intake.ask(path, "HEAD").status == (204 if mode == "none" else 200)
