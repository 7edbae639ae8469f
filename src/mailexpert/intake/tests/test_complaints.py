"""Feedback reports at the process that takes mail in, and what comes of them."""

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact, Event, Membership
from mailexpert.core.scope import account
from mailexpert.intake.tests.running import Running, comes_true, make_issue
from mailexpert.intake.tests.test_inbound import answer, inbound_process  # noqa: F401 (a fixture)
from mailexpert.intake.tests.test_stops import Reader
from mailexpert.mail import feedback
from mailexpert.mail.links import return_token, stop_token
from mailexpert.privacy.models import Consent
from mailexpert.sending.models import Complaint, Issue, Suppression
from mailexpert.tracking.models import Trail

pytestmark = pytest.mark.django_db(transaction=True)

REPORT = """From: <feedback@arf.postvak.example>
Content-Type: multipart/report; report-type=feedback-report; boundary="r"

--r
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
Original-Rcpt-To: redacted-c0ffee@postvak.example

--r
Content-Type: message/rfc822

To: redacted-c0ffee@postvak.example
{returned}

--r--
"""


def report(returned: str) -> bytes:
    return REPORT.format(returned=returned).replace("\n", "\r\n").encode()


class Complainer(Reader):
    """A reader of whom reports come in, at the shop's own address."""

    def __init__(self, shop: Tenant, key: bytes) -> None:
        super().__init__(shop, key)
        self.key = key
        self.to = feedback.address(key, shop.id, "mx-abc.winkel.example")

    def report(self, issue: int | None = None) -> bytes:
        token = stop_token(self.key, issue or self.issue.id, self.contact.id)
        return report(f"List-Unsubscribe: <https://track.example/t/u/{token}>")

    def complaints(self) -> list[tuple[int, int]]:
        with account(self.shop.id):
            return list(Complaint.objects.values_list("issue_id", "contact_id"))

    def blocked(self) -> list[int]:
        with account(self.shop.id):
            rows = Suppression.objects.filter(email_key=self.contact.email_key)
            return list(rows.values_list("reason", flat=True))

    def is_untouched(self) -> bool:
        return (self.complaints(), self.blocked(), self.ended(), self.ledger()) == ([], [], {}, [])


@pytest.fixture
def inbound(transactional_db: None, inbound_process: Running) -> Iterator[Running]:  # noqa: F811
    yield inbound_process
    if not inbound_process.is_alive:
        inbound_process.start()


@pytest.fixture
def reader(shop: Tenant, key: bytes) -> Complainer:
    return Complainer(shop, key)


def test_who_complains_is_blocked_for_good_and_the_ledger_says_why(
    inbound: Running, reader: Complainer
) -> None:
    assert answer(inbound, reader.to, "", reader.report()) == 250
    assert reader.complaints() == [(reader.issue.id, reader.contact.id)]
    assert reader.blocked() == [Suppression.Reason.COMPLAINT]
    assert reader.ended() == dict.fromkeys((reader.mailed.id, reader.other.id), Membership.EndedBy.COMPLAINT)
    ended, objected = Consent.Act.ENDED, Consent.Act.OBJECTED
    wanted = {(reader.mailed.id, ended), (reader.other.id, ended), (None, objected)}
    assert set(reader.ledger()) == wanted
    with account(reader.shop.id):
        assert set(Consent.objects.values_list("source", "issue_id")) == {("complaint", reader.issue.id)}


def test_the_persons_page_and_the_blocked_addresses_say_it(
    inbound: Running, reader: Complainer, shop_client: Client
) -> None:
    answer(inbound, reader.to, "", reader.report())
    page = shop_client.get(reverse("contacts:show", args=[reader.contact.id])).content.decode()
    assert "als spam gemeld in het mailprogramma" in page
    assert ", klacht" in page
    blocked = shop_client.get(reverse("contacts:suppressions")).content.decode()
    assert reader.contact.email_key in blocked
    assert "Klacht" in blocked
    with account(reader.shop.id):
        number = Suppression.objects.get().id
    shop_client.post(reverse("contacts:lift", args=[number]))
    assert reader.blocked() == [Suppression.Reason.COMPLAINT]


def test_two_reports_of_one_mail_are_one_complaint(inbound: Running, reader: Complainer, key: bytes) -> None:
    opaque = return_token(key, reader.issue.id, reader.contact.id)
    installation = feedback.address(key, feedback.INSTALLATION, "track.example")
    assert answer(inbound, reader.to, "", reader.report()) == 250
    assert answer(inbound, reader.to, "", reader.report()) == 250
    assert answer(inbound, installation, "", report(f"Message-ID: <{opaque}@winkel.example>")) == 250
    assert len(reader.complaints()) == 1
    assert len(reader.ledger()) == 3


def test_an_old_report_sent_again_does_not_touch_who_came_back(inbound: Running, reader: Complainer) -> None:
    answer(inbound, reader.to, "", reader.report())
    with account(reader.shop.id):
        Suppression.objects.all().delete()
        Membership.objects.filter(contact=reader.contact).update(ended_at=None, ended_by=None)
    assert answer(inbound, reader.to, "", reader.report()) == 250
    assert (reader.blocked(), reader.ended()) == ([], {})


def test_another_accounts_address_brings_nothing_about_this_ones_mail(
    inbound: Running, reader: Complainer, stranger: Tenant, key: bytes
) -> None:
    assert answer(inbound, feedback.address(key, stranger.id, "x.example"), "", reader.report()) == 250
    assert reader.is_untouched()
    with account(stranger.id):
        assert not Complaint.objects.exists()
        assert not Suppression.objects.exists()


