"""The intake as it runs: a process of its own against the test database."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailexpert.conftest import Tenant
from mailexpert.intake.tests.running import SECRET, Running, free_port, make_issue
from mailexpert.sending.models import Issue


@pytest.fixture
def intake(transactional_db: None, tmp_path: Path) -> Iterator[Running]:
    port = free_port()
    running = Running(tmp_path, "mailexpert.intake", port, {"MAILEXPERT_TRACK_PORT": str(port)})
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.end()


@pytest.fixture
def key() -> bytes:
    """The key that the process under test derives from its secret."""
    return hashlib.blake2b(b"links", key=hashlib.sha512(SECRET.encode()).digest(), digest_size=32).digest()


@pytest.fixture
def issue(shop: Tenant) -> Issue:
    return make_issue(shop)
