"""Where a process may connect to: what the environment names, what was checked for an account, this machine."""

import socket
from collections.abc import Callable, Iterator

import pytest
import structlog

from mailexpert.base import env, outbound, outgoing
from mailexpert.base.outgoing import Guard, Undeclared

ELSEWHERE = "198.51.100.7"  # documentation alone uses it (RFC 5737)


@pytest.fixture
def watch() -> Iterator[Callable[..., Guard]]:
    yield lambda **named: outgoing.watch(env.read(named))
    outgoing.unwatch()


def test_an_undeclared_host_is_refused_before_a_byte_leaves(watch: Callable[..., Guard]) -> None:
    guard = watch()
    with pytest.raises(Undeclared, match=ELSEWHERE):
        socket.create_connection((ELSEWHERE, 443), timeout=5)
    assert guard.refused == 1


def test_a_library_that_connects_by_itself_is_refused_too(watch: Callable[..., Guard]) -> None:
    from urllib.error import URLError
    from urllib.request import urlopen

    watch()
    with pytest.raises(URLError, match="No declared host"):
        urlopen(f"http://{ELSEWHERE}/", timeout=5)


def test_a_refusal_is_in_the_log(watch: Callable[..., Guard], monkeypatch: pytest.MonkeyPatch) -> None:
    told = structlog.testing.CapturingLogger()
    monkeypatch.setattr(outgoing, "log", told)
    watch()
    with pytest.raises(Undeclared):
        outgoing.check(ELSEWHERE, 25)
    assert "undeclared host refused" in str(told.calls)
    assert ELSEWHERE in str(told.calls)


def test_this_machine_may_always_be_reached(watch: Callable[..., Guard]) -> None:
    watch()
    with socket.create_server(("127.0.0.1", 0)) as door:
        socket.create_connection(door.getsockname(), timeout=5).close()


def test_what_the_environment_names_is_declared(
    watch: Callable[..., Guard], monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = watch(MAILEXPERT_RELAY_URL="smtp://smtp.provider.example:587")
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ELSEWHERE, 0))]
    asked: list[str] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_rest, **_more: (asked.append(host), found)[1])
    guard.check("smtp.provider.example", 587)
    guard.check(ELSEWHERE, 587)  # what its name stands for
    with pytest.raises(Undeclared):
        guard.check("198.51.100.8", 587)
    assert set(asked) == {"smtp.provider.example"}


def test_a_host_that_an_account_named_is_admitted_once_it_was_checked(watch: Callable[..., Guard]) -> None:
    guard = watch()
    with pytest.raises(Undeclared):
        guard.check("8.8.8.8", 25)
    outbound.target("smtp.account.example", 25, lambda _host, _port: ["8.8.8.8"])
    guard.check("8.8.8.8", 25)


def test_a_private_host_that_an_account_named_is_not_admitted(watch: Callable[..., Guard]) -> None:
    guard = watch()
    with pytest.raises(outbound.Refused):
        outbound.target("inside.account.example", 25, lambda _host, _port: ["10.0.0.7"])
    with pytest.raises(Undeclared):
        guard.check("10.0.0.7", 25)


def test_an_admission_ends(watch: Callable[..., Guard], monkeypatch: pytest.MonkeyPatch) -> None:
    guard = watch()
    guard.admit("8.8.8.8")
    monkeypatch.setattr(outgoing.time, "monotonic", lambda: 1e12)
    with pytest.raises(Undeclared):
        guard.check("8.8.8.8", 25)


@pytest.mark.parametrize(
    ("named", "hosts"),
    [
        ({}, {}),
        ({"MAILEXPERT_RELAY_URL": "smtp://127.0.0.1:25", "DATABASE_URL": "postgresql:///x?host=/run/pg"}, {}),
        ({"DATABASE_URL": "postgresql://u:p@db.example/x"}, {"db.example": "database"}),
        ({"MAILEXPERT_CLAMAV": "scan.example:3310"}, {"scan.example": "scanner"}),
        ({"MAILEXPERT_CLAMAV": "/run/clamav/clamd.ctl"}, {}),
        ({"MAILEXPERT_FILES_URL": "s3://files.example/bucket"}, {"files.example": "files"}),
        (
            {"MAILEXPERT_BASE_URL": "https://mail.example", "MAILEXPERT_TRACK_URL": "https://t.example"},
            {"mail.example": "own pages", "t.example": "own tracking address"},
        ),
    ],
)
def test_the_list_of_hosts_comes_from_the_environment(named: dict[str, str], hosts: dict[str, str]) -> None:
    assert {host.name: host.purpose for host in outgoing.declared(env.read(named))} == hosts


def test_every_process_watches_where_it_starts() -> None:
    from pathlib import Path

    rooms = Path(outgoing.__file__).parents[1]
    for start in (
        "config/wsgi.py", "operations/worker.py", "delivery/__main__.py", "intake/__main__.py", "intake/inbound.py",
        "catcher/__main__.py",
    ):  # fmt: skip
        assert "outgoing.watch(" in (rooms / start).read_text(), start


def test_the_engine_asks_because_uvloop_tells_no_audit_event() -> None:
    from pathlib import Path

    rooms = Path(outgoing.__file__).parents[1]
    connecting = [
        path for path in (rooms / "delivery").rglob("*.py")
        if "create_connection(" in path.read_text() and "tests" not in path.parts
    ]  # fmt: skip
    assert connecting
    for path in connecting:
        assert "outgoing.check(" in path.read_text(), path
