"""mailexpert ledger check"""

import argparse
import json

from mailexpert.base.env import Environment


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = commands.add_parser(
        "ledger", help="check the chain of the consent ledger; prints each account's last link"
    )
    made.add_argument("what", choices=("check",))
    made.add_argument("--json", action="store_true", help="for a program")
    made.set_defaults(run=_check)


def _check(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.core.beside import Beside
        from mailexpert.core.scope import beside_wall
        from mailexpert.privacy import ledger

        with beside_wall(Beside.OPERATE):
            broken, heads = list(ledger.check()), ledger.heads()
    if asked.json:
        print(json.dumps({"broken": [vars(one) for one in broken], "heads": heads}, indent=2))
        return 1 if broken else 0
    for one in broken:
        words = {
            "lines": "its lines were changed, added or taken away",
            "chain": "the chain was changed here",
        }
        print(
            f"account {one.account_id}, link {one.n} (lines {one.first_id}-{one.last_id}): {words[one.why]}"
        )
    for account_id, n, head in heads:
        print(f"account {account_id}: {n} links, the last is {head}")
    print("The chain is broken." if broken else "The chain is whole.")
    return 1 if broken else 0
