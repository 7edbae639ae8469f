"""Accounts are walls: what a forgotten filter, a wrong key or a careless statement can't do."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.utils import InternalError

from mailexpert.accounts.models import Account, Membership
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.models import AccountForeignKey, Walled
from mailexpert.core.scope import NoAccount, account, beside_wall
from mailexpert.core.tests.rows import IDS, row_of_each, walled_models

pytestmark = pytest.mark.django_db
BEHIND = [model for model in walled_models() if model.wall_column == "account_id"]
APPEND_ONLY = [model for model in BEHIND if model.append_only]
REFERENCES = [
    (model, field)
    for model in BEHIND
    for field in model._meta.concrete_fields
    if isinstance(field, AccountForeignKey) and field.checked
]


def label(thing: Any) -> str:
    return thing._meta.label if isinstance(thing, type) else str(getattr(thing, "name", thing))


def sql(statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def refused(act: Callable[[], Any], *problems: type[Exception]) -> None:
    with pytest.raises(problems), transaction.atomic():
        act()


def test_a_forgotten_filter_shows_no_other_account_s_row(shop: Tenant, stranger: Tenant) -> None:
    row_of_each(shop.id)
    for model in BEHIND:
        with account(stranger.id):
            seen = sql(f"SELECT DISTINCT account_id FROM {model._meta.db_table}")
        assert seen in ([], [(stranger.id,)]), label(model)
        with account(shop.id):
            assert sql(f"SELECT DISTINCT account_id FROM {model._meta.db_table}") == [(shop.id,)], label(
                model
            )


def test_an_account_sees_its_own_row_only(shop: Tenant, stranger: Tenant) -> None:
    with account(stranger.id):
        assert sql("SELECT id FROM accounts_account") == [(stranger.id,)]
        assert list(Account.objects.all()) == [stranger.account]


def test_a_row_can_t_be_put_into_or_moved_to_another_account(shop: Tenant, stranger: Tenant) -> None:
    with account(stranger.id):
        refused(lambda: Membership.objects.create(account_id=shop.id, user=stranger.owner), ProgrammingError)
        move = "UPDATE accounts_membership SET account_id = %s"
        refused(lambda: sql(move, (shop.id,)), ProgrammingError)


@pytest.mark.parametrize("model", BEHIND, ids=label)
def test_without_an_account_there_is_nothing_to_ask(model: type[Walled]) -> None:
    with pytest.raises(NoAccount):
        list(model._base_manager.all())


@pytest.mark.parametrize("model", BEHIND, ids=label)
def test_a_statement_without_an_account_fails_loudly(model: type[Walled]) -> None:
    """No row would be a lie; an error is the truth."""
    refused(lambda: sql(f"SELECT count(*) FROM {model._meta.db_table} WHERE account_id = 1"), Exception)


@pytest.mark.parametrize("model", APPEND_ONLY, ids=label)
def test_what_is_appended_can_t_be_changed(model: type[Walled], shop: Tenant) -> None:
    row_of_each(shop.id)
    table = model._meta.db_table
    with account(shop.id):
        refused(lambda: sql(f"UPDATE {table} SET account_id = account_id"), ProgrammingError)
        refused(lambda: sql(f"DELETE FROM {table}"), ProgrammingError)


@pytest.mark.parametrize(("model", "field"), REFERENCES, ids=label)
def test_a_row_can_t_refer_to_a_stranger_s(
    model: type[Walled], field: Any, shop: Tenant, stranger: Tenant
) -> None:
    """A copy of the stranger's own row, which only in this one reference names a row of the shop."""
    theirs, mine = row_of_each(shop.id)[field.related_model].pk, row_of_each(stranger.id)
    table = model._meta.db_table
    given = {"id": str(next(IDS)), field.column: str(theirs)}
    given |= {unique: f"{unique} + 1" for unique in ("n", "line") if unique in _columns(model)}
    given |= {"token": "reverse(token) || id"} if "token" in _columns(model) else {}
    chosen = ", ".join(given.get(column, column) for column in _columns(model))
    copy = f"INSERT INTO {table} ({', '.join(_columns(model))}) SELECT {chosen} FROM {table} WHERE id = %s"
    with beside_wall(Beside.TESTS), pytest.raises(IntegrityError) as refusal, transaction.atomic():
        sql(copy, (mine[model].pk,))
    assert f"{table}_{field.column}_wall_fk" in str(refusal.value)


def _columns(model: type[Walled]) -> list[str]:
    return [field.column for field in model._meta.concrete_fields if field.column and not field.generated]


def test_the_scope_follows_a_rollback(shop: Tenant, stranger: Tenant) -> None:
    def fails() -> None:
        with account(shop.id):
            sql("SELECT 1 / count(*) FROM accounts_membership WHERE false")

    with account(stranger.id):
        refused(fails, Exception)
        assert sql("SELECT id FROM accounts_account") == [(stranger.id,)]


def test_the_scope_follows_into_a_savepoint_and_out_of_it(shop: Tenant, stranger: Tenant) -> None:
    with account(shop.id), transaction.atomic():
        sql("SELECT 1")
        with suppress(KeyError), transaction.atomic(), account(stranger.id):
            assert sql("SELECT id FROM accounts_account") == [(stranger.id,)]
            raise KeyError
        assert sql("SELECT id FROM accounts_account") == [(shop.id,)]


def test_the_scope_reaches_a_copy(shop: Tenant, stranger: Tenant) -> None:
    """copy() passes by Django's wrappers: without care it would run in the account before."""
    with account(shop.id):
        sql("SELECT 1")
    statement = "COPY (SELECT id FROM accounts_account) TO STDOUT"
    with account(stranger.id), connection.cursor() as cursor, cursor.copy(statement) as rows:
        assert [row[0] for row in rows.rows()] == [str(stranger.id)]


def test_an_account_inside_a_look_beside_the_wall_stands_behind_it_again(
    shop: Tenant, stranger: Tenant
) -> None:
    with beside_wall(Beside.TESTS):
        assert len(sql("SELECT id FROM accounts_account")) == 2
        with account(shop.id):
            assert sql("SELECT id FROM accounts_account") == [(shop.id,)]
        assert len(sql("SELECT id FROM accounts_account")) == 2


def test_the_application_s_role_owns_nothing_and_passes_no_policy() -> None:
    with beside_wall(Beside.TESTS):
        owned = sql("SELECT relname FROM pg_class WHERE relowner = 'mailexpert_app'::regrole")
        rights = sql("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'mailexpert_app'")
    assert owned == []
    assert rights == [(False, False)]


@pytest.mark.django_db(transaction=True)
def test_the_scope_holds_after_the_connection_was_lost(shop: Tenant, stranger: Tenant) -> None:
    with account(stranger.id):
        sql("SELECT 1")
        connection.close()
        assert sql("SELECT id FROM accounts_account") == [(stranger.id,)]
    refused(lambda: sql("SELECT id FROM accounts_account"), InternalError, ProgrammingError, Exception)
