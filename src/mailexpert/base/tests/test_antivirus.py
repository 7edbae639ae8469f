"""Scanning with a clamd that does as it is told."""

import dataclasses
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mailexpert.base import antivirus
from mailexpert.base.antivirus import Infected, ScannerDown, ScannerMissing
from mailexpert.base.env import Environment, read

Clamd = Callable[[bytes], str]


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    """A scanner that takes one stream, keeps it, and gives the answer it was told to."""
    serving: list[threading.Thread] = []

    def listen(answer: bytes) -> str:
        door = socket.create_server(("127.0.0.1", 0))
        serving.append(threading.Thread(target=serve, args=(door, answer), daemon=True))
        serving[-1].start()
        return f"127.0.0.1:{door.getsockname()[1]}"

    def serve(door: socket.socket, answer: bytes) -> None:
        line, _peer = door.accept()
        with door, line, suppress(ConnectionError):  # who asked may be gone before the answer
            line.settimeout(5)
            got = b""
            while answer.startswith(b"stream") and not got.endswith(b"\0\0\0\0"):
                more = line.recv(65536)
                if not more:
                    return
                got += more
            if b"EICAR" in got:
                answer = b"stream: Win.Test.EICAR_HDB-1 FOUND\0"
            line.sendall(answer)

    yield listen
    for thread in serving:
        thread.join(10)
        assert not thread.is_alive()


def env(clamav: str | None = None, relay: str | None = None) -> Environment:
    return dataclasses.replace(read({}), clamav=clamav, relay_url=relay)


@pytest.fixture(autouse=True)
def no_debian_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(antivirus, "DEBIAN_SOCKET", tmp_path / "none")


def test_a_clean_file_is_scanned(clamd: Clamd) -> None:
    assert antivirus.scan([b"email\n", b"x" * 600_000], env(clamd(b"stream: OK\0"))).scanned


def test_a_virus_is_named(clamd: Clamd) -> None:
    with pytest.raises(Infected, match="EICAR"):
        antivirus.scan([b"EICAR"], env(clamd(b"stream: OK\0")))


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"\0", b"OK?\0"])
def test_a_scanner_that_gives_no_verdict_refuses(clamd: Clamd, answer: bytes) -> None:
    with pytest.raises(ScannerDown):
        antivirus.scan([b"x" * 3_000_000], env(clamd(answer)))


def test_a_file_that_the_scanner_doesn_t_look_through_is_called_too_large(clamd: Clamd) -> None:
    with pytest.raises(antivirus.TooLargeToScan):
        antivirus.scan([b"x" * 3_000_000], env(clamd(b"INSTREAM size limit exceeded. ERROR\0")))


def test_a_file_may_not_keep_the_scanner_for_ever(clamd: Clamd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(antivirus, "LONGEST", -1.0)
    with pytest.raises(ScannerDown, match="no verdict"):
        antivirus.scan([b"x"], env(clamd(b"stream: OK\0")))


@pytest.mark.parametrize("where", ["127.0.0.1:1", "/nowhere/clamd.ctl", "no port"])
def test_a_configured_scanner_that_is_away_refuses(where: str) -> None:
    with pytest.raises(ScannerDown):
        antivirus.scan([b"x"], env(where))


def test_without_a_scanner_files_are_taken_only_while_mail_stays_here() -> None:
    assert antivirus.scan([b"x"], env()).scanned is False
    assert antivirus.scan([b"x"], env(relay="smtp://127.0.0.1:25")).scanned is False
    with pytest.raises(ScannerMissing):
        antivirus.scan([b"x"], env(relay="smtp://relay.example:25"))
