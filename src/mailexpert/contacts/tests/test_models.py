"""Contacts behind the wall."""

import pytest
from django.db import IntegrityError, transaction

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact, FoundContact, List, Membership
from mailexpert.core.scope import account


def test_an_address_is_once_in_an_account_whatever_its_capitals(in_shop: Tenant) -> None:
    Contact.objects.create(email="Anna@voorbeeld.nl")
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.create(email="anna@voorbeeld.nl")


def test_two_accounts_keep_the_same_address_apart(shop: Tenant, stranger: Tenant) -> None:
    for tenant in (shop, stranger):
        with account(tenant.id):
            Contact.objects.create(email="anna@voorbeeld.nl")
    with account(shop.id):
        assert Contact.objects.count() == 1


def test_the_search_view_shows_only_the_own_account(shop: Tenant, stranger: Tenant) -> None:
    with account(stranger.id):
        Contact.objects.create(email="anna@voorbeeld.nl")
    with account(shop.id):
        Contact.objects.create(email="bart@voorbeeld.nl")
        assert [found.email for found in FoundContact.objects.all()] == ["bart@voorbeeld.nl"]


def test_a_membership_that_names_a_strangers_contact_reaches_nobody(shop: Tenant, stranger: Tenant) -> None:
    with account(stranger.id):
        theirs = Contact.objects.create(email="anna@voorbeeld.nl")
    with account(shop.id):
        mine = List.objects.create(name="Nieuwsbrief")
        Membership.objects.create(list_id=mine.id, contact_id=theirs.id, ground="consent")
        assert not Contact.objects.filter(memberships__list_id=mine.id).exists()
    with account(stranger.id):
        assert not Membership.objects.exists()
