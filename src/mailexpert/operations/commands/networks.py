"""mailexpert networks, mailexpert networks take FILE"""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from mailexpert.base import clock, networks
from mailexpert.base.env import Environment
from mailexpert.operations.problems import Problem

OLD_DAYS = 365


class CannotTake(Problem):
    """{file} can’t be taken over: {why} Nothing was changed."""


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    known = commands.add_parser(
        "networks", help="the networks of scanners and image proxies: how old, and newer ones"
    )
    known.set_defaults(run=_show)
    what = known.add_subparsers(metavar="what")
    take = what.add_parser(
        "take", help="take over what an owner publishes (JSON, SPF record, list), from a file"
    )
    take.add_argument("file", type=Path)
    take.add_argument(
        "--word", choices=networks.WORDS, default="scanner", help="what asks from these networks"
    )
    take.add_argument(
        "--source", required=True, help="where the owner publishes it; replaces what is known from there"
    )
    take.set_defaults(run=_take)


def _show(env: Environment, _asked: argparse.Namespace) -> int:
    today = clock.now().date()
    [published, own] = networks.files(env.home / "networks")
    lines = [*networks.named(published), *networks.named(own)]
    for one in networks.sources(lines):
        print(f"{one.word:<8} {one.count:>5}  {_age(one.day, today):<24} {one.source or own}")
    print(f"\n{len(lines)} networks, from {published} and {own}.")
    return 0


def _age(day: date | None, today: date) -> str:
    if day is None:
        return "day unknown"
    days = (today - day).days
    return f"{day} ({days} days){' OLD' if days > OLD_DAYS else ''}"


def _take(env: Environment, asked: argparse.Namespace) -> int:
    try:
        if asked.file.stat().st_size > networks.LARGEST:
            raise CannotTake(file=asked.file, why=f"it is larger than {networks.LARGEST // 1_000_000} MB.")
        found = networks.found_in(asked.file.read_text(encoding="utf-8", errors="replace"))
    except (OSError, networks.NothingFound) as problem:
        raise CannotTake(file=asked.file, why=problem) from problem
    networks.take(env.home / "networks", found, word=asked.word, source=asked.source, day=clock.now().date())
    print(
        f"{len(found)} networks of {asked.source} ({asked.word}). Intakes with this home know them in a minute."
    )
    return 0