def test_forged_addresses_and_tokens_bring_nothing(inbound: Running, reader: Complainer, key: bytes) -> None:
    forger = b"the key of a forger"
    assert answer(inbound, feedback.address(forger, reader.shop.id, "x.example"), "", reader.report()) == 550
    forged = stop_token(forger, reader.issue.id, reader.contact.id)
    for returned in (
        f"List-Unsubscribe: <https://track.example/t/u/{forged}>",
        f"To: {reader.contact.email}",
        f"Feedback-ID: i{reader.issue.id}:a{reader.shop.id}:news:mailexpert",
    ):
        assert answer(inbound, reader.to, "", report(returned)) == 250
    assert answer(inbound, reader.to, "", b"Subject: code 123456\r\n\r\nHallo\r\n") == 250
    assert reader.is_untouched()


def test_of_a_mailing_that_is_gone_or_was_a_proof_nothing_comes(inbound: Running, reader: Complainer) -> None:
    proof = make_issue(reader.shop, list_ids=[reader.mailed.id], kind=Issue.Kind.TEST)
    assert answer(inbound, reader.to, "", reader.report(proof.id)) == 250
    assert answer(inbound, reader.to, "", reader.report(999_999)) == 250
    assert reader.is_untouched()


def test_a_complaint_of_who_was_deleted_is_counted_and_blocks_nobody(
    inbound: Running, reader: Complainer
) -> None:
    with account(reader.shop.id):
        Membership.objects.all().delete()
        Contact.objects.all().delete()
    assert answer(inbound, reader.to, "", reader.report()) == 250
    assert reader.complaints() == [(reader.issue.id, reader.contact.id)]
    assert (reader.blocked(), reader.ledger()) == ([], [])


def test_a_complaint_about_a_mail_to_a_contact_that_was_merged_is_of_the_one_it_became(
    inbound: Running, reader: Complainer, key: bytes
) -> None:
    with account(reader.shop.id):
        Event.objects.create(
            contact=reader.contact, kind="merged", detail="j@voorbeeld.nl", former_id=888_888
        )
    token = stop_token(key, reader.issue.id, 888_888)
    mail = report(f"List-Unsubscribe: <https://track.example/t/u/{token}>")
    assert answer(inbound, reader.to, "", mail) == 250
    assert reader.complaints() == [(reader.issue.id, reader.contact.id)]
    assert reader.blocked() == [Suppression.Reason.COMPLAINT]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Suppression.Reason.BOUNCE, Suppression.Reason.COMPLAINT),
        (Suppression.Reason.HAND, Suppression.Reason.COMPLAINT),
        (Suppression.Reason.OBJECTION, Suppression.Reason.OBJECTION),
    ],
)
def test_a_block_that_could_be_lifted_by_hand_can_be_lifted_no_more(
    inbound: Running, reader: Complainer, before: int, after: int
) -> None:
    with account(reader.shop.id):
        Suppression.objects.create(email_key=reader.contact.email_key, reason=before)
    answer(inbound, reader.to, "", reader.report())
    assert reader.blocked() == [after]


def test_who_complains_is_no_longer_measured(inbound: Running, reader: Complainer) -> None:
    with account(reader.shop.id):
        Trail.objects.create(
            contact_id=reader.contact.id, issue_id=reader.issue.id, link=0, kind=2, at=timezone.now()
        )
        Contact.objects.update(last_click=timezone.localdate())
    answer(inbound, reader.to, "", reader.report())
    with account(reader.shop.id):
        assert not Trail.objects.exists()
        assert Contact.objects.get().last_click is None


def test_many_at_once_are_each_stored_once(inbound: Running, reader: Complainer, key: bytes) -> None:
    with account(reader.shop.id):
        others = [Contact.objects.create(email=f"p{n}@voorbeeld.nl").id for n in range(20)]
    with smtplib.SMTP("127.0.0.1", inbound.port, timeout=10) as wire:
        for contact in others * 2:
            token = stop_token(key, reader.issue.id, contact)
            mail = report(f"List-Unsubscribe: <https://track.example/t/u/{token}>")
            assert wire.sendmail("", [reader.to], mail) == {}
    assert sorted(contact for _issue, contact in reader.complaints()) == others


def test_with_the_database_away_it_lies_on_the_disk_and_survives_a_kill(
    inbound: Running, reader: Complainer
) -> None:
    inbound.end()
    inbound.extra["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    inbound.start()
    assert answer(inbound, reader.to, "", reader.report()) == 250
    inbound.kill()
    del inbound.extra["DATABASE_URL"]
    inbound.start()
    assert comes_true(lambda: reader.blocked() == [Suppression.Reason.COMPLAINT])
    assert len(reader.complaints()) == 1
    assert comes_true(lambda: not list((inbound.home / "intake" / "complaints").glob("*.done")))


def test_fifty_megabytes_are_refused_and_are_never_held(inbound: Running, reader: Complainer) -> None:
    assert inbound.process is not None
    memory = Path(f"/proc/{inbound.process.pid}/status")
    line = (b"x" * 998 + b"\r\n") * 1_000
    with smtplib.SMTP("127.0.0.1", inbound.port, timeout=60) as wire:
        wire.ehlo()
        assert wire.docmd("MAIL FROM:<>", f"SIZE={50 << 20}")[0] == 552
        assert wire.docmd("MAIL FROM:<>")[0] == 250
        assert wire.rcpt(reader.to)[0] == 250
        assert wire.docmd("DATA")[0] == 354
        wire.send(reader.report())
        for _ in range(50):
            wire.send(line)
        wire.send(b".\r\n")
        assert wire.getreply()[0] == 552
    peak = next(row for row in memory.read_text().splitlines() if row.startswith("VmHWM"))
    assert int(peak.split()[1]) < 150_000  # kB
    assert reader.is_untouched()
    assert answer(inbound, reader.to, "", reader.report()) == 250
    assert len(reader.complaints()) == 1
