"""mailexpert bench send"""

import argparse
import json
from typing import Any

from mailexpert.base.env import Environment


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    bench = commands.add_parser("bench", help="measure this installation").add_subparsers(required=True)
    send = bench.add_parser("send", help="one mailing of a throw-away account, through the real path")
    send.add_argument("--messages", type=int, default=10_000, metavar="N")
    send.add_argument("--relay", metavar="URL", help="smtp://host:port; without one smtp-sink is started")
    send.add_argument("--body-kb", type=float, default=10.0, metavar="K", help="size of a message")
    send.add_argument("--links", type=int, default=10, metavar="L", help="tracked links in each part")
    send.add_argument("--loops", action="store_true", help="a template that Liquid renders person by person")
    send.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    send.set_defaults(run=_send)


def _send(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    with standing(env):
        from mailexpert.operations.bench import send

        size = send.Size(messages=asked.messages, body_kb=asked.body_kb, links=asked.links, loops=asked.loops)
        found = send.measure(size, asked.relay)
    if asked.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:28} {value:>14,}")
    return 0
