"""Every page of the console opens for staff, in both languages, and for nobody else."""

import pytest
from django.test import Client

from mailexpert.conftest import Tenant
from mailexpert.site.tests.cast import log_in, make_operator, staff

pytestmark = pytest.mark.django_db
PAGES = (
    "", "verklaring/", "beleid/", "nieuws/", "accounts/", "medewerkers/", "verstrekkingen/", "pakketten/",
    "berichten/", "berichten/nieuw/service/", "berichten/nieuw/updates/", "bezoek/", "advertenties/", "diagnose/",
    "aanbevelingen/", "cijfers/", "beloften/", "vragen/", "verwerkers/",
)  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_opens_for_staff(shop: Tenant, language: str) -> None:
    make_operator()
    user = staff("anna")
    user.language = language
    user.save(update_fields=["language"])
    anna = log_in(user)
    for page in (*PAGES, f"accounts/{shop.id}/"):
        answer = anna.get(f"/beheer/{page}")
        assert answer.status_code == 200, page
        assert f'<html lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_there_is_no_such_page_for_customers(shop_client: Client, page: str) -> None:
    assert shop_client.get(f"/beheer/{page}").status_code == 404
