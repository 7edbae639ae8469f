"""Erasing and handing out what belongs to one person, from the data register alone."""

import pytest
from django.apps import apps

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.core import register
from mailexpert.core.scope import account
from mailexpert.core.tests.rows import row_of_each
from mailexpert.privacy import plans
from mailexpert.privacy.plans import OWN_ROW, Whose

EVERYBODY: tuple[Whose, ...] = ("contact", "user", "account")


@pytest.mark.parametrize("whose", EVERYBODY)
def test_no_row_goes_before_what_refers_to_it(whose: Whose) -> None:
    order = {step.table: number for number, step in enumerate(plans.erasure(whose))}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            target = field.related_model._meta.db_table if field.related_model else ""
            table = model._meta.db_table
            if table != target and table in order and target in order:
                assert order[table] < order[target], f"{table} refers to {target}"


@pytest.mark.parametrize("whose", EVERYBODY)
def test_the_person_s_own_row_is_in_the_plan(whose: Whose) -> None:
    assert OWN_ROW[whose] in {step.table for step in plans.erasure(whose)}


@pytest.mark.parametrize("whose", ["contact", "user"])
def test_each_table_of_such_persons_is_in_the_plan_or_can_t_be_found_by_them(whose: Whose) -> None:
    planned = {step.table for step in plans.erasure(whose)}
    missing = {
        name
        for name, table in register.tables().items()
        if table.subject == whose and table.person and name not in planned
    }
    assert missing == set()


def test_what_is_kept_says_why() -> None:
    kept = [step for step in plans.erasure("contact") if step.act in {"keep", "hash"}]
    assert {"privacy_consent", "sending_suppression"} <= {step.table for step in kept}
    assert all(step.reason and step.columns for step in kept)


def test_an_account_takes_everything_of_it_along() -> None:
    walled = {name for name, table in register.tables().items() if "account_id" in table.columns}
    assert {step.table for step in plans.erasure("account")} == walled | {"accounts_account"}
    assert {step.act for step in plans.erasure("account")} == {"delete"}


@pytest.mark.django_db
def test_an_export_holds_every_column_that_is_marked_for_it(shop: Tenant, stranger: Tenant) -> None:
    contact = row_of_each(shop.id)[Contact]
    with account(shop.id):
        found = plans.read("contact", contact.pk)
    assert found["contacts_contact"][0]["email"] == contact.email
    marked = {name for name, column in register.tables()["contacts_contact"].columns.items() if column.export}
    assert set(found["contacts_contact"][0]) == marked
    with account(stranger.id):
        assert plans.read("contact", contact.pk) == {}


@pytest.mark.django_db
def test_nothing_is_handed_out_that_opens_a_door(shop: Tenant) -> None:
    columns = {name for source in plans.export("user") for name in source.columns}
    assert "email" in columns
    assert not columns & {"password", "token", "hash", "session_key", "secret"}
