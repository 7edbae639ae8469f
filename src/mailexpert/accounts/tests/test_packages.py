"""Packages: unlimited at first, changed at once, down with a plain account of what no longer fits."""

import pytest
from django.test import Client

from mailexpert.accounts.actions_package import room_for
from mailexpert.accounts.models import Account, Package
from mailexpert.accounts.rules_package import Fit
from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.core.scope import account

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("used", "limit", "level", "fits"),
    [
        (5, None, "free", True),
        (7, 10, "free", True),
        (8, 10, "near", True),
        (10, 10, "reached", True),
        (11, 10, "reached", False),
    ],
)
def test_a_measure_against_its_limit(used: int, limit: int | None, level: str, fits: bool) -> None:
    found = Fit(key="contacts", used=used, limit=limit)
    assert (found.level, found.fits) == (level, fits)


def test_without_a_default_package_everything_is_unlimited(shop_client: Client, shop: Tenant) -> None:
    assert "Onbeperkt" in shop_client.get("/instellingen/pakket/").content.decode()
    with account(shop.id):
        assert room_for("contacts", 10**9)


def test_a_step_down_counts_at_once_and_says_what_no_longer_fits(shop_client: Client, shop: Tenant) -> None:
    small = Package.objects.create(name="Klein", contacts=1)
    with account(shop.id):
        for name in ("a", "b", "c"):
            Contact.objects.create(email=f"{name}@voorbeeld.nl")
    page = shop_client.post(
        "/instellingen/pakket/kiezen/", {"package": small.id}, follow=True
    ).content.decode()
    assert "Contacten: 2 meer dan in dit pakket past" in page
    with account(shop.id):
        assert Account.objects.get().package == small
        assert Contact.objects.count() == 3
        assert not room_for("contacts", 1)


@pytest.mark.parametrize("wanted", ["999999", "x", ""])
def test_only_what_is_offered_can_be_chosen(shop_client: Client, wanted: str) -> None:
    Package.objects.create(name="Oud", is_offered=False)
    assert shop_client.post("/instellingen/pakket/kiezen/", {"package": wanted}).status_code == 404
