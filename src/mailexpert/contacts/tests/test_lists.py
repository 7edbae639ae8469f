"""Lists and fields of an account."""

import pytest
from django.test import Client

from mailexpert.conftest import Tenant
from mailexpert.contacts import actions
from mailexpert.contacts.models import Field, List
from mailexpert.contacts.tests.cast import make_list
from mailexpert.core.scope import account


def test_a_list_is_made_with_a_purpose(shop_client: Client, shop: Tenant) -> None:
    shop_client.post("/contacten/lijsten/", {"name": "Nieuwsbrief", "purpose": "newsletter"})
    with account(shop.id):
        assert List.objects.get().purpose == "newsletter"
    assert b"Nieuwsbrief" in shop_client.get("/contacten/lijsten/").content


def test_two_lists_in_use_never_have_one_name(shop_client: Client, shop: Tenant) -> None:
    with account(shop.id):
        kept = make_list("Acties")
        make_list("Nieuwsbrief")
    page = shop_client.post("/contacten/lijsten/", {"name": "nieuwsbrief", "purpose": "offers"})
    assert b"me-error-summary" in page.content
    assert (
        b"me-error-summary"
        in shop_client.post(f"/contacten/lijsten/{kept.id}/", {"name": "Nieuwsbrief"}).content
    )


def test_a_list_is_renamed_put_away_and_taken_back(shop_client: Client, shop: Tenant) -> None:
    with account(shop.id):
        kept = make_list()
    shop_client.post(f"/contacten/lijsten/{kept.id}/", {"name": "Weekbrief"})
    shop_client.post(f"/contacten/lijsten/{kept.id}/wegzetten/")
    with account(shop.id):
        away = List.objects.get()
        assert (away.name, away.archived_at is None) == ("Weekbrief", False)
        make_list("Weekbrief")
    shop_client.post(f"/contacten/lijsten/{kept.id}/terugzetten/")
    with account(shop.id):
        assert List.objects.get(id=kept.id).archived_at is not None
        List.objects.exclude(id=kept.id).delete()
    shop_client.post(f"/contacten/lijsten/{kept.id}/terugzetten/")
    with account(shop.id):
        assert List.objects.get(id=kept.id).archived_at is None


def test_a_field_gets_a_name_for_mails_and_keeps_it(shop_client: Client, shop: Tenant) -> None:
    shop_client.post("/contacten/velden/", {"label": "Geboren op", "kind": "date"})
    with account(shop.id):
        made = Field.objects.get()
    assert (made.name, made.kind, made.slot) == ("geboren_op", "date", "d1")
    shop_client.post(f"/contacten/velden/{made.id}/", {"label": "Verjaardag"})
    with account(shop.id):
        changed = Field.objects.get()
    assert (changed.name, changed.label) == ("geboren_op", "Verjaardag")


@pytest.mark.parametrize("label", ["BSN", "Burgerservicenummer", "bsn (kopie)"])
def test_there_is_no_field_for_a_citizen_service_number(
    shop_client: Client, shop: Tenant, label: str
) -> None:
    page = shop_client.post("/contacten/velden/", {"label": label, "kind": "text"}).content.decode()
    assert "alleen bewaren als de wet" in page
    with account(shop.id):
        assert not Field.objects.exists()


@pytest.mark.parametrize("label", ["", "***", "Voornaam", "geboren OP"])
def test_a_field_without_a_name_of_its_own_is_refused(shop_client: Client, shop: Tenant, label: str) -> None:
    with account(shop.id):
        actions.make_field("geboren_op", "Geboren op", "date")
    given = {"label": "first name" if label == "Voornaam" else label, "kind": "text"}
    assert b"me-error-summary" in shop_client.post("/contacten/velden/", given).content


def test_there_is_room_for_ten_dates(shop_client: Client, shop: Tenant) -> None:
    with account(shop.id):
        for n in range(10):
            actions.make_field(f"d{n}", f"Dag {n}", "date")
    assert (
        b"me-error-summary"
        in shop_client.post("/contacten/velden/", {"label": "Nog een", "kind": "date"}).content
    )


@pytest.mark.parametrize(
    "path", ["lijsten/{list}/", "lijsten/{list}/wegzetten/", "lijsten/{list}/terugzetten/", "velden/{field}/"]
)
def test_a_stranger_reaches_no_list_and_no_field(
    stranger_client: Client, shop: Tenant, stranger: Tenant, path: str
) -> None:
    with account(shop.id):
        ours = {"list": make_list().id, "field": actions.make_field("x", "X", "text").id}
    answer = stranger_client.post("/contacten/" + path.format(**ours), {"name": "Mijn", "label": "Mijn"})
    assert answer.status_code == 404
    with account(shop.id):
        assert List.objects.get().name == "Nieuwsbrief"
        assert Field.objects.get().label == "X"
