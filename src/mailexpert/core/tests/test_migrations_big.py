"""An index on a table of millions is made while everyone goes on writing in it."""

from collections.abc import Iterator

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddConstraint, AddIndex, CreateModel, Migration, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import UniqueConstraint

BIG = {
    ("contacts", "contact"), ("contacts", "membership"), ("contacts", "tagging"), ("contacts", "event"),
    ("contacts", "change"), ("sending", "delivery"), ("sending", "suppression"), ("sending", "retry"),
    ("sending", "reply"), ("sending", "stop"), ("privacy", "consent"), ("tracking", "hit"), ("tracking", "trail"),
}  # fmt: skip
# Before the first release no installation had rows in them.
BEFORE = {
    ("contacts", "0002_search_and_speed"),
    ("sending", "0005_pace_and_relays"),
    ("sending", "0010_pulse"),
}


def locking(migration: Migration) -> Iterator[str]:
    """Operations that shut a big table, which this migration doesn't make itself, for as long as an index takes."""
    ops: list[Operation] = []
    for one in migration.operations:
        ops += one.database_operations if isinstance(one, SeparateDatabaseAndState) else [one]
    made = {one.name_lower for one in ops if isinstance(one, CreateModel)}
    for one in ops:
        name = getattr(one, "model_name", "").lower()
        if (migration.app_label, name) not in BIG or name in made:
            continue
        is_index = isinstance(one, AddIndex) and not isinstance(one, AddIndexConcurrently)
        is_unique = isinstance(one, AddConstraint) and isinstance(one.constraint, UniqueConstraint)
        if is_index or is_unique:
            yield f"{migration}: {one.describe()}"


def test_new_indexes_on_big_tables_are_made_concurrently() -> None:
    found = [
        line
        for key, migration in MigrationLoader(None).disk_migrations.items()
        if key not in BEFORE
        for line in locking(migration)
    ]
    assert found == [], "use AddIndexConcurrently, with atomic = False"


def test_what_is_made_concurrently_is_no_transaction() -> None:
    for migration in MigrationLoader(None).disk_migrations.values():
        if any(isinstance(one, AddIndexConcurrently) for one in migration.operations):
            assert not migration.atomic, migration
