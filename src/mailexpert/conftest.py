"""The cast of every story: a shop with its owner, and a stranger's account beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client, override_settings

from mailexpert.accounts.models import Account, Membership, User
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy.tests.clock import clock  # noqa: F401
from mailexpert.web.tests.browser import chromium, page_as  # noqa: F401


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever drives Chromium is marked so, by what they ask for."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


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
