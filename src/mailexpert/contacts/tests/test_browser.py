"""The pages of this room in Chromium, with axe."""

from pathlib import Path
from typing import Any

import pytest

from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Import
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.jobs import run_waiting
from mailexpert.core.scope import account
from mailexpert.mail import links
from mailexpert.sending.models import Issue
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, True)])
def test_a_search_answers_while_typing(page_as: PageAs, shop: Tenant, width: int, dark: bool) -> None:
    with account(shop.id):
        into = make_list()
        make_contact("anna@voorbeeld.example", into, first_name="Anna", last_name="van der Berg")
        make_contact("bart@voorbeeld.example", into, first_name="Bart", last_name="Smit")
    page = page_as(shop, width=width, dark=dark)
    page.goto("/contacten/")
    assert_accessible(page)
    page.fill("#search", "berg")
    page.wait_for_selector("text=bart@voorbeeld.example", state="detached")
    assert "q=berg" in page.url
    page.click("text=Anna van der Berg")
    page.wait_for_selector("#proof")
    assert_accessible(page)


@pytest.mark.parametrize("width", [1440, 375])
def test_a_file_is_brought_in(page_as: PageAs, shop: Tenant, tmp_path: Path, width: int) -> None:
    file = tmp_path / "leden.csv"
    file.write_text("E-mailadres;Voornaam;Plaats\nanna@voorbeeld.example;Anna;Ede\njan@@x;Jan;Ede\n")
    page = page_as(shop, width=width)
    page.goto("/contacten/inlezen/")
    assert_accessible(page)
    page.set_input_files("[name=file]", str(file))
    page.click("main .btn-primary")
    page.wait_for_selector(".me-mapping")
    assert_accessible(page)
    page.fill("[name=new_name]", "Leden")
    page.check("[value=consent]")
    page.fill("[name=evidence]", "Formulier van de open dag, mei 2026.")
    page.check("[name=attested]")
    page.click(".me-import-form .btn-primary")
    page.wait_for_selector("[role=progressbar]")
    assert_accessible(page)
    run_waiting()
    page.wait_for_selector("text=jan@@x")
    assert_accessible(page)
    with account(shop.id):
        assert Import.objects.get().added == 1


def test_a_reader_stops_and_comes_back_without_a_cookie(page_as: PageAs, shop: Tenant) -> None:
    with account(shop.id):
        into = make_list()
        anna = make_contact(into=into)
        issue: Any = Issue.objects.create(subject="Hoi", sender_address="a@b.example", list_ids=[into.id])
    page = page_as(None, width=375)
    page.goto(f"/uitschrijven/{links.stop_token(keys.derive('links'), issue.id, anna.id)}")
    assert_accessible(page)
    page.click("[value=stop]")
    page.wait_for_selector("[value=resume]")
    assert_accessible(page)
    page.click("[value=resume]")
    page.wait_for_selector("[value=stop]")
    assert page.context.cookies() == []
