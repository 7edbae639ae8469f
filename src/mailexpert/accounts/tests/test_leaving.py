"""Taking everything along, giving notice, coming back, being erased."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from mailexpert.accounts import actions_closing
from mailexpert.accounts.jobs import erase_who_left
from mailexpert.accounts.models import Account, Membership, Receipt, Takeaway, User
from mailexpert.accounts.rules_closing import phase, refuses
from mailexpert.base import clock
from mailexpert.conftest import PASSWORD, Tenant
from mailexpert.contacts.models import Contact
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.core.tests.rows import row_of_each

pytestmark = pytest.mark.django_db
Run = Callable[[], int]


def leave(client: Client) -> Any:
    return client.post("/instellingen/vertrek/opzeggen/", {"password": PASSWORD}, follow=True)


def days_ago(tenant: Tenant, days: int) -> None:
    with beside_wall(Beside.TESTS):
        then = clock.now() - timedelta(days=days)
        Account.objects.filter(id=tenant.id).update(closing_at=then)


@pytest.mark.parametrize(
    ("days", "found"), [(0, "read_only"), (29, "read_only"), (30, "retrieval"), (60, "over")]
)
def test_from_notice_to_erasure(days: int, found: str) -> None:
    now = clock.now()
    assert phase(now - timedelta(days=days), now) == found
    assert phase(None, now) == "active"


def test_looking_is_allowed_and_changing_is_not() -> None:
    assert not refuses("read_only", "GET", "/contacten/")
    assert refuses("read_only", "POST", "/contacten/")
    assert refuses("retrieval", "GET", "/contacten/")
    assert not refuses("retrieval", "POST", "/instellingen/vertrek/terug/")


def test_a_wrong_password_ends_nothing(shop_client: Client, shop: Tenant) -> None:
    shop_client.post("/instellingen/vertrek/opzeggen/", {"password": "mis"})
    with account(shop.id):
        assert Account.objects.get().closing_at is None


def test_notice_makes_it_read_only_and_coming_back_undoes_it(
    shop_client: Client, shop: Tenant, run_jobs: Run
) -> None:
    leave(shop_client)
    run_jobs()
    assert "eindigt" in mail.outbox[-1].subject
    assert shop_client.get("/contacten/").status_code == 200
    assert shop_client.post("/contacten/nieuw/", {"email": "x@y.nl"}).status_code == 403
    shop_client.post("/instellingen/vertrek/terug/")
    with account(shop.id):
        assert Account.objects.get().closing_at is None


def test_after_thirty_days_only_taking_along_is_left(shop_client: Client, shop: Tenant) -> None:
    days_ago(shop, 31)
    assert shop_client.get("/contacten/").status_code == 403
    assert shop_client.get("/instellingen/vertrek/").status_code == 200


def test_everything_comes_along_but_keys(
    shop_client: Client, stranger: Tenant, shop: Tenant, run_jobs: Run
) -> None:
    with account(stranger.id):
        Contact.objects.create(email="geheim@vreemd.example")
    with account(shop.id):
        Contact.objects.create(email="piet@voorbeeld.nl", first_name="=1+1")
    shop_client.post("/instellingen/vertrek/meenemen/")
    run_jobs()
    with account(shop.id):
        made = Takeaway.objects.get()
    answer = shop_client.get(f"/instellingen/vertrek/meenemen/{made.id}/")
    file = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    contacts = [json.loads(line) for line in file.read("contacts_contact.jsonl").splitlines()]
    assert [one["email"] for one in contacts] == ["piet@voorbeeld.nl"]
    assert "'=1+1" in file.read("contacts_contact.csv").decode()
    whole = b"".join(file.read(name) for name in file.namelist())
    assert b"geheim@vreemd.example" not in whole
    assert "hash" not in json.loads(file.read("accounts_apitoken.jsonl") or b"{}")
    assert "columns" in json.loads(file.read("columns.json"))["contacts_contact"]


def test_a_stranger_cannot_fetch_the_file(stranger_client: Client, shop: Tenant) -> None:
    with account(shop.id):
        made = Takeaway.objects.create()
        actions_closing.make_takeaway(made.id)
    assert stranger_client.get(f"/instellingen/vertrek/meenemen/{made.id}/").status_code == 404


def test_an_account_is_erased_whole_with_a_receipt(shop: Tenant, stranger: Tenant, run_jobs: Run) -> None:
    row_of_each(shop.id)
    row_of_each(stranger.id)
    days_ago(shop, 61)
    erase_who_left.run()
    run_jobs()
    receipt = Receipt.objects.get()
    assert actions_closing.is_genuine(receipt)
    assert receipt.counts["contacts_contact"] == 1
    assert receipt.code in mail.outbox[-1].body
    assert not User.objects.filter(pk=shop.owner.pk).exists()
    with beside_wall(Beside.TESTS):
        assert list(Account.objects.values_list("id", flat=True)) == [stranger.id]
        assert Contact.objects.get().account_id == stranger.id
        assert Membership.objects.filter(account_id=stranger.id).exists()


def test_nobody_is_erased_before_the_day(shop: Tenant) -> None:
    days_ago(shop, 59)
    erase_who_left.run()
    with beside_wall(Beside.TESTS), pytest.raises(actions_closing.NotOver):
        actions_closing.erase(shop.id, clock.now())
