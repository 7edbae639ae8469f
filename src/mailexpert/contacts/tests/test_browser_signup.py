"""Signing up in Chromium, by keyboard alone, with axe."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core import mail

from mailexpert.conftest import Tenant
from mailexpert.contacts.embed import code_of
from mailexpert.contacts.models import Membership, Signup
from mailexpert.contacts.tests.cast import make_list
from mailexpert.contacts.tests.test_signup import make_form
from mailexpert.core.jobs import run_waiting
from mailexpert.core.scope import account
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EMAIL = "fatima@postvak.example"


def _mailed_link() -> str:
    run_waiting()
    found = re.search(r"https?://[^/]+(/aanmelden/bevestigen/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_a_visitor_signs_up_and_confirms_by_keyboard(page_as: PageAs, shop: Tenant) -> None:
    with account(shop.id):
        asked = [{"about": "first_name", "why": "Voor de aanhef"}]
        form = make_form(make_list(), make_list("Acties", "offers"), asked=asked)
    page = page_as(None, width=375, dark=True)
    page.goto(f"/aanmelden/{form.key}")
    assert_accessible(page)
    keys = page.keyboard
    page.evaluate("document.querySelector('[name=email]').focus()")
    keys.type(EMAIL)
    keys.press("Tab")
    keys.press("Space")
    for _list in range(2):
        keys.press("Tab")
    keys.type("Fatima")
    keys.press("Enter")
    page.wait_for_selector("[data-signup-said]:focus")
    assert_accessible(page)
    page.goto(_mailed_link())
    assert_accessible(page)
    page.focus("main button")
    keys.press("Enter")
    page.wait_for_selector("text=Je bent aangemeld")
    assert_accessible(page)
    assert page.context.cookies() == []
    with account(shop.id):
        [on] = Membership.objects.select_related("contact", "list")
        assert (on.contact.email, on.contact.first_name, on.list.name) == (EMAIL, "Fatima", "Nieuwsbrief")


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
    page.check("[name=first_name-ask]")
    page.fill("[name=title]", "Elke maand iets moois")
    page.wait_for_selector("#preview >> text=Elke maand iets moois")
    page.faults.clear()  # type: ignore[attr-defined]  # htmx tells of requests that a newer one replaced
    assert_accessible(page)
    page.click("text=Formulier opslaan")
    page.wait_for_selector(".me-error-summary")
    page.fill("[name=first_name-why]", "Voor de aanhef")
    page.click("text=Formulier opslaan")
    page.click("text=Aanzetten")
    page.wait_for_selector("text=Het formulier staat aan.")
    assert_accessible(page)
