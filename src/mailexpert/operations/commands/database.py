"""mailexpert prepare | migrate | sample"""

import argparse
from typing import Any

from mailexpert.base.env import Environment


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    prepare = commands.add_parser("prepare", help="make the home, its database, and the first accounts")
    prepare.set_defaults(run=_prepare)
    migrate = commands.add_parser("migrate", help="bring the tables and the wall up to this version")
    migrate.set_defaults(run=_migrate)
    sample = commands.add_parser("sample", help="send the sample mailing and say where its report is")
    sample.set_defaults(run=_sample)


def _prepare(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations import prepare
    from mailexpert.operations.ground import standing

    with standing(env, create=True):
        prepare.everything(env)
    return 0


def _migrate(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from django.core.management import call_command

        call_command("migrate", interactive=False)
    return 0


def _sample(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations import sample

        sample.send(env)
    return 0
