"""Templates in a real browser: writing beside the mail, on every width, light and dark."""

from typing import Any

import pytest

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.content import actions, queries
from mailexpert.content.models import Template
from mailexpert.core.scope import account
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def write(page: Any, source: str) -> None:
    """Over what stands in the code field."""
    page.focus(".cm-content")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(source)


@pytest.fixture
def newsletter(shop: Tenant) -> Template:
    starter = queries.starter_of("newsletter", "nl")
    assert starter
    with account(shop.id):
        Contact.objects.create(email="fatima@voorbeeld.example", first_name="Fatima")
        return actions.make_from_starter(starter)


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_writing_a_template_is_accessible(
    page_as: PageAs, shop: Tenant, newsletter: Template, width: int, dark: bool
) -> None:
    page = page_as(shop, width=width, dark=dark)
    page.goto(f"/sjablonen/{newsletter.pk}/")
    page.wait_for_selector("[data-reader-frames] iframe:not(.is-coming)")
    assert_accessible(page)


@pytest.mark.parametrize("path", ["/sjablonen/", "/sjablonen/nieuw/"])
def test_choosing_a_template_is_accessible(page_as: PageAs, shop: Tenant, path: str) -> None:
    page = page_as(shop, width=375)
    page.goto(path)
    assert_accessible(page)


def test_the_reader_follows_what_is_written(page_as: PageAs, shop: Tenant, newsletter: Template) -> None:
    page = page_as(shop)
    page.goto(f"/sjablonen/{newsletter.pk}/")
    mail = page.frame_locator("[data-reader-frames] iframe:not(.is-coming)")
    mail.get_by_text("Dag lezer,").wait_for()
    page.click("[popovertarget=reader-who]")
    page.click("#reader-found button")
    mail.get_by_text("Dag Fatima,").wait_for()
    write(page, "<mjml>\n<mj-boddy>")
    page.click("[data-line='2']")
    assert page.evaluate("document.activeElement.className") == "cm-content"
    assert page.locator(".cm-lint-marker-error").count() == 2
    page.keyboard.press("F8")
    page.get_by_text("mj-boddy").first.wait_for()
    mail.get_by_text("Dag Fatima,").wait_for()
    assert page.faults == []


def test_a_mail_in_the_preview_runs_no_script(page_as: PageAs, shop: Tenant, newsletter: Template) -> None:
    page = page_as(shop)
    page.goto(f"/sjablonen/{newsletter.pk}/")
    # Liquid writes what the cleaner never saw; the frame's own policy stops it.
    source = "<mjml><mj-body><mj-raw>{{ '<script>parent.document.title = 1</script>hier' }}</mj-raw></mj-body></mjml>"
    write(page, source)
    page.frame_locator("[data-reader-frames] iframe:not(.is-coming)").get_by_text("hier").wait_for()
    assert page.title() != "1"


def test_a_field_is_put_where_one_writes(page_as: PageAs, shop: Tenant, newsletter: Template) -> None:
    page = page_as(shop)
    page.goto(f"/sjablonen/{newsletter.pk}/")
    page.fill("#id_subject", "Dag ")
    page.click("[popovertarget=insert-menu]")
    page.click("[data-insert*=first_name]")
    assert page.input_value("#id_subject") == 'Dag {{ contact.first_name | default: "lezer" }}'
    page.locator("#template-kept[data-state=kept]", has_text="Alles is bewaard").wait_for()
    with account(shop.id):
        newsletter.refresh_from_db()
    assert newsletter.subject.startswith("Dag {{")
    with page.expect_response("**/bewaren/"):
        page.fill("#id_name", "Van mij")
    with account(shop.id):
        newsletter.refresh_from_db()
    assert (newsletter.name, newsletter.version) == ("Van mij", 3)


def test_going_back_leaves_the_page_at_once(page_as: PageAs, shop: Tenant, newsletter: Template) -> None:
    page = page_as(shop)
    page.goto("/sjablonen/")
    page.click("th a")
    page.wait_for_selector("[data-reader-frames] iframe:not(.is-coming)")
    for view in ("dark", "pictures", "dark"):
        page.click(f"[data-toggle={view}]")
        page.wait_for_selector(".is-coming", state="detached")
    page.go_back()
    assert page.url.endswith("/sjablonen/")
