import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from mailexpert.base import env
from mailexpert.base.env import Environment
from mailexpert.conftest import Tenant
from mailexpert.operations import doctor
from mailexpert.operations.doctor import database, installation, machine
from mailexpert.operations.doctor.finding import Finding, ok, problem, warn
from mailexpert.sending.models import SenderDomain
from mailexpert.tests.ports import free_ports


@pytest.fixture
def here(tmp_path: Path) -> Environment:
    return replace(env.read({}), home=tmp_path)


@contextmanager
def answering(words: bytes) -> Iterator[int]:
    """A program that says one thing to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _ = listening.accept()
            with line:
                line.sendall(words)
                line.recv(100)

        Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def levels(findings: Iterator[Finding]) -> list[str]:
    return [finding.level for finding in findings]


@pytest.mark.parametrize(
    ("free", "level"), [(100_000_000, "problem"), (2_000_000_000, "warn"), (50_000_000_000, "ok")]
)
def test_a_disk_that_fills_up_is_told(
    here: Environment, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert levels(machine.disk(here)) == [level]


def test_a_port_that_someone_else_has_is_a_problem(here: Environment) -> None:
    names = ("track_port", "catcher_port", "inbound_port")
    free = dict(zip(names, free_ports(len(names)), strict=True))
    with answering(b"") as port:
        found = list(machine.ports_(replace(here, port=port, **free)))
    assert [(one.level, "MAILEXPERT_PORT" in one.do) for one in found] == [("problem", True)]


def test_a_scanner_that_answers_is_fine_and_a_silent_one_is_not(here: Environment) -> None:
    with answering(b"PONG\0") as port:
        assert levels(machine.scanner(replace(here, clamav=f"127.0.0.1:{port}"))) == ["ok"]
    assert levels(machine.scanner(replace(here, clamav="127.0.0.1:1"))) == ["problem"]
    assert levels(machine.scanner(replace(here, clamav="/no/such/socket"))) == ["problem"]


def test_no_scanner_is_worth_a_warning(here: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "DEBIANS_SCANNER", Path("/no/such/socket"))
    assert levels(machine.scanner(here)) == ["warn"]


def test_a_secret_that_others_may_read_is_a_problem(here: Environment) -> None:
    assert levels(installation.secret(here)) == ["warn"]
    path = here.home / "secret.key"
    path.write_text("x" * 64)
    path.chmod(0o644)
    assert levels(installation.secret(here)) == ["problem"]
    path.chmod(0o600)
    assert levels(installation.secret(here)) == ["ok"]


@pytest.mark.parametrize(
    ("base_url", "relay_url", "level"),
    [
        ("http://localhost:8000", None, "ok"),
        ("http://localhost:8000", "smtp://relay.example:25", "problem"),
        ("http://mail.voorbeeld.nl", None, "problem"),
        ("https://mail.voorbeeld.nl", "smtp://relay.example:25", "ok"),
    ],
)
def test_passwords_and_links_travel_safely_or_not(
    here: Environment, base_url: str, relay_url: str | None, level: str
) -> None:
    found = installation.addresses(replace(here, base_url=base_url, track_url=base_url, relay_url=relay_url))
    assert levels(found) == [level, level]


@pytest.mark.parametrize(
    ("words", "level"), [(b"220 relay ESMTP\r\n", "ok"), (b"HTTP/1.1 400\r\n", "problem")]
)
def test_what_answers_as_relay_must_be_a_mail_server(here: Environment, words: bytes, level: str) -> None:
    with answering(words) as port:
        assert levels(installation.relay(replace(here, relay_url=f"smtp://127.0.0.1:{port}"))) == [level]


def test_a_relay_that_is_silent_is_a_problem(here: Environment) -> None:
    assert levels(installation.relay(replace(here, relay_url="smtp://127.0.0.1:1"))) == ["problem"]
    assert levels(installation.relay(here)) == ["ok"]


def test_the_database_of_the_suite_is_in_order_but_keeps_nothing(db: None) -> None:
    loaded = env.load()
    for check in (database.reachable, database.version, database.roles, database.clock):
        assert "problem" not in levels(check(loaded)), check
    assert [one.what for one in database.promises_of_commit(loaded) if one.level == "problem"] == [
        "fsync is off: a power cut can damage the whole database."
    ]


def test_a_sender_domain_that_broke_is_named(here: Environment, in_shop: Tenant) -> None:
    assert levels(database.sender_domains(here)) == ["ok"]
    SenderDomain.objects.create(name="winkel.example", token="abc", state=SenderDomain.State.BROKEN)
    found = list(database.sender_domains(here))
    assert [one.level for one in found] == ["problem"]
    assert "winkel.example" in found[0].what


def test_a_database_that_does_not_answer_is_told_in_words(
    here: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = "postgresql://mailexpert@127.0.0.1:1/mailexpert"
    monkeypatch.setenv("DATABASE_URL", silent)
    env.load.cache_clear()
    found = list(database.reachable(here))
    env.load.cache_clear()
    assert found[0].level == "problem"
    assert "does not answer" in found[0].what


def test_problems_stand_last_where_the_eye_is() -> None:
    told = doctor.told([problem("Broken.", "Mend it."), ok("Fine."), warn("Look.", "There.")])
    assert told.splitlines() == [
        "ok      Fine.",
        "mind    Look.",
        "        → There.",
        "PROBLEM Broken.",
        "        → Mend it.",
        "",
        "1 problem to solve.",
    ]
