"""mailexpert up | run | web | worker | deliver | intake | inbound | catcher"""

import argparse
import sys
from typing import Any

from mailexpert.base.env import Environment
from mailexpert.operations import processes

HELP = {
    "catcher": "the built-in mail catcher",
    "intake": "opens, clicks and one-click unsubscribes",
    "inbound": "bounces, complaints and mail to unsubscribe",
    "deliver": "the sending engine",
    "worker": "imports and other work in the background",
    "web": "the pages and the API",
}


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    _add_up(commands.add_parser("up", help="start and watch all processes"), _up)
    _add_up(commands.add_parser("run", help="up, and send the sample mailing (`make run`)"), _run)
    for process in processes.ALL:
        one = commands.add_parser(process.name, help=f"one process: {HELP[process.name]}")
        one.set_defaults(run=_alone, process=process.name)


def _add_up(parser: argparse.ArgumentParser, run: Any) -> None:
    parser.set_defaults(run=run)
    for process in processes.ALL:
        if process.most is None:
            text = f"how many `{process.name}` processes (1; 0 = none here)"
        else:
            text = f"0 = no `{process.name}` here"
        parser.add_argument(f"--{process.name}", type=int, default=1, metavar="N", help=text)


def _counts(asked: argparse.Namespace) -> dict[str, int]:
    return {process.name: max(0, getattr(asked, process.name)) for process in processes.ALL}


def _up(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations import up

    return up.run(env, _counts(asked))


def _run(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations import prepare, up

    if env.database_url:
        prepare.if_needed(env)
    return up.run(env, _counts(asked), after=[sys.executable, "-m", "mailexpert.operations.cli", "sample"])


def _alone(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations import up

    return up.alone(env, asked.process)
