"""Floods: many hits on one link in a moment, and a scanner that goes through all mails of a mailing at once. The
process keeps its size, what it answered is stored, and a machine is told a machine.

The short form runs with the suite; `make chaos` runs a million hits and a hundred thousand mails, and prints what came
of them."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.core.scope import account
from mailexpert.intake.tests.running import LINKS, PHONE, Running, make_issue
from mailexpert.mail.links import click_token, reader_token
from mailexpert.privacy.models import Consent
from mailexpert.privacy.rules import MEASUREMENT, person
from mailexpert.tests.ports import free_ports
from mailexpert.tracking import actions
from mailexpert.tracking.models import Rule, Trail
from mailexpert.tracking.queries import Hits, hits, machine_shares

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 64  # requests on their way on a connection: the asker must cost less than the asked
SCANNER = "203.0.114.77"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture
def intake(transactional_db: None, tmp_path: Path) -> Iterator[Running]:
    """Behind a proxy that says who asks."""
    port = free_ports(1)[0]
    extra = {"MAILEXPERT_TRACK_PORT": str(port), "MAILEXPERT_BASE_URL": "https://mailexpert.example"}
    running = Running(tmp_path / "home", "mailexpert.intake", port, extra)
    running.start()
    yield running
    if running.is_alive:
        running.end()


def flood(intake: Running, paths: Sequence[str], headers: str, connections: int = 4) -> int:
    """Ask all of them, pipelined; how many were answered 302."""
    answered = [0] * connections

    def one(n: int) -> None:
        with closing(socket.create_connection(("127.0.0.1", intake.port), timeout=60)) as wire:
            mine = paths[n::connections]
            for start in range(0, len(mine), AT_ONCE):
                some = mine[start : start + AT_ONCE]
                wire.sendall(
                    "".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n" for path in some).encode()
                )
                told = b""
                while told.count(b"\r\n\r\n") < len(some):
                    piece = wire.recv(65_536)
                    assert piece, "the intake closed the connection"
                    told += piece
                answered[n] += told.count(b"HTTP/1.1 302")

    askers = [threading.Thread(target=one, args=(n,)) for n in range(connections)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    return sum(answered)


def resident_mb(intake: Running) -> float:
    assert intake.process is not None
    told = Path(f"/proc/{intake.process.pid}/status").read_text()
    return int(told.partition("VmRSS:")[2].split()[0]) / 1024


def many_hits(intake: Running, shop: Tenant, key: bytes, count: int) -> dict[str, object]:
    """So many on one link, by readers whose addresses differ."""
    issue = make_issue(shop)
    path, headers = f"/t/c/{click_token(key, issue.id, 0)}", f"User-Agent: {PHONE}\r\n"
    flood(intake, [path] * 2_000, headers)
    before, began = resident_mb(intake), time.monotonic()
    answered = 2_000 + flood(intake, [path] * count, headers)
    seconds = time.monotonic() - began
    after = resident_mb(intake)
    intake.end()
    counted = time.monotonic() - began - seconds
    with account(shop.id):
        assert hits(issue.id) == Hits(clicks=answered)
        actions.rebuild(issue.id)
        assert hits(issue.id) == Hits(clicks=answered)
    return {
        "answered and stored": answered, "a second": round(count / seconds), "MB before": round(before),
        "MB after": round(after), "seconds until all is counted": round(counted, 1),
    }  # fmt: skip


def scanned_mails(intake: Running, shop: Tenant, key: bytes, mails: int) -> dict[str, object]:
    """Everybody agreed, so each mail has links of its own; one address fetches all links of all mails, the first of
    each, then the second of each: nobody's own links are asked at once."""
    with account(shop.id):
        actions.set_measuring(highest="individual", opens=False, assessment="map 3")
        rows = Contact.objects.bulk_create(Contact(email=f"lezer{n}@voorbeeld.example") for n in range(mails))
        Consent.objects.bulk_create(
            Consent(
                act=Consent.Act.GIVEN,
                contact_id=row.id,
                person=person(row.email),
                source="import",
                purpose=MEASUREMENT,
            )
            for row in rows
        )
    issue = make_issue(shop, tracking="individual")
    tokens = [reader_token(key, issue.id, row.id) for row in rows]
    paths = [f"/t/c/{token}.{link}" for link in range(len(LINKS)) for token in tokens]
    began = time.monotonic()
    answered = flood(intake, paths, f"User-Agent: {BROWSER}\r\nX-Forwarded-For: {SCANNER}\r\n")
    seconds, size = time.monotonic() - began, resident_mb(intake)
    intake.end()
    counted = time.monotonic() - began - seconds
    with account(shop.id):
        found, rules = hits(issue.id), {int(one.name): one.hits for one in machine_shares(issue.id)}
        trails = Trail.objects.count()
    assert answered == len(paths)
    assert (found, rules, trails) == (Hits(machine_clicks=answered), {Rule.CROWD: answered}, 0)
    return {
        "fetched": answered, "a second": round(answered / seconds), "MB": round(size),
        "seconds until all is counted": round(counted, 1),
    }  # fmt: skip


def test_thousands_of_hits_on_one_link_in_a_moment_are_all_stored(
    intake: Running, shop: Tenant, key: bytes
) -> None:
    told = many_hits(intake, shop, key, 20_000)
    assert int(str(told["MB after"])) < int(str(told["MB before"])) + 20


def test_a_scanner_of_all_mails_is_a_machine_in_every_one_of_them(
    intake: Running, shop: Tenant, key: bytes
) -> None:
    scanned_mails(intake, shop, key, 300)


@pytest.mark.chaos
def test_a_million_hits_on_one_link(
    intake: Running, shop: Tenant, key: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    told = many_hits(intake, shop, key, 1_000_000)
    with capsys.disabled():
        print(f"\na million hits on one link {told}", flush=True)  # noqa: T201
    assert int(str(told["MB after"])) < int(str(told["MB before"])) + 40


@pytest.mark.chaos
def test_a_scanner_of_a_hundred_thousand_mails(
    intake: Running, shop: Tenant, key: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    told = scanned_mails(intake, shop, key, 100_000)
    with capsys.disabled():
        print(f"\na scanner of a hundred thousand mails {told}", flush=True)  # noqa: T201
