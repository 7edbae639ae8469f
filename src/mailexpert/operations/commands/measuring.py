"""mailexpert pixels off | on, mailexpert rollups rebuild"""

import argparse
from typing import Any

from mailexpert.base.env import Environment


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    pixels = commands.add_parser("pixels", help="the pictures that count opens, of all accounts at once")
    pixels.add_argument("what", choices=("off", "on", "status"))
    pixels.set_defaults(run=_pixels)
    rollups = commands.add_parser("rollups", help="the numbers of reports").add_subparsers(required=True)
    again = rollups.add_parser("rebuild", help="add them up anew from the hits and conversions that are kept")
    again.add_argument("--account", default="", help="the account's slug; else all accounts")
    again.set_defaults(run=_rebuild)


def _pixels(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.core.beside import Beside
        from mailexpert.core.scope import beside_wall
        from mailexpert.tracking import actions
        from mailexpert.tracking.models import PixelsOff

        with beside_wall(Beside.OPERATE):
            if asked.what != "status":
                actions.turn_pixels(off=asked.what == "off")
            is_off = PixelsOff.objects.exists()
    print(
        "Pictures are off: no open is counted, in mails that were sent neither."
        if is_off
        else "Pictures are on: opens count for the accounts that chose so."
    )
    return 0


def _rebuild(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.accounts.models import Account
        from mailexpert.core.beside import Beside
        from mailexpert.core.scope import account, beside_wall
        from mailexpert.tracking import actions, actions_goals

        with beside_wall(Beside.OPERATE):
            found = Account.objects.filter(slug=asked.account) if asked.account else Account.objects.all()
            ids = list(found.values_list("id", flat=True))
        made = kept = different = 0
        for number in ids:
            with account(number):
                different += actions_goals.rebuild_days()
                for issue in actions.measured_issues():
                    try:
                        actions.rebuild(issue)
                        made += 1
                    except actions.EventsGone:
                        kept += 1
    print(f"{made} mailings added up anew; {kept} left as they are, because their hits are no longer kept.")
    print(
        f"The conversions of {len(ids)} accounts added up anew; {different} of their sums were different before."
    )
    return 0
