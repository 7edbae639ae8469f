from dataclasses import replace

import pytest
from django.test import Client

from mailexpert.base import env
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.sending.models import CaughtMail
from mailexpert.web.catcher import queries
from mailexpert.web.catcher.rules import Visible

HERE = {"HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1"}
ELSEWHERE = {"HTTP_HOST": "localhost", "REMOTE_ADDR": "192.0.2.7"}
HTML = (
    b"Subject: Tulpen\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b"<p>Dag</p><script>alert(1)</script>"
)


def caught(
    subject: str = "Tulpen", to: str = "jan@voorbeeld.nl", account: int | None = None, raw: bytes = HTML
) -> int:
    with beside_wall(Beside.TESTS):
        made = CaughtMail.objects.create(
            mail_from="info@winkel.example",
            rcpt_to=[to],
            subject=subject,
            raw=raw,
            size=len(raw),
            account_id=account,
        )
    return made.id


def subjects(client: Client, where: dict[str, str], **query: str) -> list[str]:
    page = client.get("/mailvanger/", query, **where)
    assert page.status_code == 200
    return [row.subject for row in page.context["page"].rows]


@pytest.fixture
def three(shop: Tenant, stranger: Tenant) -> None:
    caught("van niemand")
    caught("van de winkel", account=shop.id)
    caught("van de vreemde", account=stranger.id)


def test_a_member_sees_the_own_accounts_mails_and_here_those_of_none(
    shop_client: Client, three: None
) -> None:
    assert subjects(shop_client, ELSEWHERE) == ["van de winkel"]
    assert subjects(shop_client, HERE) == ["van de winkel", "van niemand"]


def test_a_visitor_sees_mails_of_no_account_and_only_on_this_machine(client: Client, three: None) -> None:
    assert subjects(client, HERE) == ["van niemand"]
    for where in (ELSEWHERE, {**HERE, "HTTP_X_FORWARDED_FOR": "192.0.2.7"}, {**HERE, "HTTP_HOST": "[::1]x"}):
        assert client.get("/mailvanger/", **where).status_code in (302, 400)


@pytest.mark.parametrize("page", ["", "tekst/", "bron/", "velden/", "html", "mail.eml", "bijlage/0"])
def test_a_stranger_cannot_open_the_shops_mail_in_any_way(
    stranger_client: Client, client: Client, shop: Tenant, page: str
) -> None:
    mail = caught(account=shop.id)
    assert stranger_client.get(f"/mailvanger/{mail}/{page}", **HERE).status_code == 404
    assert client.get(f"/mailvanger/{mail}/{page}", **HERE).status_code == 404
    assert client.get(f"/mailvanger/{mail}/{page}", **ELSEWHERE).status_code == 302


def test_a_mail_is_shown_as_it_looks_as_text_as_source_and_by_its_fields(
    shop_client: Client, shop: Tenant
) -> None:
    mail = caught(account=shop.id)
    for page in ("", "tekst/", "bron/", "velden/"):
        shown = shop_client.get(f"/mailvanger/{mail}/{page}", **HERE)
        assert shown.status_code == 200
        assert b"<script>alert(1)" not in shown.content


def test_the_mails_own_html_runs_nothing_and_loads_nothing_from_outside(
    shop_client: Client, shop: Tenant
) -> None:
    shown = shop_client.get(f"/mailvanger/{caught(account=shop.id)}/html", **HERE)
    policy = shown["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
    assert "script" not in policy
    assert b'<base target="_blank">' in shown.content


def test_what_is_downloaded_is_never_shown_by_the_browser(shop_client: Client, shop: Tenant) -> None:
    saved = shop_client.get(f"/mailvanger/{caught(account=shop.id)}/mail.eml", **HERE)
    assert saved.content == HTML
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["Content-Type"] == "application/octet-stream"


def test_a_search_finds_by_the_beginning_of_the_address_and_by_the_subject(
    shop_client: Client, shop: Tenant
) -> None:
    for to, subject in (("jan@voorbeeld.nl", "Tulpen"), ("truus@voorbeeld.nl", "Bollen voor Jan")):
        caught(subject, to=to, account=shop.id)
    assert subjects(shop_client, HERE, zoek="TRUUS@") == ["Bollen voor Jan"]
    assert subjects(shop_client, HERE, zoek="jan") == ["Bollen voor Jan", "Tulpen"]
    assert subjects(shop_client, HERE, zoek="oorbeeld") == []


def test_pages_lead_on_and_back(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    ids = [caught(str(n), account=shop.id) for n in range(5)]
    seen = Visible(account_id=shop.id, without_account=False)
    first = queries.page(seen)
    second = queries.page(seen, before=first.before)
    third = queries.page(seen, before=second.before)
    assert [[row.id for row in page.rows] for page in (first, second, third)] == [
        [ids[4], ids[3]],
        [ids[2], ids[1]],
        [ids[0]],
    ]
    assert (first.after, second.after, third.before) == (None, 0, None)
    assert queries.page(seen, before=third.after).rows == second.rows


def test_a_page_without_news_is_left_alone(shop_client: Client, shop: Tenant) -> None:
    mail = caught(account=shop.id)
    assert shop_client.get("/mailvanger/", {"sinds": str(mail)}, **HERE).status_code == 204
    caught(account=shop.id)
    assert shop_client.get("/mailvanger/", {"sinds": str(mail)}, **HERE).status_code == 200


def test_deleting_all_deletes_what_one_sees_and_no_more(shop_client: Client, three: None) -> None:
    assert shop_client.get("/mailvanger/leegmaken/", **HERE).status_code == 405
    shop_client.post("/mailvanger/leegmaken/", **HERE)
    with beside_wall(Beside.TESTS):
        assert [mail.subject for mail in CaughtMail.objects.all()] == ["van de vreemde"]


def test_where_mail_goes_out_there_is_no_catcher(
    shop_client: Client, shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = replace(env.load(), relay_url="smtp://relay.example:25")
    monkeypatch.setattr(env, "load", lambda: elsewhere)
    assert shop_client.get("/mailvanger/", **HERE).status_code == 404
