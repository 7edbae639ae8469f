"""A file comes in on the very list that a mailing is being sent to."""

import asyncio
import threading

import pytest
from django.db import connection

from mailexpert.contacts import landing
from mailexpert.contacts.models import Contact, Membership
from mailexpert.contacts.tests.cast import bring_in
from mailexpert.core.scope import account
from mailexpert.delivery.pace import Pace
from mailexpert.delivery.tests.mailroom import Mailroom, an_engine, until
from mailexpert.delivery.tests.sink import Sink
from mailexpert.mailings import actions, jobs
from mailexpert.mailings.tests.cast import draft, join, people
from mailexpert.sending import queries as sending
from mailexpert.sending.models import Issue

pytestmark = pytest.mark.django_db(transaction=True)

READERS, BEFORE, MEANWHILE, NEW = 24, 4, 14, 5


class Gate(Sink):
    """Takes some mails, and the rest once the import has written its rows; says when half of them is in."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.halfway = asyncio.Event(), threading.Event()

    async def _to_dot(self, address: str, message: bytes) -> bytes:
        if self.taken.total() >= BEFORE:
            await self.written.wait()
        answer = await super()._to_dot(address, message)
        if self.taken.total() >= MEANWHILE:
            self.halfway.set()
        return answer


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("mailexpert.contacts.files.folder", lambda: tmp_path / "imports")


@pytest.fixture
def room(shop):
    made = Mailroom(shop)
    yield made
    made.close()


def a_file(rows):
    """Everyone who is there with another name, one of them twice, and some who are new."""
    known = [f"{row.email},Nieuw" for row in rows]
    new = [f"nieuw{n}@voorbeeld.example,Nieuw" for n in range(NEW)]
    return "\n".join(["email,voornaam", *known, known[3], *new])


@pytest.mark.usefixtures("folder")
def test_an_import_on_its_list_changes_nothing_about_who_a_mailing_goes_to(shop, room, run_jobs, monkeypatch):
    with account(shop.id):
        made, rows = people(READERS)
        left, *_ = Contact.objects.bulk_create([Contact(email="weg@voorbeeld.example", first_name="Weg")])
        join(made, [left])
        Membership.objects.filter(contact=left).update(ended_at="2026-05-01T12:00Z")
        mailing = draft(made)
        actions.start(mailing)
    batch, taken = asyncio.run(
        story(room, lambda: bring_in(run_jobs, a_file([*rows, left]), made), monkeypatch)
    )

    assert taken == {row.email: 1 for row in rows}
    assert (batch.state, batch.added, batch.updated, batch.duplicates) == ("done", NEW, READERS + 1, 1)
    assert (batch.signed_up, batch.stayed_off, batch.refused) == (NEW, 1, 0)
    with account(shop.id):
        counts = sending.counts(Issue.objects.get().id)
        assert (counts.planned, counts.sent, counts.skipped, counts.waiting) == (READERS, READERS, 0, 0)
        assert Membership.objects.filter(list=made, ended_at=None).count() == READERS + NEW
        assert set(Contact.objects.values_list("first_name", flat=True)) == {"Nieuw"}
        jobs.follow_issues.run()
        mailing.refresh_from_db()
        assert mailing.state == "sent"


async def story(room, bring, monkeypatch):
    """The engine sends, the import writes, the engine goes on beside its open transaction, the import is kept."""
    gate, loop, land = Gate(), asyncio.get_running_loop(), landing.land
    issue_id = room.ask("SELECT id FROM sending_issue")[0][0]

    def land_slowly(*args):
        landed = land(*args)
        loop.call_soon_threadsafe(gate.written.set)
        assert gate.halfway.wait(30), "the engine stood still while the import was open"
        return landed

    def come_in():
        try:
            with account(room.account):
                return bring()
        finally:
            connection.close()

    monkeypatch.setattr(landing, "land", land_slowly)
    # In small turns: most people are read from the tables while the import is open, or after it.
    monkeypatch.setattr(Pace, "window", 2)
    async with gate, an_engine(gate.port, connections=2):
        await until(lambda: gate.taken.total() >= BEFORE)
        batch = await asyncio.to_thread(come_in)
        await until(lambda: room.state(issue_id) == Issue.State.DONE)
    return batch, gate.taken
