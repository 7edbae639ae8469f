"""Packages: unlimited at first, changed at once, down with a plain account of what no longer fits."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from mailexpert.accounts import words
from mailexpert.accounts.actions import OPERATOR, make_account
from mailexpert.accounts.actions_package import package_of, room_for
from mailexpert.accounts.jobs import watch_limits
from mailexpert.accounts.models import Account, Package, Word
from mailexpert.accounts.rules_package import Fit
from mailexpert.conftest import Tenant
from mailexpert.contacts.actions_import import Order, start_import
from mailexpert.contacts.models import Contact, Import, List
from mailexpert.core import usage
from mailexpert.core.scope import account
from mailexpert.sending.models_domains import SenderDomain

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


@pytest.fixture
def full(shop: Tenant) -> Tenant:
    """Two contacts in a package for two, one site in a package for one."""
    Package.objects.create(name="Klein", contacts=2, sites=1, is_default=True)
    with account(shop.id):
        for name in ("a", "b"):
            Contact.objects.create(email=f"{name}@voorbeeld.nl")
        SenderDomain.objects.create(name="winkel.example", token="x")
        List.objects.create(name="Nieuwsbrief", purpose="newsletter")
    return shop


def test_nothing_is_added_to_what_is_full(full: Tenant, shop_client: Client) -> None:
    page = shop_client.post("/contacten/nieuw/", {"email": "c@voorbeeld.nl", "on_list": "no"})
    assert "geen contacten meer" in page.content.decode()
    page = shop_client.post(reverse("sending:domain-claim"), {"name": "tweede.example"})
    assert "geen sites meer" in page.content.decode()
    with account(full.id):
        assert (Contact.objects.count(), SenderDomain.objects.count()) == (2, 1)


def test_an_import_that_does_not_fit_keeps_nothing(full: Tenant, run_jobs: Callable[[], int]) -> None:
    def bring(text: str) -> Import:
        file = io.BytesIO(text.encode())
        order = Order(file_name="x.csv", list_id=List.objects.get().id, ground="consent")
        made = start_import(file, order)
        run_jobs()
        return Import.objects.get(id=made.id)

    with account(full.id):
        refused = bring("email,first_name\na@voorbeeld.nl,An\nc@voorbeeld.nl,Cor\n")
        assert (refused.state, refused.reason) == ("failed", "package")
        assert set(Contact.objects.values_list("email", "first_name")) == {
            ("a@voorbeeld.nl", ""), ("b@voorbeeld.nl", ""),
        }  # fmt: skip
        known = bring("email,first_name\na@voorbeeld.nl,An\n")
        assert (known.state, known.updated) == ("done", 1)


def test_the_operators_own_account_has_no_limits(full: Tenant) -> None:
    assert package_of(make_account(name="MailExpert", slug=OPERATOR, postal_address="Kade 1")) is None


def test_a_limit_is_told_in_the_words_of_who_reads(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    Package.objects.create(name="Klein", storage=5_000_000, is_default=True)
    images = next(one for one in usage.measures() if one.key == "images")
    monkeypatch.setitem(usage._measures, "images", replace(images, count=lambda: 4_500_000))
    watch_limits.run()
    with account(shop.id):
        told = Word.objects.get()
    with translation.override("nl"):
        assert words.said(told.kind, told.values).title == "Afbeeldingen: 4,5\xa0MB van 5,0\xa0MB in gebruik"
    with translation.override("en"):
        assert words.said(told.kind, told.values).title == "Images: 4.5\xa0MB of 5.0\xa0MB used"


def test_a_limit_that_is_reached_again_is_told_again(full: Tenant) -> None:
    def told() -> list[str]:
        watch_limits.run()
        with account(full.id):
            return sorted(Word.objects.values_list("key", flat=True))

    assert told() == ["limit_reached:contacts", "limit_reached:sites"]
    Package.objects.update(contacts=None, sites=None)
    assert told() == []
    Package.objects.update(contacts=2, sites=None)
    assert told() == ["limit_reached:contacts"]
