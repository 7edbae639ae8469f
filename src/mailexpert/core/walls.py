"""The wall between accounts, made from the models by one repeatable step after each migrate.

Two fences stand: the manager that refuses to work without an account (core.models), and PostgreSQL's row-level
security made here. A reference between two accounts' rows is impossible because its key holds the account.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from mailexpert.core.database.roles import APP, NO_DATABASE, OWNER, make_roles
from mailexpert.core.models import AccountForeignKey, Walled

IS_MINE = "account_id = current_setting('mailexpert.account')::bigint"
# The same for an owner's view, in other words: were they equal, PostgreSQL would see the policy of a table joined to
# the view in the view's own condition, and use no index for what isn't leakproof there either.
IS_MINE_TOO = "account_id = coalesce(current_setting('mailexpert.account')::bigint, 0)"
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
APPEND_ONLY = "SELECT, INSERT"
ON_DELETE = {"CASCADE": "CASCADE", "PROTECT": "NO ACTION", "RESTRICT": "NO ACTION", "DO_NOTHING": "NO ACTION"}

_views: dict[str, str] = {}


def owner_view(name: str, table: str) -> None:
    """Declare a view that an owner reads a tenant table through, with the wall as its WHERE: a condition that isn't
    leakproof (prefix, lower) keeps its index there, which under a plain policy it loses."""
    _views[name] = table


def prepare(connection: BaseDatabaseWrapper) -> None:
    """Before a migrate: roles, rights on the schema, and no view that freezes a column."""
    with _as_login(connection) as cursor:
        make_roles(cursor)
        cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP}")
    with connection.cursor() as cursor:
        for name in _views:
            cursor.execute(f"DROP VIEW IF EXISTS {name}")


@contextmanager
def _as_login(connection: BaseDatabaseWrapper) -> Iterator[Any]:
    """A session that takes neither role, because they may not exist yet."""
    plain = connection.copy(NO_DATABASE)
    try:
        with plain.cursor() as cursor:
            yield cursor
    finally:
        plain.close()


def build(connection: BaseDatabaseWrapper) -> None:
    """After a migrate: grants, policies, composite keys and owner's views, from the models. Repeatable."""
    walled = [model for model in apps.get_models() if issubclass(model, Walled) and model._meta.managed]
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        _grant_platform_tables(cursor, present - {model._meta.db_table for model in walled})
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}")
        ready = [model for model in walled if model._meta.db_table in present]
        for model in ready:
            _wall_table(cursor, model)
            _own_key(cursor, model)
        for model in ready:
            _account_key(cursor, model)
            _reference_keys(cursor, model, present)
        for name, table in _views.items():
            if table in present:
                cursor.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {table} WHERE {IS_MINE_TOO}")  # noqa: S608
                cursor.execute(f"GRANT SELECT ON {name} TO {APP}")


def _grant_platform_tables(cursor: Any, tables: set[str]) -> None:
    ours = {model._meta.db_table: getattr(model, "app_may", EVERYTHING) for model in apps.get_models()}
    for table in sorted(tables):
        cursor.execute(f'REVOKE ALL ON "{table}" FROM {APP}')
        if ours.get(table, EVERYTHING):
            cursor.execute(f'GRANT {ours.get(table, EVERYTHING)} ON "{table}" TO {APP}')


def _wall_table(cursor: Any, model: type[Walled]) -> None:
    table = model._meta.db_table
    mine = IS_MINE.replace("account_id", model.wall_column)
    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    cursor.execute(f"DROP POLICY IF EXISTS wall ON {table}")
    cursor.execute(f"CREATE POLICY wall ON {table} TO {APP} USING ({mine}) WITH CHECK ({mine})")
    cursor.execute(f"REVOKE ALL ON {table} FROM {APP}")
    cursor.execute(f"GRANT {APPEND_ONLY if model.append_only else EVERYTHING} ON {table} TO {APP}")


def _own_key(cursor: Any, model: type[Walled]) -> None:
    """(account_id, id) as a key that other tenant tables can refer to; the primary one where a migration dropped
    the key on the number alone."""
    if model.wall_column == "account_id" and model._meta.pk.name == "id":
        table = model._meta.db_table
        cursor.execute("SELECT 1 FROM pg_index WHERE indrelid = %s::regclass AND indisprimary", [table])
        kind = "UNIQUE" if cursor.fetchone() else "PRIMARY KEY"
        _constraint(cursor, table, f"{table}_wall_key", f"{kind} (account_id, id)")


def _account_key(cursor: Any, model: type[Walled]) -> None:
    if model.wall_column == "account_id" and not model.hot:
        table = model._meta.db_table
        rule = "FOREIGN KEY (account_id) REFERENCES accounts_account (id) ON DELETE CASCADE"
        _constraint(cursor, table, f"{table}_account_fk", rule)


def _reference_keys(cursor: Any, model: type[Walled], present: set[str]) -> None:
    table = model._meta.db_table
    for field in model._meta.concrete_fields:
        if not isinstance(field, AccountForeignKey) or not field.checked:
            continue
        target = field.related_model._meta.db_table
        if target not in present:
            continue
        action = getattr(field.remote_field.on_delete, "__name__", "CASCADE")
        rule = f"SET NULL ({field.column})" if action == "SET_NULL" else ON_DELETE[action]
        _constraint(
            cursor,
            table,
            f"{table}_{field.column}_wall_fk",
            f"FOREIGN KEY (account_id, {field.column}) REFERENCES {target} (account_id, id) "
            f"ON DELETE {rule} DEFERRABLE INITIALLY IMMEDIATE",
        )


def _constraint(cursor: Any, table: str, name: str, rule: str) -> None:
    name = name[:63]
    cursor.execute(
        "SELECT 1 FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass", [name, table]
    )
    if cursor.fetchone() is None:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}")


def walled_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, Walled)]
