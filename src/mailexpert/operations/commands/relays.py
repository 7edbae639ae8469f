"""mailexpert relay add | limit | list | remove: the mail servers of the installation, for accounts without their own"""

import argparse
from datetime import date
from typing import Any

from mailexpert.base.env import Environment


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    relay = commands.add_parser("relay", help="mail servers of the installation").add_subparsers(
        required=True
    )
    made = relay.add_parser("add", help="add one; from then on it takes the place of MAILEXPERT_RELAY_URL")
    made.add_argument(
        "url", metavar="smtp://user:password@host:port", help="or smtps:// for TLS from the start"
    )
    made.add_argument("--name", default="", help="how it is called here; else its host")
    made.add_argument("--weight", type=int, default=1, help="its share of the mail, beside the others")
    made.add_argument("--connections", type=int, default=8)
    made.add_argument("--per-connection", type=_number, default=None, help="mails over one connection")
    made.add_argument("--per-second", type=_number, default=None)
    made.add_argument("--per-hour", type=_number, default=None)
    made.add_argument(
        "--delivers-itself", action="store_true", help="it hands mail straight to the receivers: spare them"
    )
    made.add_argument(
        "--warm-up-from", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD",
        help="its address is new: 200 mails to each receiver on this day, twice as many on each next",
    )  # fmt: skip
    made.set_defaults(run=_add)
    limit = relay.add_parser(
        "limit", help="what one receiver takes through it; without a number its limit ends"
    )
    limit.add_argument("id", type=int)
    limit.add_argument("receiver", help="as google, outlook, yahoo, kpn")
    for name in ("--per-hour", "--connections", "--per-connection"):
        limit.add_argument(name, type=_number, default=None)
    limit.set_defaults(run=_limit)
    relay.add_parser("list", help="those there are").set_defaults(run=_list)
    gone = relay.add_parser("remove", help="take one away; the others take its mail")
    gone.add_argument("id", type=int)
    gone.set_defaults(run=_remove)


def _add(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations import relays

        print(relays.add(asked))
    return 0


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _limit(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations import relays

        print(relays.limit(asked))
    return 0


def _list(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations import relays

        for line in relays.lines():
            print(line)
    return 0


def _remove(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations import relays

        print(relays.remove(asked.id))
    return 0
