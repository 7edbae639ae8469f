"""Sign-up forms in Chromium, with axe: the code on another site, and a form while it is written. Signing up by
keyboard is in test_browser_keyboard.py."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mailexpert.conftest import Tenant
from mailexpert.contacts.embed import code_of
from mailexpert.contacts.models import Signup
from mailexpert.contacts.tests.cast import make_list
from mailexpert.contacts.tests.test_signup import make_form
from mailexpert.core.scope import account
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EMAIL = "fatima@postvak.example"


def test_the_code_works_on_another_site(page_as: PageAs, shop: Tenant, live_server: Any) -> None:
    with account(shop.id):
        form = make_form(make_list())
        code = re.sub(r"https?://localhost:\d+", live_server.url, code_of(form))
    with _site(code) as url:
        _signs_up_there(page_as(None), url)
    with account(shop.id):
        kept = Signup.objects.get()
        assert (kept.email, kept.via, kept.origin + "/") == (EMAIL, "embed", url)


def _signs_up_there(page: Any, url: str) -> None:
    page.goto(url)
    page.fill("[name=email]", EMAIL)
    page.press("[name=email]", "Enter")
    page.wait_for_function(
        "document.querySelector('[data-signup-said]')?.textContent || location.pathname != '/'"
    )
    assert page.url == url


@contextmanager
def _site(code: str) -> Iterator[str]:
    """The account's own site, which has nothing of ours but the code."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>x</title>{code}".encode())

        def log_message(self, *_said: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_an_account_makes_a_form_and_sees_it_while_writing(page_as: PageAs, shop: Tenant) -> None:
    with account(shop.id):
        make_list()
    page = page_as(shop, width=375)
    page.goto("/formulieren/")
    assert_accessible(page)
    page.click("text=Maak een formulier")
    page.fill("[name=name]", "Voorpagina")
    page.check("[name=lists]")
    page.fill("[name=intro]", "Een brief over de tuin.")
    page.fill("[name=privacy_url]", "https://winkel.example/privacy")
    page.fill("[name=privacy_version]", "mei 2026")
    page.check("[name=first_name-ask]")
    page.fill("[name=title]", "Elke maand iets moois")
    page.wait_for_selector("#preview >> text=Elke maand iets moois")
    page.wait_for_selector("#preview >> text=(mei 2026)")
    page.faults.clear()  # type: ignore[attr-defined]  # htmx tells of requests that a newer one replaced
    assert_accessible(page)
    page.click("text=Formulier opslaan")
    page.wait_for_selector(".me-error-summary")
    page.fill("[name=first_name-why]", "Voor de aanhef")
    page.click("text=Formulier opslaan")
    page.click("text=Aanzetten")
    page.wait_for_selector("text=Het formulier staat aan.")
    assert_accessible(page)
