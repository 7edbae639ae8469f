"""The command `mailexpert`."""

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from mailexpert.base import env, keys
from mailexpert.operations.commands import (
    database,
    doctor,
    erasures,
    ledger,
    measuring,
    networks,
    people,
    processes,
    promises,
    relays,
    watching,
)
from mailexpert.operations.problems import Problem

# Parts that bring commands of their own: a package here with `commands.add`.
PARTS = ("bench",)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="mailexpert", description="E-mail marketing that keeps its promises.")
    commands = made.add_subparsers(required=True, metavar="command")
    for module in (
        processes,
        database,
        people,
        relays,
        doctor,
        promises,
        ledger,
        erasures,
        measuring,
        networks,
        watching,
    ):
        module.add(commands)
    for part in PARTS:
        if (Path(__file__).parent / part / "commands.py").exists():
            importlib.import_module(f"mailexpert.operations.{part}.commands").add(commands)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that isn't UTF-8 must not stop anything
    asked = parser().parse_args(arguments)
    try:
        return int(asked.run(env.load(), asked))
    except (Problem, env.EnvironmentProblem, keys.SecretProblem) as problem:
        print(f"mailexpert: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
