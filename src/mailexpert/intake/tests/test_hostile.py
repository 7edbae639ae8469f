"""What the open internet sends: nonsense, floods of half requests, and readers that never finish."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailexpert.intake.__main__ import HEADER_SECONDS
from mailexpert.intake.tests.running import PHONE, Running
from mailexpert.mail.links import click_token, stop_token
from mailexpert.sending.models import Issue

pytestmark = pytest.mark.django_db(transaction=True)


def raw_status(intake: Running, request: bytes) -> int:
    """The status of one request written byte for byte; 0 when the connection was closed instead."""
    with closing(socket.create_connection(("127.0.0.1", intake.port), timeout=10)) as wire:
        wire.sendall(request)
        try:
            answer = wire.recv(4096)
        except ConnectionResetError:
            return 0
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 50,
        b"GET /t/c/%00%ff%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /t/c/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://evil.example/t/c/x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /t/c/x HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 40_000 + b"\r\n\r\n",
        b"GET /t/c/x HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 3000 + b"\r\n",
        b"POST /t/u/x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_nonsense_is_refused_and_the_next_reader_served(intake: Running, request_bytes: bytes) -> None:
    assert raw_status(intake, request_bytes) in (0, 400, 404, 413, 414, 431)
    assert intake.ask("/healthz").status == 200


def test_a_user_agent_of_any_bytes_is_taken(intake: Running, issue: Issue, key: bytes) -> None:
    path = f"/t/c/{click_token(key, issue.id, 0)}".encode()
    for agent in (b"\xff\xfe\x80", b"a\tb", b"x" * 9000, "Übersurfer".encode()):
        request = b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nUser-Agent: " + agent + b"\r\n\r\n"
        assert raw_status(intake, request) == 302


@pytest.fixture
def slow_readers(intake: Running) -> Iterator[list[socket.socket]]:
    """Two hundred that send half a request and then a byte now and then."""
    with ExitStack() as open_ones:
        wires = [
            open_ones.enter_context(closing(socket.create_connection(("127.0.0.1", intake.port), timeout=20)))
            for _ in range(200)
        ]
        for wire in wires:
            wire.sendall(b"GET /t/c/x HTTP/1.1\r\nHost: x\r\n")
        yield wires


def test_who_drips_a_request_is_hung_up_on_and_holds_nobody_up(
    intake: Running, issue: Issue, key: bytes, slow_readers: list[socket.socket]
) -> None:
    began = time.monotonic()
    assert intake.ask(f"/t/c/{click_token(key, issue.id, 0)}").status == 302
    assert time.monotonic() - began < 2
    for wire in slow_readers[:5]:
        assert wire.recv(100) in (b"", b"HTTP/1.1 408 Request Timeout\r\n")
    assert time.monotonic() - began < HEADER_SECONDS + 5


def test_who_keeps_a_connection_and_asks_nothing_is_hung_up_on(
    intake: Running, issue: Issue, key: bytes
) -> None:
    with closing(socket.create_connection(("127.0.0.1", intake.port), timeout=HEADER_SECONDS + 10)) as wire:
        wire.sendall(b"GET /t/c/" + click_token(key, issue.id, 0).encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert wire.recv(4096).startswith(b"HTTP/1.1 302")
        assert wire.recv(4096) == b""


def test_a_body_that_drips_ends_without_a_stop(intake: Running, issue: Issue, key: bytes) -> None:
    head = (
        f"POST /t/u/{stop_token(key, issue.id, 1)} HTTP/1.1\r\nHost: x\r\nUser-Agent: {PHONE}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\nList-"
    )
    with closing(socket.create_connection(("127.0.0.1", intake.port), timeout=20)) as wire:
        wire.sendall(head.encode())
        assert wire.recv(100).startswith(b"HTTP/1.1 413")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from("cou"),
    token=st.text(alphabet=st.characters(codec="ascii", exclude_characters="\0\r\n"), max_size=80),
)
def test_no_token_that_we_did_not_make_leads_anywhere(intake: Running, kind: str, token: str) -> None:
    from urllib.parse import quote

    ending = ".gif" if kind == "o" else ""
    assert intake.ask(f"/t/{kind}/{quote(token, safe='')}{ending}").status == 404
