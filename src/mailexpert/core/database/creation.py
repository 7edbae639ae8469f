"""Test databases: migrated once into a template, then copied from it in a fraction of a second."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db.backends.postgresql.creation import DatabaseCreation

from mailexpert.core.beside import Beside
from mailexpert.core.database.roles import OWNER, make_roles
from mailexpert.core.scope import beside_wall

SOURCE = Path(__file__).parents[2]
TEMPLATE_LOCK = 0x6D61696C


def schema_digest() -> str:
    """Changes whenever the tables may change."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(
        {*SOURCE.rglob("migrations/*.py"), *SOURCE.rglob("models*.py"), *SOURCE.rglob("declare.py")}
    ):
        digest.update(path.read_bytes())
    digest.update((SOURCE / "core" / "walls.py").read_bytes())
    return digest.hexdigest()


def template_name() -> str:
    """The database with every table and no rows that test databases are copied from, once one was made."""
    return f"mailexpert_template_{schema_digest()}"


class WalledCreation(DatabaseCreation):
    def create_test_db(  # type: ignore[override]
        self, verbosity: int = 1, autoclobber: bool = False, serialize: bool = True, keepdb: bool = False
    ) -> str:
        name = str(self._get_test_db_name())  # type: ignore[attr-defined]
        template = template_name()
        with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            make_roles(cursor)
            cursor.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
            try:
                if not self._exists(cursor, template):
                    self._make_template(cursor, template)
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {OWNER}')
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [TEMPLATE_LOCK])
        self._point_at(name)
        return name

    def destroy_test_db(
        self,
        old_database_name: str | None = None,
        verbosity: int = 1,
        keepdb: bool = False,
        suffix: str | None = None,
    ) -> None:
        self.connection.close()
        name = self.connection.settings_dict["NAME"]
        with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if old_database_name is not None:
            self._point_at(old_database_name)

    def _make_template(self, cursor: Any, template: str) -> None:
        draft = f"{template}_draft"
        cursor.execute(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
        cursor.execute(f"CREATE DATABASE \"{draft}\" OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8'")
        self._point_at(draft)
        with beside_wall(Beside.TESTS):
            call_command("migrate", verbosity=0, interactive=False, database=self.connection.alias)
        self.connection.close()
        cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{template}"')

    @staticmethod
    def _exists(cursor: Any, name: str) -> bool:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None

    def _point_at(self, name: str) -> None:
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = name
        self.connection.settings_dict["NAME"] = name
