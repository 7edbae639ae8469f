"""What must never go through: refused, and a line in the log says so, without an address in it."""

import pytest
from django.test import Client

from mailexpert.accounts.actions_devices import COOKIE as DEVICE
from mailexpert.accounts.actions_devices import TWO_TABS, recognise_device, remember_device
from mailexpert.base import clock
from mailexpert.conftest import Tenant
from mailexpert.privacy.actions_disclosure import NotApproved, ask, give, judge
from mailexpert.privacy.actions_staff import NotSigned, look_into
from mailexpert.privacy.choice import COOKIE as CHOICE
from mailexpert.privacy.choice import write
from mailexpert.site import rules_statistics, statistics
from mailexpert.site.models import Figure
from mailexpert.site.tests.cast import log_in, staff

pytestmark = pytest.mark.django_db


def test_a_forged_consent(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    refused = write("r1", [])
    client.cookies[CHOICE] = refused.replace(".-.", ".iac.")
    page = client.get("/privacy/").content.decode()
    assert "data-visitor" not in page
    assert "me-choice-banner" in page
    assert "a choice about cookies that we never gave out was refused" in caplog.text


def test_a_replayed_device_token(shop: Tenant, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    now = clock.now() - 2 * TWO_TABS
    stolen = remember_device(shop.owner, "Firefox", now).cookie
    assert stolen is not None
    assert recognise_device(stolen, now) is not None
    client.cookies[DEVICE] = stolen
    assert client.get("/contacten/").status_code == 302
    assert "a used device token came back" in caplog.text
    assert shop.owner.email not in caplog.text


def test_staff_without_a_signature(shop: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    unsigned = staff("bram", signed=False)
    assert log_in(unsigned).get(f"/beheer/accounts/{shop.id}/")["Location"] == "/beheer/verklaring/"
    with pytest.raises(NotSigned):
        look_into(shop.id, unsigned, "Een goede reden om te kijken")
    assert "has not signed and was refused" in caplog.text


def test_a_disclosure_with_one_approval(shop: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    anna = staff("anna")
    asked = ask(
        account_id=shop.id, requester="OM", ground="court", reference="Zaak 7", asked_for="Naam", by=anna
    )
    judge(asked.id, anna, approves=True, words="Gezien")
    with pytest.raises(NotApproved):
        give(asked.id, anna)
    assert "without two approvals" in caplog.text


def test_figures_beyond_the_budget(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_statistics, "BUDGET", 0.0)
    with pytest.raises(statistics.OverBudget):
        statistics.release("mails")
    assert "is spent; mails was refused" in caplog.text
    assert not Figure.objects.exists()
