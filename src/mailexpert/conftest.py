"""The cast of every story: a shop with its owner, and a stranger's account beside it."""

import gc
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, TransactionTestCase, override_settings
from hypothesis import HealthCheck, settings

from mailexpert.accounts.models import Account, Membership, User
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy.tests.clock import clock  # noqa: F401
from mailexpert.tests.emptying import empty_tables
from mailexpert.web.tests.browser import chromium, page_as  # noqa: F401

# Many cases on a busy machine: a slow one is no failure.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# In every file with a test that drives Chromium stands at least one of these words.
BROWSER_WORDS = re.compile(r"browser|chromium|page_as")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A run of `-m browser` has no need to load the five in six files that drive none."""
    if config.option.markexpr != "browser" or not collection_path.match("test_*.py"):
        return None
    return None if BROWSER_WORDS.search(collection_path.read_text("utf-8")) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whoever drives Chromium is marked so, by what they ask for."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    if config.option.second_major:
        left_out = [item for item in items if not _may_differ_by_major(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _may_differ_by_major(item)]


def _may_differ_by_major(item: pytest.Item) -> bool:
    """Whoever doesn't ask for the database is refused it, or has a server of their own. A page that is drawn in
    Chromium asks what its view's own tests ask; the stories of the whole product are told on each major."""
    asked = set(getattr(item, "fixturenames", ()))
    if asked & {"stack", "relayed"}:
        return True
    uses_it = item.get_closest_marker("django_db") is not None or asked & {"db", "transactional_db"}
    return bool(uses_it) and "chromium" not in asked


def pytest_collection_finish(session: pytest.Session) -> None:
    for item in session.items:
        if item.get_closest_marker("browser"):
            assert BROWSER_WORDS.search(item.path.read_text("utf-8")), f"{item.path} would be left out"
    # What was loaded stays until the end; looking through it for garbage again and again takes a while.
    gc.collect()
    gc.freeze()


PASSWORD = "koffie-met-een-koekje"


@dataclass(frozen=True)
class Tenant:
    account: Account
    owner: User

    @property
    def id(self) -> int:
        return self.account.id


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2 is slow on purpose; hundreds of tests have no use for that."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty_tables())
        yield


def make_tenant(slug: str, name: str) -> Tenant:
    with beside_wall(Beside.TESTS):
        made = Account.objects.create(slug=slug, name=name, postal_address="Molenpad 12, 1234 AB Lindewoud")
        owner = User.objects.create_user(f"owner@{slug}.example", PASSWORD, full_name=f"Eigenaar {name}")
        Membership.objects.create(account_id=made.id, user=owner, role=Membership.Role.OWNER)
    return Tenant(made, owner)


@pytest.fixture
def shop(db: None) -> Tenant:
    return make_tenant("winkel", "Winkel de Vries")


@pytest.fixture
def stranger(db: None) -> Tenant:
    return make_tenant("vreemd", "Vreemde BV")


@pytest.fixture
def in_shop(shop: Tenant) -> Iterator[Tenant]:
    """The whole test runs inside the shop's account."""
    with account(shop.id):
        yield shop


def log_in(tenant: Tenant) -> Client:
    client = Client()
    client.force_login(tenant.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def shop_client(shop: Tenant) -> Client:
    return log_in(shop)


@pytest.fixture
def stranger_client(stranger: Tenant) -> Client:
    return log_in(stranger)


@pytest.fixture
def run_jobs(db: None) -> Callable[[], int]:
    from mailexpert.core.jobs import run_waiting

    return run_waiting


STORIES = "src/mailexpert/tests/"  # they share one start of the product


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """In a parallel run one worker tells all the stories, and begins with them; the rest is for whoever is free.
    (xdist's own `loadgroup` does nothing under pytest 9.2, which no longer lets it mark a test's id.)"""
    from xdist.scheduler import LoadScopeScheduling

    class StoriesTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return STORIES if nodeid.startswith(STORIES) else nodeid

    return StoriesTogether(config, log)
