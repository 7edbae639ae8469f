"""A request from the list to its receipt in Chromium, with axe."""

import pytest

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.jobs import run_waiting
from mailexpert.core.scope import account
from mailexpert.privacy.models import Case
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, True)])
def test_a_person_is_erased_and_the_receipt_stays(
    page_as: PageAs, shop: Tenant, width: int, dark: bool
) -> None:
    with account(shop.id):
        make_contact(into=make_list(), first_name="Anna", last_name="Smit")
    page = page_as(shop, width=width, dark=dark)
    page.goto("/contacten/verzoeken/")
    assert_accessible(page)
    page.click("main .btn-primary")
    page.fill("[name=email]", "anna@voorbeeld.example")
    page.check("[value=erasure]")
    assert_accessible(page)
    page.focus(".me-form .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#h-next")
    assert_accessible(page)
    page.focus("[popovertarget=confirm-erase]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#confirm-erase:popover-open")
    page.focus("#confirm-erase .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#h-receipt")
    run_waiting()
    page.reload()
    page.wait_for_selector("#h-receipt + *, .me-rows")
    assert_accessible(page)
    page.goto("/contacten/verzoeken/")
    assert_accessible(page)
    page.goto("/contacten/inactief/")
    assert_accessible(page)
    with account(shop.id):
        assert not Contact.objects.exists()
        assert Case.objects.get().state == "done"
