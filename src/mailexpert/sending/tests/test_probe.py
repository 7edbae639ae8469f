"""A trial of a relay against scripted servers on this machine."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailexpert.sending.probe import Host, Probe, Result, probe, talk

EHLO = b"250-sink.example\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n"
HELLO = b"250 sink.example\r\n"


@contextmanager
def a_server(*answers: bytes) -> Iterator[int]:
    """Says the first answer on connecting and one more for each line it hears; then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _peer = listener.accept()
        with line, line.makefile("rb") as heard:
            for answer in answers:
                line.sendall(answer)
                if not heard.readline():
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join(5)


def tried(*answers: bytes, security: str = "none", username: str = "") -> Probe:
    with a_server(*answers) as port:
        host = Host(
            name="localhost", port=port, security=security, verify=True, username=username, password="p"
        )
        return talk(host, "127.0.0.1")


def test_a_server_that_greets_is_ready_and_says_what_it_can() -> None:
    found = tried(b"220 hi\r\n", EHLO)
    assert (found.result, found.pipelining, found.smtputf8) == (Result.READY, True, False)


@pytest.mark.parametrize(
    ("answers", "security", "result", "words"),
    [
        ((b"554 5.7.1 go away\r\n",), "none", Result.REFUSED, "554 5.7.1 go away"),
        ((b"421 4.3.2 busy\r\n",), "none", Result.REFUSED, "421 4.3.2 busy"),
        ((b"220 hi\r\n", b"550 no\r\n"), "none", Result.REFUSED, "550 no"),
        ((b"SSH-2.0-OpenSSH\r\n",), "none", Result.REFUSED, "no reply code"),
        ((b"220 hi\r\n", HELLO), "starttls", Result.TLS, "it doesn't offer STARTTLS"),
        ((b"220 hi\r\n", b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\nnonsense"), "starttls", Result.TLS, None),
        ((b"",), "none", Result.UNREACHABLE, None),
    ],
)
def test_what_goes_wrong_is_told_apart(
    answers: tuple[bytes, ...], security: str, result: Result, words: str | None
) -> None:
    found = tried(*answers, security=security)
    assert found.result is result
    assert words is None or found.words == words


def test_a_login_is_never_sent_in_the_clear() -> None:
    assert tried(b"220 hi\r\n", EHLO, b"235 in\r\n", username="winkel").result is Result.TLS


def test_nobody_at_the_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    host = Host(name="localhost", port=port, security="none", verify=True)
    assert talk(host, "127.0.0.1").result is Result.UNREACHABLE


@pytest.mark.parametrize(
    ("addresses", "result"),
    [(["127.0.0.1"], Result.INSIDE), (["9.9.9.9", "10.0.0.1"], Result.INSIDE), ([], Result.UNKNOWN)],
)
def test_a_host_inside_is_not_even_tried(addresses: list[str], result: Result) -> None:
    host = Host(name="relay.example", port=25, security="none", verify=True)
    assert probe(host, lambda name, port: addresses).result is result
