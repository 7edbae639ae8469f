"""The dashboard shows what rooms register, and only what there is."""

import re

import pytest
from django.test import Client

from mailexpert.accounts.models import Account
from mailexpert.accounts.models_package import Package
from mailexpert.base.clock import now
from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.core import attention, panels, promises
from mailexpert.core.attention import Need
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy.models import PromiseState
from mailexpert.sending.models import Issue, Relay
from mailexpert.web import steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def past_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "taken", lambda: [True] * 4)


def need(title: str, *, now: bool) -> Need:
    return Need(title=title, text="Daarom.", url="/", button="Bekijken", now=now)


def test_what_holds_something_up_comes_first_and_alone_is_orange(
    shop_client: Client, past_the_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        need("Pakket bijna vol", now=False),
        need("Mailing wacht", now=True),
        need("Relay stil", now=True),
    ]
    monkeypatch.setattr(attention, "_sources", {"test": lambda _request: found})
    page = shop_client.get("/").content.decode()
    assert page.index("Mailing wacht") < page.index("Relay stil") < page.index("Pakket bijna vol")
    assert page.count('class="me-now"') == 1
    assert "2 nu, 1 later" in page


def test_an_account_that_lacks_nothing_is_not_asked_for_attention(
    shop_client: Client, past_the_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "_sources", {})
    assert "Vraagt je aandacht" not in shop_client.get("/").content.decode()


def test_a_panel_with_nothing_to_show_is_left_out(
    shop_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = panels.Panel(
        key="full", order=1, side=False, template="web/parts/notice.html", context=lambda _r: {"n": 1}
    )
    empty = panels.Panel(key="empty", order=2, side=True, template="no-such.html", context=lambda _r: None)
    monkeypatch.setattr(panels, "_panels", {"full": full, "empty": empty})
    assert "me-panels" in shop_client.get("/").content.decode()


def test_the_steps_go_away_once_a_mailing_was_sent(shop_client: Client, past_the_steps: None) -> None:
    assert "Naar je eerste mailing" not in shop_client.get("/").content.decode()


def test_the_next_step_is_the_first_that_was_not_taken(
    shop_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "taken", lambda: [True, False, False, False])
    page = shop_client.get("/").content.decode()
    assert "1 van 4 gedaan" in page
    assert page.index('aria-current="step"') < page.index("Kies hoe je mail eruitziet")


BANNER = "Mails gaan naar de mailvanger"


def test_a_banner_says_that_mail_stays_on_this_machine(shop_client: Client) -> None:
    assert BANNER in shop_client.get("/").content.decode()


def test_the_banner_goes_away_with_a_relay_of_the_account(shop: Tenant, shop_client: Client) -> None:
    with account(shop.id):
        Relay.objects.create(name="Eigen relay", host="relay.example")
    assert BANNER not in shop_client.get("/").content.decode()


def test_a_relay_of_a_stranger_leaves_the_banner(stranger: Tenant, shop_client: Client) -> None:
    with account(stranger.id):
        Relay.objects.create(name="Andermans relay", host="relay.example")
    assert BANNER in shop_client.get("/").content.decode()


def test_a_test_mail_is_not_yet_a_mailing_sent(in_shop: Tenant, shop_client: Client) -> None:
    Issue.objects.create(kind=Issue.Kind.TEST)
    assert not steps.sent_a_mailing()
    Issue.objects.create(kind=Issue.Kind.MAILING)
    assert steps.sent_a_mailing()


def test_use_stands_beside_the_package_and_nearest_its_limit_at_the_foot(
    shop: Tenant, stranger: Tenant, shop_client: Client, past_the_steps: None
) -> None:
    basic = Package.objects.create(name="Basis", contacts=4, mails=1000)
    with account(shop.id):
        Account.objects.update(package_id=basic.id)
    for tenant, count in ((shop, 3), (stranger, 9)):
        with account(tenant.id):
            Contact.objects.bulk_create(Contact(email=f"lezer{n}@{tenant.id}.example") for n in range(count))
    text = " ".join(re.sub(r"<[^>]*>", " ", shop_client.get("/").content.decode()).split())
    assert "Verbruik Basis Contacten 3 van 4" in text
    assert "Basis 75,0 % Contacten: 3 van 4" in text


def test_an_account_without_limits_sees_its_use_and_no_bar_at_the_foot(
    shop_client: Client, past_the_steps: None
) -> None:
    page = shop_client.get("/").content.decode()
    assert "Verbruik" in page
    assert 'class="me-use"' not in page


def test_a_broken_promise_stands_on_the_dashboard_with_its_reason(
    shop_client: Client, past_the_steps: None
) -> None:
    with beside_wall(Beside.TESTS):
        for promise in promises.promises():
            PromiseState.objects.create(
                promise=promise.id, state="kept", said=[], checked_at=now(), since=now()
            )
        PromiseState.objects.filter(promise="A13").update(state="broken", said=[["De scanner zwijgt.", {}]])
    page = shop_client.get("/").content.decode()
    assert "1 van onze 32 beloften is verbroken" in page
    assert "De scanner zwijgt." in page
