"""Checking the promises from the command line."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils import translation

from mailexpert.base import env, logs, outgoing
from mailexpert.core.promises import State
from mailexpert.privacy import actions_promises

WORDS = {
    State.KEPT: "kept",
    State.BROKEN: "broken",
    State.CHECKING: "being checked",
    State.NOT_BUILT: "not built",
}


def check_all() -> list[dict[str, Any]]:
    """Run every check now; the results are kept as the worker's are."""
    logs.configure("promises")
    outgoing.watch(env.load())
    with translation.override("en"):
        return [
            {
                "id": verdict.promise.id,
                "ok": verdict.is_kept,
                "state": verdict.state.value,
                "evidence": "; ".join(map(str, verdict.said)),
                "checked_at": checked_at.isoformat(timespec="seconds"),
            }
            for verdict, checked_at in actions_promises.check_all()
        ]


def told(results: Sequence[dict[str, Any]]) -> str:
    counted = Counter(result["state"] for result in results)
    lines = [
        f"{result['id']:<4} {WORDS[State(result['state'])]:<14} {result['evidence']}" for result in results
    ]
    parts = ", ".join(f"{counted[state]} {WORDS[state]}" for state in State if counted[state])
    return "\n".join([*lines, "", f"{len(results)} promises: {parts}"])
