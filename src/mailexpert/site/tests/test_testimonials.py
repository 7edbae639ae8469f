"""Words of customers: with their consent, and gone when it is."""

import pytest
from django.test import Client

from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.site import models_public as public
from mailexpert.site.tests.cast import log_in, make_operator, staff

pytestmark = pytest.mark.django_db
GIVEN = {"words": "Eindelijk weten we waarom.", "signed_as": "Winkel de Vries", "agrees": "on"}


def page() -> str:
    return Client().get("/aanbevelingen/").content.decode()


def test_it_is_public_after_consent_and_a_reader_and_gone_after_withdrawal(
    shop: Tenant, shop_client: Client
) -> None:
    make_operator()
    anna = log_in(staff("anna"))
    shop_client.post("/instellingen/aanbeveling/", GIVEN)
    with account(shop.id):
        made = public.Testimonial.objects.get()
    assert GIVEN["words"] not in page()
    anna.post(f"/beheer/aanbevelingen/{made.id}/plaatsen/")
    assert GIVEN["words"] in page()
    shop_client.post(f"/instellingen/aanbeveling/{made.id}/terugnemen/")
    assert GIVEN["words"] not in page()
    anna.post(f"/beheer/aanbevelingen/{made.id}/plaatsen/")
    assert GIVEN["words"] not in page()


def test_without_consent_it_cannot_be_published(shop: Tenant, shop_client: Client) -> None:
    make_operator()
    shop_client.post("/instellingen/aanbeveling/", {**GIVEN, "agrees": ""})
    with account(shop.id):
        assert not public.Testimonial.objects.exists()
        made = public.Testimonial.objects.create(words_nl="x", signed_as="y")
    log_in(staff("anna")).post(f"/beheer/aanbevelingen/{made.id}/plaatsen/")
    with account(shop.id):
        assert public.Testimonial.objects.get().published_at is None


def test_a_stranger_cannot_take_it_back(shop: Tenant, stranger_client: Client) -> None:
    with account(shop.id):
        made = public.Testimonial.objects.create(words_nl="x", signed_as="y")
    assert stranger_client.post(f"/instellingen/aanbeveling/{made.id}/terugnemen/").status_code == 404
