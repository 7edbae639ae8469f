"""The budgets of the house: how long a function, a file, a list of parameters may be.

An exception is a line in `budgets.txt` beside this file: `path[:name]  reason`.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FUNCTION, TEST_FUNCTION, FILE, PARAMETERS = 80, 40, 500, 8
Function = ast.FunctionDef | ast.AsyncFunctionDef


def exceptions() -> set[str]:
    lines = (ROOT / "tools" / "budgets.txt").read_text().splitlines()
    rows = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    unexplained = [row[0] for row in rows if len(row) < 2]
    if unexplained:
        sys.exit(f"budgets.txt: no reason given for {unexplained[0]}")
    return {row[0] for row in rows}


def over_budget(path: Path) -> Iterator[tuple[str, str]]:
    text = path.read_text()
    name = path.relative_to(ROOT).as_posix()
    if text.count("\n") > FILE:
        yield name, f"{text.count(chr(10))} lines, at most {FILE}"
    longest = TEST_FUNCTION if "/tests/" in name else FUNCTION
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            positional = len(node.args.posonlyargs) + len(node.args.args)
            if lines > longest:
                yield f"{name}:{node.name}", f"{lines} lines, at most {longest}"
            if positional > PARAMETERS:
                yield f"{name}:{node.name}", f"{positional} positional parameters, at most {PARAMETERS}"


def main() -> int:
    allowed, found = exceptions(), 0
    for path in sorted([*ROOT.glob("src/**/*.py"), *ROOT.glob("tools/*.py"), *ROOT.glob("bench/*.py")]):
        if "migrations" in path.parts:
            continue
        for where, what in over_budget(path):
            if where not in allowed:
                found += 1
                print(f"{where}: {what}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
