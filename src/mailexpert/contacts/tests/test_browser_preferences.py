"""The preference centre in Chromium, by keyboard alone, with axe, and without a cookie."""

import pytest

from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Membership, Preference
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.scope import account
from mailexpert.mail import links
from mailexpert.sending.models import Issue
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "dark"), [(1440, True), (375, False)])
def test_a_reader_sets_everything_by_keyboard(page_as: PageAs, shop: Tenant, width: int, dark: bool) -> None:
    with account(shop.id):
        into, offers = make_list(), make_list("Acties", "offers")
        anna = make_contact(into=into, language="nl")
        Membership.objects.create(list_id=offers.id, contact_id=anna.id, ground="consent")
        issue = Issue.objects.create(subject="Hoi", sender_address="a@b.example", list_ids=[into.id])
    page = page_as(None, width=width, dark=dark)
    page.goto(f"/voorkeuren/{links.stop_token(keys.derive('links'), issue.id, anna.id)}")
    assert_accessible(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first list is left
    for _n in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # a pause of a month
    page.focus("form .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]")
    assert_accessible(page)
    with account(shop.id):
        assert Membership.objects.filter(ended_at=None).count() == 1
        assert Preference.objects.get().paused_until is not None
    page.click("a[href$='/gegevens']")
    page.wait_for_selector("#h-why")
    assert_accessible(page)
    assert page.context.cookies() == []
