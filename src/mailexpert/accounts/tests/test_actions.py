"""Accounts, staff and API tokens."""

import pytest

from mailexpert.accounts import actions
from mailexpert.accounts.models import Account, ApiToken, Membership, User
from mailexpert.accounts.queries import account_of_token
from mailexpert.base import clock
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall

pytestmark = pytest.mark.django_db


def test_two_accounts_of_the_same_name_get_slugs_of_their_own() -> None:
    first = actions.make_account(name="Bakkerij Één & Zoon")
    second = actions.make_account(name="Bakkerij Één & Zoon")
    assert [first.slug, second.slug] == ["bakkerij-een-zoon", "bakkerij-een-zoon-2"]


def test_the_owner_of_a_new_account_is_inside_it() -> None:
    owner = actions.make_user("els@bakkerij.example", "koffie-met-een-koekje")
    made = actions.make_account(name="Bakkerij", owner=owner, kvk="12345678")
    with account(made.id):
        assert Membership.objects.get(user=owner).role == "owner"
        assert Account.objects.get().kvk == "12345678"


def test_a_token_opens_its_account_and_no_other(shop: Tenant, stranger: Tenant) -> None:
    token = actions.make_token(shop.account, "koppeling", ["read"])
    found = account_of_token(token)
    assert found is not None
    assert found[0] == shop.id
    assert (found[1].may("read"), found[1].may("send")) == (True, False)
    assert account_of_token(token.replace(f"_{shop.id}_", f"_{stranger.id}_")) is None


def test_a_token_is_kept_as_a_hash_only(shop: Tenant) -> None:
    token = actions.make_token(shop.account, "koppeling")
    with account(shop.id):
        row = ApiToken.objects.get()
    secret = token.split("_", 2)[2]
    assert row.prefix == secret[:8]
    assert secret.encode() not in bytes(row.hash)


@pytest.mark.parametrize(
    "token", ["", "mx", "mx_1_", "mx_1_kort", "mx_x_" + "a" * 43, "mx_" + "9" * 30 + "_" + "a" * 43]
)
def test_a_thing_that_is_no_token_opens_nothing(shop: Tenant, token: str) -> None:
    assert account_of_token(token) is None


def test_a_token_with_one_sign_changed_opens_nothing(shop: Tenant) -> None:
    token = actions.make_token(shop.account, "koppeling")
    assert account_of_token(token[:-1] + ("A" if token[-1] != "A" else "B")) is None


def test_the_day_a_token_was_last_used_is_kept(shop: Tenant) -> None:
    account_of_token(actions.make_token(shop.account, "koppeling"))
    with account(shop.id):
        assert ApiToken.objects.get().last_used == clock.now().date()


def test_a_staff_member_belongs_to_the_operator_and_has_no_password_yet() -> None:
    operator = actions.make_account(name="MailExpert", slug="operator")
    staff = actions.make_staff("Noor@mailexpert.example")
    assert actions.make_staff("noor@mailexpert.example") == staff
    assert User.objects.get(pk=staff.pk).is_staff
    assert not staff.has_usable_password()
    with beside_wall(Beside.TESTS):
        assert Membership.objects.get(user=staff).account_id == operator.id
