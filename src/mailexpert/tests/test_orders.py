"""From a mail in the catcher by way of a shop's pages to an order in the mailing's report, with the processes that a
person starts: a click, the shop's script, an order, and the same number on every page that tells it."""

import email
import functools
import http.server
import re
import threading
from collections.abc import Iterator
from email import policy
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mailexpert.tests.ports import free_ports
from mailexpert.tests.stack import Stack, wait_until
from mailexpert.web.tests.browser import AGENT, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUBJECT, PEOPLE = "Bollen voor de herfst", 25
HEAD = '<!doctype html><meta charset="utf-8"><title>Bollenwinkel</title>'
BUY = "mailexpert('goal', 'bestelling', {value: 49.95, currency: 'EUR', order: '2026-0042'})"
CAUGHT = "SELECT raw FROM sending_caughtmail WHERE subject = %s ORDER BY id"
# That a site is the account's own is shown by its DNS (accounts/tests); a story has no public name.
OWN_SITE = """
INSERT INTO accounts_site (account_id, host, token, verified_at)
SELECT id, '127.0.0.1', 'x', now() FROM accounts_account WHERE slug = 'demo'
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_said: Any) -> None:
        return


def ask(stack: Stack, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(stack.environment["DATABASE_URL"]) as connection:
        connection.execute("SET ROLE mailexpert_owner")
        found = connection.execute(statement.encode(), values)
        return found.fetchall() if found.description else []


@pytest.fixture
def shop(page: Any, stack: Stack, tmp_path: Path) -> Iterator[str]:
    """The account's site, with the snippet that its page gave, and a goal that was made on a page."""
    ask(stack, OWN_SITE)
    page.goto("/instellingen/sites-meten/")
    page.get_by_role("button", name="Aanzetten").click()
    snippet = page.locator("#snippet").input_value()
    page.goto("/rapporten/doelen/nieuw/")
    page.get_by_label("Naam", exact=True).fill("Bestelling")
    page.get_by_label("Een bestelling of gift, met het bedrag").check()
    page.get_by_label("De naam die de pagina aanroept").fill("bestelling")
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_text("Bestelling").first.wait_for()
    (tmp_path / "index.html").write_text(f'{HEAD}{snippet}<a href="/bollen.html">Bollen</a>')
    (tmp_path / "bollen.html").write_text(
        f'{HEAD}{snippet}<form action="/bedankt.html"><button>Bestel</button></form>'
    )
    (tmp_path / "bedankt.html").write_text(f"{HEAD}{snippet}<p>Bedankt!</p><script>{BUY}</script>")
    port = free_ports(1)[0]
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", port), functools.partial(Quiet, directory=str(tmp_path))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()


def mailed(stack: Stack, shop: str) -> int:
    """To 25 people; all of it lies in the catcher."""
    api = stack.api()
    into = api.post("/lists", {"name": "Bollen", "purpose": "newsletter"})["id"]
    rows = "email\n" + "".join(f"tuinder{n}@bollen.example\n" for n in range(PEOPLE))
    started = api.upload("/imports", rows.encode(), list=into, ground="consent")
    wait_until(lambda: api.get(f"/imports/{started['id']}")["state"] == "done", "the people are there")
    made = api.post(
        "/mailings",
        {
            "name": "Bollen", "subject": SUBJECT, "sender": "Bollen <bollen@bollen.example>", "lists": [into],
            "html": f'<html><body><h1>Bollen</h1><p><a href="{shop}/index.html">Bekijk</a></p></body></html>',
        },
    )  # fmt: skip
    api.post(f"/mailings/{made['id']}/send")
    wait_until(lambda: len(ask(stack, CAUGHT, SUBJECT)) == PEOPLE, "all mails are caught")
    return int(made["id"])


def link_in(raw: bytes) -> str:
    body = email.message_from_bytes(raw, policy=policy.default).get_body(("html",))
    assert body is not None
    found = re.search(r'href="(http[^"]+/t/c/[^"]+)"', body.get_content())
    assert found is not None
    return found[1]


def buy(chromium: Any, link: str, shop: str) -> None:
    """A reader who clicks, looks and orders; their browser keeps nothing of it."""
    context = chromium.new_context(user_agent=AGENT)
    reader = context.new_page()
    reader.set_content(f'<a href="{link}">Bekijk</a>')
    reader.get_by_role("link", name="Bekijk").click()
    reader.get_by_role("link", name="Bollen").click()
    assert reader.url.startswith(shop)
    reader.get_by_role("button", name="Bestel").click()
    reader.get_by_text("Bedankt!").wait_for()
    reader.wait_for_load_state("networkidle")
    assert (context.cookies(), reader.evaluate("localStorage.length + sessionStorage.length")) == ([], 0)
    context.close()


def test_an_order_after_a_click_in_a_mail_is_the_same_number_everywhere(
    chromium: Any, page: Any, stack: Stack, shop: str
) -> None:
    mailing = mailed(stack, shop)
    [raw, *_others] = [bytes(raw) for (raw,) in ask(stack, CAUGHT, SUBJECT)]
    buy(chromium, link_in(raw), shop)
    buy(chromium, link_in(raw), shop)  # the thanking page opened anew: the same order
    wait_until(lambda: ask(stack, "SELECT n, cents FROM tracking_goalday") == [(1, 4995)], "it is counted")

    page.goto("/instellingen/sites-meten/")
    page.get_by_text("laatst gezien").wait_for()
    page.goto("/rapporten/doelen/")
    page.get_by_role("link", name="Bestelling").first.wait_for()
    assert "49,95" in page.locator("main").inner_text()
    assert SUBJECT in page.locator("main").inner_text()
    assert_accessible(page)
    page.goto(f"/mailings/{mailing}/rapport/")
    section = page.get_by_role("region", name="Conversies")
    assert "49,95" in section.inner_text()
    assert "Bestelling" in section.inner_text()
    assert_accessible(page)
    report = stack.api().get(f"/mailings/{mailing}/report")
    assert [link["clicks"] for link in report["links"]] == [2]
    assert "; 0 of their sums were different before" in stack.command("rollups", "rebuild")
    assert ask(stack, "SELECT n, cents FROM tracking_goalday") == [(1, 4995)]
