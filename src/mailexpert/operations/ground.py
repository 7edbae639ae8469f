"""Django on a running database, for commands that need both."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from mailexpert.base.env import Environment
from mailexpert.operations import postgres


@contextmanager
def standing(env: Environment, *, create: bool = False) -> Iterator[None]:
    with postgres.use(env, create=create):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
        import django

        django.setup()
        yield
