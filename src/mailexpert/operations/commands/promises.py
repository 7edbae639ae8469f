"""mailexpert promises | register | retention"""

import argparse
import json
from typing import Any

from mailexpert.base.env import Environment


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    promises = commands.add_parser("promises", help="check every promise of the policy on the running system")
    promises.add_argument("--json", action="store_true", help="the same for a program")
    promises.set_defaults(run=_promises)
    retention = commands.add_parser("retention", help="delete what is older than the data register allows")
    retention.add_argument("--dry-run", action="store_true", help="count it, and leave it")
    retention.set_defaults(run=_retention)
    register = commands.add_parser(
        "register", help="the data register: the record of processing, in Markdown"
    )
    register.add_argument("--json", action="store_true", help="all of it, for a program")
    register.add_argument("--language", choices=("nl", "en"), default="nl")
    register.add_argument("--plan", choices=("contact", "user", "account"), help="how such a one is erased")
    register.set_defaults(run=_register)


def _promises(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations import promises

        results = promises.check_all()
        print(json.dumps(results, indent=2) if asked.json else promises.told(results))
    return 0 if all(result["state"] in ("kept", "checking") for result in results) else 1


def _retention(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations import promises

        print(promises.retention_told(dry_run=asked.dry_run))
    return 0


def _register(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations import promises

        print(promises.register_told(asked.language, as_json=asked.json, plan=asked.plan))
    return 0
