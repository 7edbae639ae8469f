"""Django's migrate, beside the wall, with the wall built from the models afterwards."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from mailexpert.core import walls
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with beside_wall(Beside.MIGRATE):
            walls.prepare(connection)
            super().handle(*args, **options)
            walls.build(connection)
