import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import pytest
from django.db import connection
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact, Event, List, Membership
from mailexpert.core.scope import account
from mailexpert.intake import stops
from mailexpert.intake.tests.running import Running, comes_true, make_issue
from mailexpert.mail.links import click_token, stop_token
from mailexpert.privacy import rules
from mailexpert.privacy.models import Consent
from mailexpert.sending.models import Issue, Stop

pytestmark = pytest.mark.django_db(transaction=True)

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ONE_CLICK = b"List-Unsubscribe=One-Click"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'


class Reader:
    """Someone on two lists of the shop, of which one was mailed."""

    def __init__(self, shop: Tenant, key: bytes) -> None:
        self.shop = shop
        with account(shop.id):
            self.contact = Contact.objects.create(email="jan@voorbeeld.nl")
            self.mailed, self.other = (List.objects.create(name=name) for name in ("Nieuws", "Acties"))
            for one in (self.mailed, self.other):
                Membership.objects.create(list=one, contact=self.contact, ground="consent")
        self.issue = make_issue(shop, list_ids=[self.mailed.id])
        self.path = f"/t/u/{stop_token(key, self.issue.id, self.contact.id)}"

    def stops(self) -> list[tuple[int, int]]:
        with account(self.shop.id):
            return list(Stop.objects.filter(contact_id=self.contact.id).values_list("issue_id", "via"))

    def ended(self) -> dict[int, int | None]:
        with account(self.shop.id):
            rows = Membership.objects.filter(contact=self.contact, ended_at__isnull=False)
            return dict(rows.values_list("list_id", "ended_by"))

    def ledger(self) -> list[tuple[int | None, int]]:
        with account(self.shop.id):
            return list(Consent.objects.filter(contact_id=self.contact.id).values_list("list_id", "act"))


@pytest.fixture
def reader(shop: Tenant, key: bytes) -> Reader:
    return Reader(shop, key)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", ONE_CLICK),
        ("multipart/form-data; boundary=x", MULTIPART),
        ("application/x-www-form-urlencoded", b""),
    ],
)
def test_one_click_ends_the_mailed_list_before_it_is_answered(
    intake: Running, reader: Reader, kind: str, body: bytes
) -> None:
    reply = intake.ask(reader.path, "POST", body, **{"Content-Type": kind})
    assert reply.status == 200
    assert not {"location", "set-cookie"} & set(reply.headers)
    assert reader.stops() == [(reader.issue.id, 1)]
    assert reader.ended() == {reader.mailed.id: 1}
    assert reader.ledger() == [(reader.mailed.id, Consent.Act.ENDED)]


