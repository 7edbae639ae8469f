"""Promises, retention and the data register from the command line."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils import translation

from mailexpert.base import clock, env, logs, outgoing
from mailexpert.core.beside import Beside
from mailexpert.core.promises import State
from mailexpert.core.scope import beside_wall
from mailexpert.privacy import actions_promises, plans, record, retention

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


def silence_told() -> list[str]:
    """What tonight's turn over silent contacts would do, all accounts together."""
    from mailexpert.accounts.models import Account
    from mailexpert.contacts import actions_silence, actions_terms
    from mailexpert.core.scope import account

    now = clock.now()
    sums = dict.fromkeys(("to_ask", "waiting", "to_erase", "unreachable", "signups"), 0)
    with beside_wall(Beside.RETENTION):
        numbers = list(Account.objects.filter(closing_at=None).values_list("id", flat=True))
    for number in numbers:
        with account(number):
            for name, count in vars(actions_silence.dry_run(now)).items():
                sums[name] += count
            sums["signups"] += actions_terms.over(now).count()
    words = {
        "to_ask": "silent contacts to ask whether they still want mail",
        "waiting": "were asked and can still answer",
        "to_erase": "were asked, didn't answer, to erase",
        "unreachable": "silent contacts on no list, to erase",
        "signups": "sign-ups that their accounts keep no longer, to delete",
    }
    return [f"{sums[name]:>9}  {text}" for name, text in words.items()]


def retention_told(*, dry_run: bool) -> str:
    now = clock.now()
    with beside_wall(Beside.RETENTION):
        done = retention.dry_run(now) if dry_run else retention.carry_out(now)
    lines = [
        f"{one.rows:>9}  {one.rule.act} {one.rule.table} ({one.rule.retention.column} before "
        f"{one.rule.limit:%Y-%m-%d %H:%M})"
        for one in done
    ]
    word = "would go" if dry_run else "went"
    told = [*lines, "", f"{sum(one.rows for one in done)} rows {word}"]
    return "\n".join([*told, "", *silence_told()] if dry_run else told)


def register_told(language: str, *, as_json: bool, plan: plans.Whose | None) -> str:
    with translation.override(language):
        if plan is not None:
            steps, sources = plans.erasure(plan), plans.export(plan)
            if as_json:
                both = {"erase": [asdict(one) for one in steps], "export": [asdict(one) for one in sources]}
                return json.dumps(both, indent=2, ensure_ascii=False)
            return "\n".join(
                f"{number:>3}. {step.act} {step.table} by {step.key} {', '.join(step.columns)} {step.reason}".rstrip()
                for number, step in enumerate(steps, 1)
            )
        if as_json:
            return json.dumps(record.as_dict(), indent=2, ensure_ascii=False, default=str)
        return record.as_markdown()
