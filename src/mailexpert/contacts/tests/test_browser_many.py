"""The bar for many at once, a dry run and an undo, in Chromium."""

from pathlib import Path

import pytest

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact, Tagging
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.jobs import run_waiting
from mailexpert.core.scope import account
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, True)])
def test_many_are_labelled_at_once_and_it_is_undone(
    page_as: PageAs, shop: Tenant, width: int, dark: bool
) -> None:
    with account(shop.id):
        into = make_list()
        for name in ("Anna", "Bart", "Chris"):
            make_contact(f"{name.lower()}@voorbeeld.example", into, first_name=name)
    page = page_as(shop, width=width, dark=dark)
    page.goto("/contacten/")
    assert_accessible(page)
    page.check("[aria-label=Anna]")
    page.check("[aria-label=Bart]")
    assert "2" in page.inner_text("[data-chosen-count]")
    page.fill("#bulk [name=tag]", "Open dag")
    page.click("#bulk [value=tag]")
    page.wait_for_selector(".me-done")
    assert_accessible(page)
    with account(shop.id):
        assert Tagging.objects.count() == 2
    page.click(".me-done button")
    page.wait_for_selector(".me-done", state="detached")
    with account(shop.id):
        assert not Tagging.objects.exists()
    page.click("text=Anna")
    page.wait_for_selector("#proof")
    assert_accessible(page)


def test_an_import_is_tried_then_done_then_undone(page_as: PageAs, shop: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "leden.csv"
    file.write_text("E-mailadres;Voornaam\nanna@voorbeeld.example;Anna\njan@@x;Jan\n")
    page = page_as(shop)
    page.goto("/contacten/inlezen/")
    page.set_input_files("[name=file]", str(file))
    page.click("main .btn-primary")
    page.click("[value=try]")
    page.wait_for_selector("[role=progressbar]")
    run_waiting()
    page.goto(page.url)
    page.wait_for_selector("#h-tried")
    assert_accessible(page)
    page.fill("[name=new_name]", "Leden")
    page.check("[value=consent]")
    page.fill("[name=evidence]", "Formulier van de open dag.")
    page.check("[name=attested]")
    page.click(".me-import-form .btn-primary")
    page.wait_for_selector("[role=progressbar]")
    run_waiting()
    page.wait_for_selector("text=jan@@x")
    assert_accessible(page)
    page.click("text=Deze import ongedaan maken")
    page.locator("dialog [type=submit], [popover] [type=submit], .me-dialog [type=submit]").last.click()
    page.wait_for_selector("text=Ongedaan gemaakt")
    with account(shop.id):
        assert not Contact.objects.exists()
