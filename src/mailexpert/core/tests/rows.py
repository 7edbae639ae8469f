"""A row of every tenant table, made from nothing but the models, with ids that no other row has."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from mailexpert.accounts.models import User
from mailexpert.core.beside import Beside
from mailexpert.core.models import AccountForeignKey, Walled
from mailexpert.core.scope import account, beside_wall

IDS = count(7_000_000)
NOW = datetime(2026, 11, 24, 14, 10, tzinfo=UTC)
VALUES: dict[type, Any] = {
    models.CharField: "x",
    models.TextField: "x",
    models.IntegerField: 1,
    models.FloatField: 1.0,
    models.BooleanField: False,
    models.DateTimeField: NOW,
    models.DateField: date(2026, 11, 24),
    models.BinaryField: b"x",
    models.JSONField: {},
    ArrayField: [],
}


def walled_models() -> list[type[Walled]]:
    return [model for model in apps.get_models() if issubclass(model, Walled) and model._meta.managed]


def row_of_each(account_id: int) -> dict[type[Walled], Any]:
    """One row in every tenant table of this account (its own row aside); the lower rooms' first."""
    made: dict[type[Walled], Any] = {}
    with account(account_id), beside_wall(Beside.TESTS):
        user = User.objects.create_user(f"colleague-{account_id}@example.org")
        waiting = [model for model in walled_models() if model.wall_column == "account_id"]
        while waiting:
            model = next(model for model in waiting if not _refers_to(model) & {*waiting} - {model})
            made[model] = _row(model, account_id, user, made)
            waiting.remove(model)
    return made


def _refers_to(model: type[Walled]) -> set[Any]:
    fields = model._meta.concrete_fields
    return {field.related_model for field in fields if isinstance(field, AccountForeignKey)}


def _row(model: type[Walled], account_id: int, user: models.Model, made: Any) -> Any:
    values: dict[str, Any] = {"account_id": account_id}
    for field in model._meta.concrete_fields:
        if field.name in values or field.generated or isinstance(field, models.CompositePrimaryKey):
            continue
        if field.primary_key:
            values[field.name] = next(IDS)
        elif isinstance(field, AccountForeignKey):
            if field.related_model is not model:  # a row that refers to its own kind may stand alone
                values[field.attname] = made[field.related_model].pk
        elif isinstance(field, models.ForeignKey):
            values[field.attname] = user.pk
        elif not (field.null or field.has_default() or field.has_db_default()):
            values[field.name] = _value(field)
    return model._base_manager.create(**values)


def _value(field: Any) -> Any:
    if field.name.endswith("_id"):
        return next(IDS)
    if field.choices:
        return next(iter(field.choices))[0]
    return next(value for kind, value in VALUES.items() if isinstance(field, kind))
