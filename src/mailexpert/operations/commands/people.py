"""mailexpert token create | staff create"""

import argparse
from typing import Any

from mailexpert.base.env import Environment


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    token = commands.add_parser("token", help="API tokens of an account").add_subparsers(required=True)
    create = token.add_parser("create", help="make a token and print it, nothing else")
    create.add_argument("--account", required=True, metavar="SLUG")
    create.add_argument("--name", default="mailexpert token create", help="how the account's list calls it")
    create.set_defaults(run=_create_token)
    staff = commands.add_parser("staff", help="who work for the operator").add_subparsers(required=True)
    create = staff.add_parser("create", help="make one; the password is chosen on the page that it names")
    create.add_argument("--email", required=True)
    create.add_argument("--name", default="", metavar="FULL NAME")
    create.set_defaults(run=_create_staff)


def _create_token(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations import people

        print(people.create_token(asked.account, asked.name))
    return 0


def _create_staff(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations import people

        print(people.create_staff(env, asked.email, asked.name))
    return 0
