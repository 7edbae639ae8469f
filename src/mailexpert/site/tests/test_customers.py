"""The operator's customers as its contacts, whichever side changed."""

import pytest

from mailexpert.accounts.models import Account, User
from mailexpert.accounts.models import Membership as AccountMember
from mailexpert.conftest import Tenant
from mailexpert.contacts import actions as contacts
from mailexpert.contacts.models import Contact, List, Membership
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.sending.models import Suppression
from mailexpert.site import customers
from mailexpert.site.tests.cast import confirm, make_operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(shop: Tenant) -> Account:
    confirm(shop)
    return make_operator()


def on_lists(operator: Account, email: str) -> set[str]:
    with account(operator.id):
        rows = Membership.objects.filter(contact__email_key=email, ended_at=None)
        return set(List.objects.filter(id__in=rows.values("list_id")).values_list("name", flat=True))


def choose(tenant: Tenant, **wants: bool) -> None:
    User.objects.filter(pk=tenant.owner.pk).update(**wants)


def contact_of(operator: Account, email: str) -> Contact:
    with account(operator.id):
        return Contact.objects.get(email_key=email)


def test_a_customer_is_on_the_lists_of_what_was_chosen(operator: Account, shop: Tenant) -> None:
    assert customers.keep_in_step() == 1
    assert on_lists(operator, shop.owner.email) == {
        "Klanten: berichten over de dienst", "Klanten: productnieuws",
    }  # fmt: skip


def test_an_unconfirmed_address_is_not_mailed(operator: Account, stranger: Tenant) -> None:
    customers.keep_in_step()
    assert on_lists(operator, stranger.owner.email) == set()


def test_a_choice_in_the_settings_changes_the_lists(operator: Account, shop: Tenant) -> None:
    customers.keep_in_step()
    choose(shop, wants_product_updates=False, wants_promotions=True)
    customers.keep_in_step()
    assert on_lists(operator, shop.owner.email) == {
        "Klanten: berichten over de dienst",
        "Klanten: aanbiedingen",
    }


def test_the_link_in_a_mail_changes_the_settings(operator: Account, shop: Tenant) -> None:
    customers.keep_in_step()
    contact = contact_of(operator, shop.owner.email)
    with account(operator.id):
        news = List.objects.get(name="Klanten: productnieuws")
        contacts.end_membership(contact.id, news.id, Membership.EndedBy.ONE_CLICK)
    customers.keep_in_step()
    assert User.objects.get(pk=shop.owner.pk).wants_product_updates is False
    assert on_lists(operator, shop.owner.email) == {"Klanten: berichten over de dienst"}


def test_stopping_everything_leaves_word_about_the_service(operator: Account, shop: Tenant) -> None:
    choose(shop, wants_promotions=True)
    customers.keep_in_step()
    contact = contact_of(operator, shop.owner.email)
    with account(operator.id):
        contacts.object_to_all(contact, Membership.EndedBy.PAGE)
    customers.keep_in_step()
    found = User.objects.get(pk=shop.owner.pk)
    assert (found.wants_product_updates, found.wants_promotions) == (False, False)
    assert on_lists(operator, shop.owner.email) == {"Klanten: berichten over de dienst"}


def test_a_complaint_ends_what_can_be_ended_and_word_about_the_service_goes_on(
    operator: Account, shop: Tenant
) -> None:
    customers.keep_in_step()
    contact = contact_of(operator, shop.owner.email)
    with account(operator.id):
        contacts.end_memberships(contact.id, None, Membership.EndedBy.COMPLAINT)
        Suppression.objects.create(email_key=contact.email_key, reason=Suppression.Reason.COMPLAINT)
    customers.keep_in_step()
    found = User.objects.get(pk=shop.owner.pk)
    assert (found.wants_product_updates, found.wants_promotions) == (False, False)
    assert on_lists(operator, shop.owner.email) == {"Klanten: berichten over de dienst"}
    with account(operator.id):
        assert not Suppression.objects.exists()


def test_language_and_address_follow(operator: Account, shop: Tenant) -> None:
    customers.keep_in_step()
    User.objects.filter(pk=shop.owner.pk).update(language="en", email="nieuw@winkel.example")
    customers.keep_in_step()
    assert on_lists(operator, "nieuw@winkel.example") == {
        "Customers: service announcements", "Customers: product news",
    }  # fmt: skip
    assert on_lists(operator, shop.owner.email) == set()


def test_who_leaves_the_last_account_is_not_kept(operator: Account, shop: Tenant) -> None:
    customers.keep_in_step()
    with beside_wall(Beside.TESTS):
        AccountMember.objects.filter(user=shop.owner).delete()
    customers.keep_in_step()
    with account(operator.id):
        assert not Contact.objects.exists()


def test_going_round_again_changes_nothing(operator: Account, shop: Tenant) -> None:
    customers.keep_in_step()
    with account(operator.id):
        before = list(Membership.objects.values_list("list_id", "contact_id", "since"))
    customers.keep_in_step()
    with account(operator.id):
        assert list(Membership.objects.values_list("list_id", "contact_id", "since")) == before
