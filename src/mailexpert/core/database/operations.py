from typing import Any

from django.db.backends.postgresql.operations import DatabaseOperations

from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall


class WalledOperations(DatabaseOperations):
    def execute_sql_flush(self, sql_list: Any) -> None:
        with beside_wall(Beside.TESTS):
            super().execute_sql_flush(sql_list)
