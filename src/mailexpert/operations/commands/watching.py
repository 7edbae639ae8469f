"""mailexpert metrics-token | pause-all"""

import argparse
from typing import Any

from mailexpert.base import keys
from mailexpert.base.env import Environment


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    token = commands.add_parser("metrics-token", help="print the token that opens the web's /metrics")
    token.set_defaults(run=_token)
    pause = commands.add_parser(
        "pause-all", help="hold every mailing of every account, as after a restore or a failover"
    )
    pause.set_defaults(run=_pause_all)


def _token(env: Environment, asked: argparse.Namespace) -> int:
    print(keys.derive("metrics").hex())
    return 0


def _pause_all(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations.holding import hold_all

        paused = hold_all()
    print(
        f"{paused} mailings under way are paused, or planned ones are drafts again. Accounts let them go on."
    )
    return 0
