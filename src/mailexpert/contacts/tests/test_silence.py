"""Contacts who are silent for long: asked once, then erased; the dry run counts and touches nothing."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts import actions_silence
from mailexpert.contacts.actions_silence import Counts
from mailexpert.contacts.models import Contact, Membership, Preference
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.scope import account
from mailexpert.privacy.models import Erasure

NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=800)


@pytest.fixture
def silent(shop: Tenant) -> Contact:
    """Anna, and beside her everybody who gave a sign or is left alone."""
    with account(shop.id):
        into = make_list()
        anna = make_contact(into=into, language="nl")
        make_contact("nieuw@voorbeeld.example", into)
        make_contact("klikt@voorbeeld.example", into, last_click=NOW.date())
        make_contact("bevroren@voorbeeld.example", into, status=Contact.Status.FROZEN)
        make_contact("klant@voorbeeld.example", into)
        kept = make_contact("blijft@voorbeeld.example", into)
        Preference.objects.create(contact_id=kept.id, kept_at=NOW)
        make_contact("los@voorbeeld.example")
        Contact.objects.exclude(email__startswith="nieuw").update(created_at=LONG_AGO)
        Membership.objects.update(since=LONG_AGO)
        Membership.objects.filter(contact__email__startswith="klant").update(ground="contract")
    return anna


def counts(now: Any = NOW) -> tuple[int, int, int, int]:
    found = actions_silence.dry_run(now)
    return found.to_ask, found.waiting, found.to_erase, found.unreachable


def test_a_dry_run_counts_who_is_asked_and_touches_nothing(shop: Tenant, silent: Contact) -> None:
    with account(shop.id):
        assert counts() == (1, 0, 0, 1)
        assert counts() == (1, 0, 0, 1)
        assert Contact.objects.count() == 7


def test_who_is_silent_is_asked_once_and_erased_without_an_answer(
    shop: Tenant, silent: Contact, run_jobs: Callable[[], int]
) -> None:
    with account(shop.id):
        assert actions_silence.tonight(NOW) == Counts(to_ask=1, waiting=0, to_erase=0, unreachable=1)
        run_jobs()
        assert [one.to for one in outbox.outbox] == [["anna@voorbeeld.example"]]
        assert counts() == (0, 1, 0, 0)
        actions_silence.tonight(NOW + timedelta(days=29))
        assert Contact.objects.filter(id=silent.id).exists()
        assert actions_silence.tonight(NOW + timedelta(days=31)).to_erase == 1
        run_jobs()
        assert not Contact.objects.filter(id=silent.id).exists()
        assert len(outbox.outbox) == 1


def test_who_answers_stays_and_is_left_alone(
    shop: Tenant, silent: Contact, run_jobs: Callable[[], int]
) -> None:
    with account(shop.id):
        actions_silence.tonight(NOW - timedelta(minutes=1))
    run_jobs()
    path = re.search(r"http\S+(/voorkeuren/\S+)", outbox.outbox[0].body)[1]  # type: ignore[index]
    reader = Client(enforce_csrf_checks=True)
    for _scanner in range(3):
        assert "blijven" in reader.get(path).content.decode()
    with account(shop.id):
        assert counts() == (0, 1, 0, 0)  # looking answered nothing
    assert reader.post(f"{path}/blijven").status_code == 303
    assert "blijven" not in reader.get(path).content.decode()
    with account(shop.id):
        assert counts(NOW + timedelta(days=60)) == (0, 0, 0, 0)
        assert Contact.objects.filter(id=silent.id).exists()


def test_an_account_may_make_it_shorter_and_never_longer(
    shop: Tenant, silent: Contact, shop_client: Client
) -> None:
    with account(shop.id):
        Contact.objects.filter(id=silent.id).update(created_at=NOW - timedelta(days=250))
        Membership.objects.filter(contact_id=silent.id).update(since=NOW - timedelta(days=250))
        assert counts()[0] == 0
    assert shop_client.get("/contacten/inactief/").status_code == 200
    assert shop_client.post("/contacten/inactief/", {"months": "36", "signup_days": "14"}).status_code == 422
    shop_client.post("/contacten/inactief/", {"months": "6", "signup_days": "14"})
    with account(shop.id):
        assert actions_silence.months() == 6
        assert counts()[0] == 1
        actions_silence.set_months(60)
        assert actions_silence.months() == 24


def test_the_counts_stand_in_the_command_too(shop: Tenant, silent: Contact) -> None:
    from mailexpert.operations.promises import retention_told

    said = retention_told(dry_run=True)
    assert "1  silent contacts to ask" in said
    with account(shop.id):
        assert Contact.objects.count() == 7


def test_a_stranger_sees_their_own_counts_alone(
    shop: Tenant, silent: Contact, stranger: Tenant, stranger_client: Client
) -> None:
    with account(stranger.id):
        assert counts() == (0, 0, 0, 0)
    assert stranger_client.get("/contacten/inactief/").status_code == 200


def test_a_night_erases_everyone_whose_time_has_come_and_asks_a_thirtieth(
    shop: Tenant, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions_silence, "AT_ONCE", 2)
    monkeypatch.setattr(actions_silence, "FEWEST_ASKED", 1)
    with account(shop.id):
        into = make_list()
        for n in range(7):
            make_contact(f"los{n}@voorbeeld.example")
        for n in range(31):
            make_contact(f"lid{n}@voorbeeld.example", into)
        Contact.objects.update(created_at=LONG_AGO)
        Membership.objects.update(since=LONG_AGO)
        done = actions_silence.tonight(NOW)
        assert (done.unreachable, done.to_ask) == (7, 2)
        run_jobs()
        assert Contact.objects.count() == 31
        assert not Erasure.objects.filter(finished_at=None).exists()


def test_a_night_that_is_over_leaves_the_rest_to_the_next(
    shop: Tenant, silent: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions_silence, "NIGHT", timedelta(0))
    with account(shop.id):
        assert actions_silence.tonight(NOW).unreachable == 0
        assert counts()[3] == 1
