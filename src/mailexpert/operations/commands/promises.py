"""mailexpert promises | register | retention"""

import argparse
import json
from typing import Any

from mailexpert.base.env import Environment


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    promises = commands.add_parser("promises", help="check every promise of the policy on the running system")
    promises.add_argument("--json", action="store_true", help="the same for a program")
    promises.set_defaults(run=_promises)


def _promises(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations import promises

        results = promises.check_all()
        print(json.dumps(results, indent=2) if asked.json else promises.told(results))
    return 0 if all(result["state"] in ("kept", "checking") for result in results) else 1
