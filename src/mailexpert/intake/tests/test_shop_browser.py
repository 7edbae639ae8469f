"""A tiny shop in Chromium: from the click in a mail by way of the shop's pages to the order in the mailing's report."""

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailexpert.accounts.models import Site
from mailexpert.conftest import Tenant
from mailexpert.core.report_sections import Reported
from mailexpert.core.scope import account
from mailexpert.intake.tests.running import Running, comes_true
from mailexpert.mail import links
from mailexpert.sending.models import Issue, Shard
from mailexpert.tests.ports import free_ports
from mailexpert.tracking import reported
from mailexpert.tracking.models import Conversion, Goal, GoalDay, SiteMeasuring, SiteSeen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEAD = '<!doctype html><meta charset="utf-8"><title>Winkel</title>'
# What a banner says before our script is there.
EARLY = "window.mailexpert = function () { (mailexpert.q = mailexpert.q || []).push(arguments) }"
BUY = "mailexpert('goal', 'bestelling', {value: 49.95, currency: 'EUR', order: '2026-0042'})"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_said: Any) -> None:
        return


@pytest.fixture
def mailing(shop: Tenant, intake: Running, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The shop measures its site, and mailed twenty people a link to it."""
    port = free_ports(1)[0]
    with account(shop.id):
        Site.objects.create(host="127.0.0.1", token="x", verified_at=datetime.now(UTC))
        key = SiteMeasuring.objects.create().key
        Goal.objects.create(name="Bestelling", kind="value", event="bestelling")
        Goal.objects.create(name="Bedankt", kind="page", pattern="/bedankt*")
        issue = Issue.objects.create(
            sender_address="info@winkel.example", subject="Tulpen", purpose="newsletter", tracking="aggregate",
            links=[f"http://127.0.0.1:{port}/index.html"],
        )  # fmt: skip
        Shard.objects.create(issue=issue, n=1, contact_ids=list(range(1, 21)))
    track = f"http://127.0.0.1:{intake.port}"
    script = f'<script src="{track}/t/m.js" data-to="{track}/t/v/{key}" data-days="7"></script>'
    (tmp_path / "index.html").write_text(f'{HEAD}{script}<a href="/tulpen.html">Tulpen</a>')
    (tmp_path / "tulpen.html").write_text(
        f'{HEAD}{script}<form action="/bedankt.html"><button>Bestel</button></form>'
    )
    (tmp_path / "bedankt.html").write_text(f"{HEAD}{script}<p>Bedankt!</p><script>{BUY}</script>")
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", port), functools.partial(Quiet, directory=str(tmp_path))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shop_url = f"http://127.0.0.1:{port}"
    assert comes_true(lambda: intake.ask(f"/t/v/{key}", "OPTIONS", Origin=shop_url).status == 204)
    yield {"issue": issue, "track": track, "shop": shop_url, "key": key}
    server.shutdown()
    server.server_close()


def buy(
    chromium: Any, mailing: dict[str, Any], key: bytes, *, signal: bool = False, script: str = ""
) -> list[Any]:
    """Click, look, order; what the browser keeps afterwards."""
    context = chromium.new_context(extra_http_headers={"Sec-GPC": "1"} if signal else {})
    if signal:
        context.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
        )
    page = context.new_page()
    if script:
        page.add_init_script(f"{EARLY}; {script}")
    page.set_content(
        f'<a href="{mailing["track"]}/t/c/{links.click_token(key, mailing["issue"].id, 0)}">Lees</a>'
    )
    page.get_by_role("link", name="Lees").click()
    page.get_by_role("link", name="Tulpen").click()
    page.get_by_role("button", name="Bestel").click()
    page.get_by_text("Bedankt!").wait_for()
    page.wait_for_load_state("networkidle")
    kept = [
        context.cookies(),
        json.loads(page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")),
    ]
    address = page.url
    context.close()
    return [*kept, address]


def sums(shop: Tenant) -> set[tuple[str, int, int, int]]:
    with account(shop.id):
        names = dict(Goal.objects.values_list("id", "name"))
        return {
            (names[goal], *rest)
            for goal, *rest in GoalDay.objects.values_list("goal_id", "channel", "n", "cents")
        }


def test_an_order_after_a_click_stands_in_the_report_and_the_browser_keeps_nothing(
    chromium: Any, shop: Tenant, mailing: dict[str, Any], key: bytes
) -> None:
    cookies, stored, address = buy(chromium, mailing, key)
    assert (cookies, stored) == ([], {})
    assert "mex=" in address
    wanted = {("Bestelling", 1, 1, 4995), ("Bedankt", 1, 1, 0)}
    assert comes_true(lambda: sums(shop) == wanted), sums(shop)
    with account(shop.id):
        [table] = reported.SECTION.tables(Reported(mailing_id=1, issues=[mailing["issue"].id], sent=20))
        assert ["Bestelling", 1, 49.95, "EUR", 1] in table.rows
        assert SiteSeen.objects.get().host == "127.0.0.1"
    buy(chromium, mailing, key)  # the same number
    assert comes_true(lambda: ("Bedankt", 1, 2, 0) in sums(shop))
    assert ("Bestelling", 1, 1, 4995) in sums(shop)


def test_a_browser_that_asks_for_privacy_leaves_nothing_at_all(
    chromium: Any, shop: Tenant, mailing: dict[str, Any], key: bytes
) -> None:
    cookies, stored, address = buy(chromium, mailing, key, signal=True)
    assert (cookies, stored) == ([], {})
    assert "mex=" not in address
    buy(chromium, mailing, key)
    assert comes_true(lambda: ("Bedankt", 1, 1, 0) in sums(shop))  # of the one that came after
    with account(shop.id):
        assert Conversion.objects.count() == 2


def test_with_consent_the_browser_remembers_the_click_and_forgets_it_when_it_is_taken_back(
    chromium: Any, shop: Tenant, mailing: dict[str, Any], key: bytes
) -> None:
    _cookies, stored, address = buy(chromium, mailing, key, script="mailexpert('consent', true)")
    assert list(stored) == ["mex"]
    assert "mex=" not in address
    assert comes_true(lambda: ("Bestelling", 1, 1, 4995) in sums(shop)), sums(shop)
    script = "mailexpert('consent', true); mailexpert('consent', false)"
    _cookies, stored, _address = buy(chromium, mailing, key, script=script)
    assert stored == {}


def test_only_the_verified_site_s_own_pages_are_heard(
    shop: Tenant, mailing: dict[str, Any], intake: Running
) -> None:
    path, body = f"/t/v/{mailing['key']}", json.dumps({"page": "/bedankt"}).encode()
    agent = "Mozilla/5.0 Firefox/140.0"
    own = intake.ask(path, "POST", body, agent, Origin=mailing["shop"])
    assert (own.status, own.headers["access-control-allow-origin"]) == (204, mailing["shop"])
    for origin in ("https://kwaad.example", "null", "http://127.0.0.1.kwaad.example"):
        answer = intake.ask(path, "POST", body, agent, Origin=origin)
        assert answer.status == 403
        assert "access-control-allow-origin" not in answer.headers
    assert intake.ask("/t/v/onbekend", "POST", body, agent, Origin=mailing["shop"]).status == 403
    assert intake.ask(path, "POST", body, agent).status == 403
    assert intake.ask(path, "OPTIONS", b"", agent, Origin=mailing["shop"]).status == 204
    assert intake.ask(path, "POST", b"x" * 5000, agent, Origin=mailing["shop"]).status == 413
    assert intake.ask(path, "POST", b"{", agent, Origin=mailing["shop"]).status == 400
    assert intake.ask(path, "GET", b"", agent, Origin=mailing["shop"]).status == 405
    script = intake.ask("/t/m.js")
    assert script.headers["content-type"].startswith("text/javascript")
