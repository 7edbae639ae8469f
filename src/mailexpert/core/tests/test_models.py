"""What holds for every table: who stands behind the wall, and who may know whom."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from mailexpert.core.beside import Beside
from mailexpert.core.models import AccountForeignKey, Walled
from mailexpert.core.scope import beside_wall
from mailexpert.core.tests.rows import walled_models

CONTRACTS = Path(__file__).parents[4] / "pyproject.toml"
OURS = [model for model in apps.get_models() if model.__module__.startswith("mailexpert.")]
# Tables with an account_id that belong to the machine, not to the account.
PLATFORM = {"sending_caughtmail", "privacy_erasuremark"}


def ranks() -> dict[str, int]:
    """Each room's place in the order of the import contract, the lowest room first."""
    contracts = tomllib.loads(CONTRACTS.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {room.strip(): place for place, line in enumerate(reversed(layers)) for room in line.split("|")}


RANKS = ranks()


def label(model: Any) -> str:
    return str(model._meta.label)


@pytest.mark.parametrize("model", OURS, ids=label)
def test_a_table_of_an_account_stands_behind_the_wall(model: type[models.Model]) -> None:
    names = {field.column for field in model._meta.concrete_fields}
    if "account_id" in names and model._meta.managed and model._meta.db_table not in PLATFORM:
        assert issubclass(model, Walled)


@pytest.mark.parametrize("model", walled_models(), ids=label)
def test_every_manager_of_a_walled_table_asks_for_an_account(model: type[Walled]) -> None:
    assert model._meta.base_manager_name == "objects", "related rows would pass through the wall"
    assert model._meta.default_manager_name == "objects"
    assert all(
        type(manager).get_queryset is not models.Manager.get_queryset for manager in model._meta.managers
    )


@pytest.mark.parametrize("model", walled_models(), ids=label)
def test_a_unique_key_of_an_account_s_table_begins_with_the_account(model: type[Walled]) -> None:
    """Else one account would learn from a refusal what another one has."""
    if model.wall_column != "account_id":
        return
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            first = [*constraint.fields, *(str(getattr(e, "name", e)) for e in constraint.expressions)][0]
            assert first == "account_id", constraint.name
    assert [f.name for f in model._meta.concrete_fields if f.unique and not f.primary_key] == []


@pytest.mark.parametrize("model", walled_models(), ids=label)
def test_a_reference_between_tables_of_an_account_holds_the_account(model: type[Walled]) -> None:
    for field in model._meta.concrete_fields:
        related = field.related_model
        if isinstance(field, models.ForeignKey) and isinstance(related, type) and issubclass(related, Walled):
            assert isinstance(field, AccountForeignKey), f"{field.name} passes through the wall"


@pytest.mark.django_db
def test_every_walled_table_has_its_policy_and_its_rights() -> None:
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, p.polname, has_table_privilege('mailexpert_app', c.oid, 'UPDATE') "
            "FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relkind IN ('r', 'p')"
        )
        found = {name: (fenced, policy, updates) for name, fenced, policy, updates in cursor.fetchall()}
    for model in walled_models():
        fenced, policy, updates = found[model._meta.db_table]
        assert (fenced, policy, updates) == (True, "wall", not model.append_only), label(model)


@pytest.mark.django_db
def test_no_table_with_an_account_was_left_outside() -> None:
    """Seen from the database: also tables that no model knows."""
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE a.attname = 'account_id' AND c.relkind = 'r' AND NOT c.relrowsecurity"
        )
        assert {name for (name,) in cursor.fetchall()} == PLATFORM


@pytest.mark.django_db
def test_the_application_reads_no_platform_table_that_holds_other_people_s_mail() -> None:
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        for table in sorted(PLATFORM):
            cursor.execute("SELECT has_table_privilege('mailexpert_app', %s, 'SELECT')", [table])
            assert cursor.fetchone() == (False,), table


@pytest.mark.parametrize("model", OURS, ids=label)
def test_a_table_refers_to_rooms_below_its_own(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        related = getattr(field, "related_model", None)
        if field.auto_created or not isinstance(related, type) or related not in OURS:
            continue
        assert RANKS[related._meta.app_label] <= RANKS[model._meta.app_label], field.name


def test_migrations_depend_on_rooms_below_their_own() -> None:
    upward = []
    for (room, name), migration in MigrationLoader(connection=None).disk_migrations.items():
        for other, _name in [*migration.dependencies, *((after, "") for after, _ in migration.run_before)]:
            other = settings.AUTH_USER_MODEL.split(".")[0] if other == "__setting__" else other
            if room in RANKS and other in RANKS and RANKS[other] > RANKS[room]:
                upward.append(f"{room}.{name} depends on {other}")
    assert upward == []


def test_rooms_on_one_line_don_t_refer_to_each_other() -> None:
    sideways = [
        f"{label(model)}.{field.name}"
        for model in OURS
        for field in model._meta.concrete_fields
        if isinstance(field.related_model, type) and field.related_model in OURS
        if RANKS[field.related_model._meta.app_label] == RANKS[model._meta.app_label]
        if field.related_model._meta.app_label != model._meta.app_label
    ]
    assert sideways == []
