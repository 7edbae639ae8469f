"""The intake as it runs: a process of its own against the test database."""

import hashlib
from collections.abc import Iterator

import pytest

from mailexpert.conftest import Tenant
from mailexpert.intake.tests.running import SECRET, Running, comes_true, make_issue
from mailexpert.sending.models import Issue
from mailexpert.tests.ports import free_ports


@pytest.fixture(scope="module")
def intake_process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One for all tests of a file: starting takes a second."""
    port = free_ports(1)[0]
    home = tmp_path_factory.mktemp("intake")
    running = Running(home, "mailexpert.intake", port, {"MAILEXPERT_TRACK_PORT": str(port)})
    yield running
    if running.is_alive:
        running.end()


@pytest.fixture
def intake(transactional_db: None, intake_process: Running) -> Iterator[Running]:
    if not intake_process.is_alive:
        intake_process.start()
    yield intake_process
    # The tables are emptied next; the collector must not be at work in them.
    hits = intake_process.home / "intake" / "hits"
    comes_true(lambda: not any(hits.glob("*.open")) and not any(hits.glob("*.done")), seconds=3)


@pytest.fixture
def key() -> bytes:
    """The key that the process under test derives from its secret."""
    return hashlib.blake2b(b"links", key=hashlib.sha512(SECRET.encode()).digest(), digest_size=32).digest()


@pytest.fixture
def issue(shop: Tenant) -> Issue:
    return make_issue(shop)
