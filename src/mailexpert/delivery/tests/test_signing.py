"""Mailings that are signed on their way, through the engine to a sink that keeps what it gets; two verifiers that
are not ours judge the mails by the very records that the page told to publish."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from mailexpert.base import env, keys
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.delivery import signing
from mailexpert.delivery.ports import Issue
from mailexpert.delivery.tests.mailroom import Mailroom, an_engine, until
from mailexpert.delivery.tests.sink import Sink, Talk
from mailexpert.mail import verp
from mailexpert.mail.links import Stop
from mailexpert.mail.tests.verifiers import OPENDKIM, by_dkimpy, by_opendkim
from mailexpert.sending import actions_domains, words_domains
from mailexpert.sending.models import SenderDomain
from mailexpert.sending.tests.nameserver import Zone, serving

pytestmark = pytest.mark.django_db(transaction=True)


class KeepingSink(Sink):
    """Keeps each mail as it came over the wire, with its envelope sender."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: dict[str, bytes] = {}

    async def _to_dot(self, address: str, message: bytes) -> bytes:
        self.mails[address] = message.removesuffix(b".\r\n")
        return await super()._to_dot(address, message)


@pytest.fixture
def room(shop: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(shop)
    yield made
    made.close()


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Zone:
    known = replace(
        env.load(), track_url="https://post.mailexpert.example", relay_url="smtp://smtp.relay.example"
    )
    monkeypatch.setattr(env, "load", lambda: known)
    return Zone()


def verify(shop: Tenant, zone: Zone) -> tuple[int, dict[str, str]]:
    """A verified domain, and its key records as DNS shows them."""
    with account(shop.id), serving(zone) as names:
        domain = SenderDomain.objects.first() or actions_domains.claim("winkel.example")
        records = words_domains.records(domain)
        for record in records:
            put = zone.mx if record.is_mx else zone.txt
            put(record.name, record.value)
        assert actions_domains.check(domain, names).is_verified
    return domain.id, {record.name: record.value for record in records if "_domainkey" in record.name}


def a_mailing(room: Mailroom, domain: int, people: list[str]) -> int:
    issue = room.mailing(people)
    room.ask("UPDATE sending_issue SET domain_id = %s WHERE id = %s", domain, issue)
    return issue


def send(room: Mailroom, issue: int, sink: Sink) -> None:
    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: room.state(issue) == 3)

    asyncio.run(story())


def test_every_mail_carries_two_signatures_that_hold(
    room: Mailroom, shop: Tenant, zone: Zone, tmp_path: Path
) -> None:
    domain, records = verify(shop, zone)
    people = [f"ok+{n}@lezer.example" for n in range(120)]
    issue, sink = a_mailing(room, domain, people), KeepingSink()
    send(room, issue, sink)
    assert room.counts(issue)["sent"] == 120
    assert set(sink.mails) == set(people)
    for mail in sink.mails.values():
        assert by_dkimpy(mail, records) == [True, True]
    if OPENDKIM:
        mail = sink.mails[people[7]]
        assert set(by_opendkim(mail, records, tmp_path).values()) == {"pass"}
        assert len(by_opendkim(mail, records, tmp_path)) == 2


def test_bounces_come_back_under_a_name_of_the_domain(
    room: Mailroom, shop: Tenant, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain, _records = verify(shop, zone)
    issue, sink = a_mailing(room, domain, ["ok+1@lezer.example"]), KeepingSink()
    lines, heard = [], Talk.command
    monkeypatch.setattr(Talk, "command", lambda talk, line: lines.append(line) or heard(talk, line))
    send(room, issue, sink)
    path = (
        next(line for line in lines if line.startswith("MAIL FROM:<b-")).partition("<")[2].partition(">")[0]
    )
    contact = room.ask("SELECT id FROM contacts_contact WHERE email = 'ok+1@lezer.example'")[0][0]
    assert verp.read(keys.derive("links"), path) == Stop(issue, contact)
    token, name = room.ask("SELECT token, name FROM sending_senderdomain")[0]
    assert path == verp.return_path(keys.derive("links"), issue, contact, f"mx-{token}.{name}")


def test_new_keys_sign_once_dns_shows_them(room: Mailroom, shop: Tenant, zone: Zone) -> None:
    domain, old = verify(shop, zone)
    with account(shop.id):
        actions_domains.renew_keys(SenderDomain.objects.get())
    issue, sink = a_mailing(room, domain, ["ok+1@lezer.example"]), KeepingSink()
    send(room, issue, sink)
    assert by_dkimpy(sink.mails["ok+1@lezer.example"], old) == [True, True]
    _domain, new = verify(shop, zone)
    issue, sink = a_mailing(room, domain, ["ok+2@lezer.example"]), KeepingSink()
    send(room, issue, sink)
    mail = sink.mails["ok+2@lezer.example"]
    assert by_dkimpy(mail, old) == [False, False]
    assert by_dkimpy(mail, new) == [True, True]


def test_a_domain_that_breaks_holds_its_mailing_and_lets_it_go_on(
    room: Mailroom, shop: Tenant, zone: Zone
) -> None:
    domain, _records = verify(shop, zone)
    issue, sink = a_mailing(room, domain, [f"ok+{n}@lezer.example" for n in range(30)]), KeepingSink()
    with account(shop.id), serving(Zone()) as nothing:
        assert actions_domains.check(SenderDomain.objects.get(), nothing).is_broken
    connection.close()

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await asyncio.sleep(2.5)
            assert not sink.mails
            assert room.ask("SELECT reason FROM sending_issue")[0][0] == "sender_domain"
            await asyncio.to_thread(_mend, shop, zone)
            await until(lambda: room.state(issue) == 3)

    asyncio.run(story())
    assert len(sink.mails) == 30
    assert room.ask("SELECT reason FROM sending_issue")[0][0] == ""


def _mend(shop: Tenant, zone: Zone) -> None:
    verify(shop, zone)
    connection.close()


def test_without_readable_keys_nothing_leaves_unsigned() -> None:
    issue = Issue(
        id=1, account_id=1, kind=1, sender_name="", sender_address="a@winkel.example", reply_to="", subject="x",
        html="", text="", preheader="", fields={}, links=[], list_ids=[], purpose="", tracking="none", language="nl",
        sender_line="", domain="winkel.example",
    )  # fmt: skip
    for broken in ([], ["s geen-zegel"], [f"s {keys.seal('geen sleutel', 'dkim')}"]):
        with pytest.raises(signing.CannotSign):
            signing.signer_of(replace(issue, keys=broken))
    assert signing.signer_of(replace(issue, domain="")) is None
