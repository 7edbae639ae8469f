"""What mixing two forms in one mailing costs the engine: µs of composing a message, for a mailing that follows nobody
and for ones where nobody, half or all of the readers agreed to be followed.

.venv/bin/python bench/mixed.py [--kb 10] [--links 10] [--messages 10000] [--turns 5] [--json]

In turns, CPU of the process, the median of the turns. What the database pays is one more column of the same question.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from compose import WINDOW, content, people

from mailexpert.delivery.letters import MEASURED, IssueLetters
from mailexpert.delivery.ports import Issue, Person

SHARES = {"individual_nobody": 0, "individual_half": 2, "individual_everybody": 1}


def issue(kilobytes: float, link_count: int, tracking: str) -> Issue:
    made = content(kilobytes, 4, link_count)
    return Issue(
        id=7, account_id=3, kind=1, sender_name=made.sender_name, sender_address=made.sender_address,
        reply_to=made.reply_to, subject=made.subject, html=made.html, text=made.text, preheader="",
        fields={"city": "t1", "birthday": "d1"}, links=made.targets, list_ids=[4], purpose="newsletter",
        tracking=tracking, language="nl", sender_line=made.sender_line,
    )  # fmt: skip


def readers(letters: IssueLetters, count: int, every: int) -> list[Person]:
    """Every so many-eth agreed; 0 is nobody."""
    names = {"t1": "city", "d1": "birthday"}
    columns = [names.get(name, name) for name in letters.columns if name != MEASURED]
    emails, rows = people(count, columns)
    follows = MEASURED in letters.columns
    return [
        Person(n + 1, email, 0, (*row, bool(every) and n % every == 0) if follows else row)
        for n, (email, row) in enumerate(zip(emails, rows, strict=True))
    ]


def run(letters: IssueLetters, everybody: Sequence[Person]) -> float:
    began = time.process_time()
    for start in range(0, len(everybody), WINDOW):
        for message in letters.compose(everybody[start : start + WINDOW]):
            assert message is not None
    return (time.process_time() - began) / len(everybody) * 1e6


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--kb", type=float, default=10)
    ask.add_argument("--links", type=int, default=10)
    ask.add_argument("--messages", type=int, default=10_000)
    ask.add_argument("--turns", type=int, default=5)
    ask.add_argument("--json", action="store_true")
    asked = ask.parse_args()
    plain = IssueLetters(issue(asked.kb, asked.links, "aggregate"))
    casts = {"aggregate": (plain, readers(plain, asked.messages, 0))}
    for name, every in SHARES.items():
        letters = IssueLetters(issue(asked.kb, asked.links, "individual"))
        casts[name] = letters, readers(letters, asked.messages, every)
    took: dict[str, list[float]] = {name: [] for name in casts}
    for _ in range(asked.turns):
        for name, (letters, everybody) in casts.items():
            took[name].append(run(letters, everybody))
    found = {f"us_{name}": round(statistics.median(turns), 2) for name, turns in took.items()}
    ratio = [half / none for half, none in zip(took["individual_half"], took["aggregate"], strict=True)]
    found["half_against_aggregate"] = round(statistics.median(ratio), 2)
    print(json.dumps(found) if asked.json else "  ".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
