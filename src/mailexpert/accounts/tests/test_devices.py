"""Sessions end with the browser; a remembered device lets its user in again, until it is revoked (A18, A19)."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from mailexpert.accounts.actions_devices import COOKIE, recognise_device, remember_device
from mailexpert.accounts.models import Device
from mailexpert.accounts.tests.door import log_in_by_form
from mailexpert.base import clock
from mailexpert.conftest import PASSWORD, Tenant

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
INSIDE = "/instellingen/apparaten/"


@pytest.fixture
def remembered(shop: Tenant) -> Client:
    """A browser in which the owner ticked "remember me"."""
    EmailAddress.objects.create(user=shop.owner, email=shop.owner.email, verified=True, primary=True)
    client = Client(headers={"user-agent": CHROME})
    log_in_by_form(client, shop.owner.email, remember="on")
    return client


def close(client: Client) -> None:
    """What ends with the browser is gone."""
    del client.cookies[settings.SESSION_COOKIE_NAME]


def bring(client: Client, cookie: str) -> Client:
    other = Client()
    other.cookies[COOKIE] = cookie
    return other


def test_who_closes_the_browser_and_comes_back_is_still_in(remembered: Client) -> None:
    close(remembered)
    assert remembered.get(INSIDE).status_code == 200


def test_the_cookie_holds_no_password_and_is_out_of_reach_of_scripts(remembered: Client) -> None:
    cookie = remembered.cookies[COOKIE]
    assert PASSWORD not in cookie.value
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 90 * 86_400)
    device = Device.objects.get()
    assert device.name == "Chrome op Windows"
    assert cookie.value.partition(".")[2].encode() not in bytes(device.token)


def test_without_a_tick_nothing_is_remembered(shop: Tenant) -> None:
    EmailAddress.objects.create(user=shop.owner, email=shop.owner.email, verified=True, primary=True)
    client = Client()
    log_in_by_form(client, shop.owner.email)
    close(client)
    assert client.get(INSIDE).status_code == 302
    assert Device.objects.count() == 0


def test_the_token_is_another_one_after_each_use(remembered: Client) -> None:
    before = remembered.cookies[COOKIE].value
    close(remembered)
    remembered.get(INSIDE)
    assert remembered.cookies[COOKIE].value != before


def test_a_revoked_device_is_out_at_once(remembered: Client, shop: Tenant) -> None:
    close(remembered)
    remembered.get(INSIDE)
    elsewhere = Client()
    elsewhere.force_login(shop.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    elsewhere.post(f"/instellingen/apparaten/{Device.objects.get().id}/vergeten/")
    assert remembered.get(INSIDE).status_code == 302
    close(remembered)
    assert remembered.get(INSIDE).status_code == 302
    assert elsewhere.get(INSIDE).status_code == 200


def test_a_copied_token_that_comes_second_ends_everything(remembered: Client, shop: Tenant) -> None:
    stolen = remembered.cookies[COOKIE].value
    close(remembered)
    remembered.get(INSIDE)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert bring(remembered, stolen).get(INSIDE).status_code == 302
        assert Device.objects.count() == 0
        assert remembered.get(INSIDE).status_code == 302


def test_two_tabs_that_wake_up_together_both_get_in(remembered: Client) -> None:
    same = remembered.cookies[COOKIE].value
    assert bring(remembered, same).get(INSIDE).status_code == 200
    assert bring(remembered, same).get(INSIDE).status_code == 200
    assert Device.objects.count() == 1


def test_after_90_days_the_password_is_asked_again(remembered: Client) -> None:
    close(remembered)
    with time_machine.travel(clock.now() + timedelta(days=91)):
        assert remembered.get(INSIDE).status_code == 302
        assert remembered.cookies[COOKIE].value == ""


def test_logging_out_forgets_the_device(remembered: Client) -> None:
    remembered.post("/uitloggen/")
    assert remembered.cookies[COOKIE].value == ""
    assert Device.objects.count() == 0


def test_logging_out_everywhere_keeps_only_this_session(remembered: Client, shop: Tenant) -> None:
    here = Client()
    here.force_login(shop.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    here.post("/instellingen/apparaten/vergeten/")
    assert here.get(INSIDE).status_code == 200
    assert remembered.get(INSIDE).status_code == 302
    assert Device.objects.count() == 0


def test_a_new_password_ends_devices_and_other_sessions(remembered: Client, shop: Tenant) -> None:
    other = Client()
    other.force_login(shop.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = remembered.post(
        "/instellingen/wachtwoord/", {"oldpassword": PASSWORD, "password1": "een-heel-nieuw-woord"}
    )
    assert answer["Location"] == INSIDE
    assert remembered.get(INSIDE).status_code == 200
    assert other.get(INSIDE).status_code == 302
    assert Device.objects.count() == 0


def test_a_form_that_comes_with_the_device_only_asks_to_log_in(remembered: Client) -> None:
    close(remembered)
    assert remembered.post("/instellingen/profiel/", {"full_name": "Ander"}).status_code == 302
    assert Session.objects.filter(session_key=Device.objects.get().session_key).exists()


@pytest.mark.parametrize("cookie", ["", ".", "x", "x.y", "é.ü", "a" * 5000])
def test_a_cookie_that_is_no_device_opens_nothing(shop: Tenant, cookie: str) -> None:
    assert recognise_device(cookie, clock.now()) is None
    client = Client()
    client.cookies[COOKIE] = cookie
    assert client.get(INSIDE).status_code == 302


def test_a_stranger_s_device_is_not_shown(shop: Tenant, stranger: Tenant, stranger_client: Client) -> None:
    remember_device(shop.owner, CHROME, clock.now())
    assert "Chrome" not in stranger_client.get(INSIDE).content.decode()


def test_a_user_who_was_switched_off_is_out(remembered: Client, shop: Tenant) -> None:
    shop.owner.is_active = False
    shop.owner.save(update_fields=["is_active"])
    close(remembered)
    assert remembered.get(INSIDE).status_code == 302