def test_twice_is_the_same_as_once_also_at_the_same_moment(intake: Running, reader: Reader) -> None:
    statuses: list[int] = []

    def click() -> None:
        statuses.append(intake.ask(reader.path, "POST", ONE_CLICK, **FORM).status)

    clicks = [threading.Thread(target=click) for _ in range(8)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert statuses == [200] * 8
    assert reader.stops() == [(reader.issue.id, 1)]
    assert reader.ledger() == [(reader.mailed.id, Consent.Act.ENDED)]


def test_looking_changes_nothing_however_often(intake: Running, reader: Reader) -> None:
    for agent in ("BarracudaCentral", "Mozilla/5.0", "curl/8"):
        for method in ("GET", "HEAD"):
            reply = intake.ask(reader.path, method, agent=agent)
            assert reply.status == 302
            token = reader.path.removeprefix("/t/u/")
            assert reply.headers["location"] == f"http://localhost:8150/uitschrijven/{token}"
            chosen = intake.ask(f"/t/p/{token}", method, agent=agent)
            assert chosen.status == 302
            assert chosen.headers["location"] == f"http://localhost:8150/voorkeuren/{token}"
    assert intake.ask(f"/t/p/{token}", "POST", ONE_CLICK, **FORM).status == 405
    assert intake.ask("/t/p/forged").status == 404
    assert reader.stops() == []
    assert reader.ended() == {}


def test_a_forged_stop_stops_nobody(intake: Running, reader: Reader) -> None:
    forged = f"/t/u/{stop_token(b'the key of a forger', reader.issue.id, reader.contact.id)}"
    assert intake.ask(forged, "POST", ONE_CLICK, **FORM).status == 404
    assert reader.stops() == []


@pytest.mark.parametrize(
    ("body", "status"), [(b"something=else", 400), (b"List-Unsubscribe=One-Click" + b"x" * 5000, 413)]
)
def test_a_body_that_asks_for_something_else_or_too_much_is_refused(
    intake: Running, reader: Reader, body: bytes, status: int
) -> None:
    assert intake.ask(reader.path, "POST", body, **FORM).status == status
    assert reader.stops() == []


def test_a_body_without_an_end_is_refused(intake: Running, reader: Reader) -> None:
    wire = HTTPConnection("127.0.0.1", intake.port, timeout=10)
    wire.putrequest("POST", reader.path)
    wire.putheader("Transfer-Encoding", "chunked")
    wire.endheaders()
    try:
        for _ in range(50):
            wire.send(b"400\r\n" + b"x" * 1024 + b"\r\n")
        assert wire.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass
    finally:
        wire.close()
    assert reader.stops() == []


def test_a_proof_in_the_authors_mailbox_stops_nobody(intake: Running, reader: Reader, key: bytes) -> None:
    proof = make_issue(reader.shop, list_ids=[reader.mailed.id], kind=Issue.Kind.TEST)
    path = f"/t/u/{stop_token(key, proof.id, reader.contact.id)}"
    assert intake.ask(path, "POST", ONE_CLICK, **FORM).status == 200
    assert (reader.stops(), reader.ended()) == ([], {})


def test_who_signed_up_again_can_stop_again_by_the_same_mail(intake: Running, reader: Reader) -> None:
    intake.ask(reader.path, "POST", ONE_CLICK, **FORM)
    with account(reader.shop.id):
        Membership.objects.filter(contact=reader.contact).update(
            ended_at=None, ended_by=None, since=timezone.now()
        )
    intake.ask(reader.path, "POST", ONE_CLICK, **FORM)
    assert reader.stops() == [(reader.issue.id, 1)]
    assert reader.ended() == {reader.mailed.id: 1}


def test_a_stop_for_a_deleted_contact_is_answered_all_the_same(
    intake: Running, reader: Reader, key: bytes
) -> None:
    path = f"/t/u/{stop_token(key, reader.issue.id, 999_999)}"
    assert intake.ask(path, "POST", ONE_CLICK, **FORM).status == 200
    assert reader.stops() == []


def test_a_stop_by_a_mail_to_a_contact_that_was_merged_stops_the_one_it_became(
    intake: Running, reader: Reader, shop: Tenant, key: bytes
) -> None:
    with account(shop.id):
        Event.objects.create(
            contact=reader.contact, kind="merged", detail="j@voorbeeld.nl", former_id=888_888
        )
    path = f"/t/u/{stop_token(key, reader.issue.id, 888_888)}"
    assert intake.ask(path, "POST", ONE_CLICK, **FORM).status == 200
    assert reader.stops() == [(reader.issue.id, 1)]
    assert reader.ended() == {reader.mailed.id: 1}
    assert reader.ledger() == [(reader.mailed.id, Consent.Act.ENDED)]


# ── with the database away ──


@pytest.fixture
def database(intake: Running) -> Iterator[Callable[[bool], None]]:
    """Called with False, the test database throws everyone out and lets nobody in until it is called with True."""
    name = connection.settings_dict["NAME"]

    def allow(yes: bool) -> None:
        with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS {"true" if yes else "false"}')
            if not yes:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = %s AND application_name LIKE 'mailexpert-%%'",
                    [name],
                )

    yield allow
    allow(True)


def test_with_the_database_away_a_stop_is_kept_on_disk_and_carried_out_when_it_is_back(
    intake: Running, reader: Reader, database: Callable[[bool], None]
) -> None:
    database(False)
    assert intake.ask(reader.path, "POST", ONE_CLICK, **FORM).status == 202
    assert reader.stops() == []
    intake.kill()
    database(True)
    intake.start()
    assert comes_true(lambda: reader.stops() == [(reader.issue.id, 1)])
    assert reader.ended() == {reader.mailed.id: 1}


def test_a_stop_from_the_disk_does_not_end_what_began_after_it(intake: Running, reader: Reader) -> None:
    intake.end()
    an_hour_ago = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
    line = f"{reader.issue.id}\t{reader.contact.id}\t1\t{an_hour_ago}\n"
    (intake.home / "intake" / "stops" / "1-2-ab.done").write_text(line)
    intake.start()
    assert comes_true(lambda: reader.stops() == [(reader.issue.id, 1)])
    assert reader.ended() == {}


def test_links_asked_before_go_on_while_the_database_is_away(
    intake: Running, reader: Reader, key: bytes, database: Callable[[bool], None]
) -> None:
    asked, new = (f"/t/c/{click_token(key, reader.issue.id, link)}" for link in (0, 1))
    unknown = f"/t/c/{click_token(key, make_issue(reader.shop).id, 0)}"
    assert intake.ask(asked).status == 302
    database(False)
    assert [intake.ask(path).status for path in (asked, new, unknown)] == [302, 302, 503]
    database(True)
    assert comes_true(lambda: intake.ask(unknown).status == 302)


def test_the_ledger_knows_a_person_by_one_pseudonym_whoever_writes() -> None:
    assert stops.PERSON == rules.PERSON
