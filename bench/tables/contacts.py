"""What contacts cost as they grow, beside the SQL by hand, as one table in Markdown: from what `contacts`, `segments`
and `pages` left in var/bench. A place that wasn't measured stays empty.

    python bench/tables/contacts.py [var/bench]
"""

import json
import sys
from pathlib import Path
from typing import Any

SIZES = (10_000, 100_000, 1_000_000)
RULES = ("is, 1 in 3,000", "is, 12 %", "past 30 days, 2.6 %", "and", "or", "not", "on a list, half of all")
Found = dict[str, dict[str, Any]]


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "var" / "bench"
    print(table(*(read(folder / f"{name}.json") for name in ("contacts", "segments", "pages"))))


def read(path: Path) -> Found:
    return json.loads(path.read_text()) if path.exists() else {}


def table(imports: Found, segments: Found, pages: Found) -> str:
    rows = [
        ("an import, µs a row", [an_import(imports.get(f"import {n:,}"), "rows_per_second") for n in SIZES]),
        (
            "the same file again, µs a row",
            [an_import(imports.get(f"import {n:,}"), "again_per_second") for n in SIZES],
        ),
        ("how many contacts, ms", [beside(pages.get(f"{n:,} count beside SQL"), "count") for n in SIZES]),
        (
            "a search and its page, ms",
            [beside(pages.get(f"{n:,} search beside SQL"), "search") for n in SIZES],
        ),
    ]
    for rule in RULES:
        for what, words in (("count", "count"), ("page", "first page")):
            rows.append((f"{words}: {rule}, ms", [beside(segments.get(f"{n} {rule}"), what) for n in SIZES]))
    head = (
        "| Ours, by hand: ratio | " + " | ".join(f"{n:,}" for n in SIZES) + " |\n|---|" + "---:|" * len(SIZES)
    )
    return "\n".join([head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)])


def an_import(line: dict[str, Any] | None, rate: str) -> str:
    if line is None:
        return ""
    ours, theirs = 1e6 / line[rate], 1e6 / line["by_hand_per_second"]
    return f"{ours:.1f}, {theirs:.1f}: {ours / theirs:.2f}"


def beside(line: dict[str, Any] | None, what: str) -> str:
    if line is None:
        return ""
    return f"{line[f'{what}_ms']:g}, {line[f'{what}_by_hand_ms']:g}: {line[f'{what}_ratio']:g}"


if __name__ == "__main__":
    main()
