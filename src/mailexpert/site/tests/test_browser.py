"""Cookies and visits in Chromium: what a browser really stores, and whom it really asks."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from mailexpert.conftest import PASSWORD, Tenant
from mailexpert.site.models import Tags
from mailexpert.site.tests.cast import confirm, staff
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PUBLIC = (
    "/",
    "/privacy/",
    "/en/privacy/",
    "/nieuws/",
    "/cookies/",
    "/zoeken/",
    "/voorwaarden/",
    "/beloften/",
)
MAIN = ("/", "/contacten/", "/mailings/", "/sjablonen/", "/rapporten/", "/nieuws/", "/instellingen/")


def hosts_asked(page: Any) -> set[str]:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).hostname or ""))
    return asked


def test_before_a_choice_no_cookie_is_set_and_no_third_party_is_asked(page_as: PageAs) -> None:
    Tags.objects.create(google="G-TEST123", microsoft="123456")
    page = page_as()
    asked = hosts_asked(page)
    for path in PUBLIC:
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert page.context.cookies() == []
    assert asked <= {"localhost", "127.0.0.1"}
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_the_signal_of_a_browser_is_enough(page_as: PageAs) -> None:
    Tags.objects.create(google="G-TEST123", microsoft="123456")
    page = page_as()
    page.set_extra_http_headers({"Sec-GPC": "1"})
    asked = hosts_asked(page)
    for path in PUBLIC:
        page.goto(path)
        assert page.locator(".me-choice-banner").count() == 0
    assert page.context.cookies() == []
    assert asked <= {"localhost", "127.0.0.1"}


def test_refusing_is_as_easy_as_accepting_and_leaves_one_cookie(page_as: PageAs) -> None:
    page = page_as(width=375)
    page.goto("/privacy/")
    refuse, accept = (
        page.get_by_role("button", name=name).bounding_box() for name in ("Weigeren", "Toestaan")
    )
    assert refuse is not None
    assert accept is not None
    assert (refuse["width"], refuse["height"]) == pytest.approx((accept["width"], accept["height"]), abs=24)
    assert_accessible(page)
    page.get_by_role("button", name="Weigeren").click()
    assert page.url.endswith("/privacy/")
    assert [cookie["name"] for cookie in page.context.cookies()] == ["mailexpert_choice"]
    assert page.locator(".me-choice-banner").count() == 0


def test_after_consent_the_tags_are_asked_for(page_as: PageAs) -> None:
    Tags.objects.create(google="G-TEST123", microsoft="123456")
    page = page_as()
    page.route("**://*.googletagmanager.com/**", lambda route: route.fulfill(body=""))
    page.route("**://bat.bing.com/**", lambda route: route.fulfill(body=""))
    asked = hosts_asked(page)
    page.goto("/nieuws/")
    page.get_by_role("button", name="Toestaan").click()
    page.wait_for_load_state("networkidle")
    assert {"www.googletagmanager.com", "bat.bing.com"} <= asked
    assert page.faults == []  # type: ignore[attr-defined]


def test_the_main_pages_work_with_the_session_cookie_alone(page_as: PageAs, shop: Tenant) -> None:
    confirm(shop)
    page = page_as()
    page.goto("/inloggen/")
    page.get_by_label("E-mailadres").fill(shop.owner.email)
    page.get_by_role("textbox", name="Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    for path in MAIN:
        page.goto(path)
        assert page.locator("h1").count() == 1
    kept = {cookie["name"]: cookie["expires"] for cookie in page.context.cookies()}
    assert set(kept) <= {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    assert set(kept.values()) == {-1}


def test_a_page_tells_the_log_once_when_it_is_left(page_as: PageAs) -> None:
    page = page_as()
    told: list[Any] = []
    page.on("request", lambda request: told.append(request.post_data_json) if "/t/v" in request.url else None)
    page.route("**/t/v", lambda route: route.fulfill(status=204))
    page.goto("/zoeken/?q=cookies")
    page.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'hidden'})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(200)
    assert [(one["page"], one["width"], one["search"], one["visitor"]) for one in told] == [
        ("/zoeken/", 1440, "cookies", "")
    ]


def test_the_menu_of_the_console_folds_where_it_is_narrow(page_as: PageAs, shop: Tenant) -> None:
    anna = Tenant(shop.account, staff("anna"))
    page = page_as(anna, width=375)
    page.goto("/beheer/pakketten/")
    menu, button = page.get_by_role("navigation", name="Beheer"), page.get_by_role("button", name="Menu")
    assert not menu.is_visible()
    assert page.locator(".me-console-bar").bounding_box()["height"] < 120
    button.press("Enter")
    assert_accessible(page)
    menu.get_by_role("link", name="Bezoek").click()
    page.get_by_role("heading", name="Bezoek", exact=True).wait_for()

    wide = page_as(anna)
    wide.goto("/beheer/pakketten/")
    assert wide.get_by_role("navigation", name="Beheer").is_visible()
    assert not wide.get_by_role("button", name="Menu").is_visible()
