"""mailexpert erasures replay | check"""

import argparse
import json
from pathlib import Path

from mailexpert.base.env import Environment
from mailexpert.operations.problems import Problem


class NoSuchLedger(Problem):
    """There is no such file. Nothing was done."""


class ChangedLedger(Problem):
    """The ledger of erasures was changed: a line doesn't follow from the one before it. Nothing was done; put the file
    back from its own copy, or give another machine's with --from."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = commands.add_parser(
        "erasures",
        help="clean a restored backup of everyone who was erased since; check the ledger of erasures",
    )
    made.add_argument("what", choices=("replay", "check"))
    made.add_argument(
        "--from", dest="files", action="append", type=Path, default=[], metavar="FILE",
        help="the ledger of another machine too (erasures.jsonl in its home)",
    )  # fmt: skip
    made.add_argument("--json", action="store_true", help="for a program")
    made.set_defaults(run=_run)


def _run(env: Environment, asked: argparse.Namespace) -> int:
    from mailexpert.operations.ground import standing

    for file in asked.files:
        if not file.is_file():
            raise NoSuchLedger
    with standing(env):
        from mailexpert.privacy.erasure_ledger import LedgerBroken

        try:
            return _check(asked) if asked.what == "check" else _replay(asked)
        except LedgerBroken as problem:
            raise ChangedLedger from problem


def _check(asked: argparse.Namespace) -> int:
    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import beside_wall
    from mailexpert.privacy import erasure_ledger

    with beside_wall(Beside.REPLAY):
        known = erasure_ledger.entries(asked.files)
    print(
        json.dumps({"known": len(known)}) if asked.json else f"The ledger of {len(known)} erasures is whole."
    )
    return 0


def _replay(asked: argparse.Namespace) -> int:
    from mailexpert.base import clock
    from mailexpert.privacy import replay

    done = replay.replay(clock.now(), asked.files)
    if asked.json:
        print(json.dumps(vars(done)))
    else:
        print(
            f"{done.known} erasures known; {done.people} people and {done.accounts} accounts had come back."
        )
        print("None is left." if not done.left else f"{done.left} are still there: don't open this database.")
    return 1 if done.left else 0
