"""Error pages speak the reader's language and say what to do."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

CODES = ["400", "403", "403_csrf", "404", "500"]


@pytest.mark.parametrize("code", CODES)
def test_an_error_page_needs_no_context_at_all(code: str) -> None:
    with translation.override("nl"):
        page = render_to_string(f"{code}.html")
    assert '<html lang="nl"' in page
    assert "Naar de startpagina" in page


@pytest.mark.parametrize("code", CODES)
def test_an_error_page_says_more_than_its_code(code: str) -> None:
    with translation.override("en"):
        page = render_to_string(f"{code}.html")
    assert code[:3] not in page.split("<main")[1]


@pytest.mark.django_db
def test_an_unknown_address_gets_the_page_in_the_chosen_language(client: Client) -> None:
    client.cookies["mailexpert_language"] = "en"
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "This page doesn’t exist" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_that_was_open_for_too_long_is_refused_with_a_way_on() -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("account_logout"))
    assert answer.status_code == 403
    assert "Deze pagina stond te lang open" in answer.content.decode()
