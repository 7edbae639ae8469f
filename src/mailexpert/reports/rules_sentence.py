"""What happened to a mailing, in a few sentences for who has ten seconds. Pure: facts in, codes with their numbers out;
words_sentence.py says them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailexpert.reports import rules_complaints

MANY_FAILED = 5  # percent of whoever had a turn
MANY_STOPPED = 1  # percent of whoever got it
FEW = 20  # below this a percentage says little


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`clicks` is None where nothing may be told of so few; `is_measured` is false where nobody counted."""

    planned: int = 0
    waiting: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    deferred: int = 0
    in_doubt: int = 0
    state: str = "sent"
    is_measured: bool = True
    clicks: int | None = 0
    machine_clicks: int = 0
    unsubscribed: int = 0
    complained: int = 0

    @property
    def had_turn(self) -> int:
        return self.planned - self.waiting

    @property
    def is_under_way(self) -> bool:
        return self.state in ("sending", "paused")


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence: its code, its numbers, and how many it is about where one differs from many."""

    code: str
    about: int = 0
    numbers: Mapping[str, float] = field(default_factory=dict)


def sentences(facts: Facts) -> list[Said]:
    return [_outcome(facts), *_trouble(facts), *_interest(facts), *_leavers(facts)]


def _outcome(facts: Facts) -> Said:
    if facts.planned == 0:
        return Said(code="nobody")
    if facts.is_under_way:
        return _on_its_way(facts)
    if facts.state == "cancelled":
        return Said(code="stopped", about=facts.sent, numbers={"sent": facts.sent, "planned": facts.planned})
    if facts.sent == facts.planned:
        return Said(code="all_sent", about=facts.sent, numbers={"sent": facts.sent})
    if facts.sent == 0:
        return _none_sent(facts)
    return Said(code="most_sent", about=facts.planned, numbers={"sent": facts.sent, "planned": facts.planned})


def _on_its_way(facts: Facts) -> Said:
    numbers = {"turn": facts.had_turn, "planned": facts.planned}
    if facts.state == "paused":
        return Said(code="paused", about=facts.planned, numbers=numbers)
    if facts.had_turn == 0:
        return Said(code="not_begun", about=facts.planned, numbers=numbers)
    if facts.waiting == 0:
        return Said(code="last_ones", about=facts.deferred, numbers={**numbers, "deferred": facts.deferred})
    return Said(code="under_way", about=facts.planned, numbers=numbers)


def _none_sent(facts: Facts) -> Said:
    for code, n in (
        ("all_in_doubt", facts.in_doubt), ("all_failed", facts.failed), ("all_skipped", facts.skipped),
        ("all_deferred", facts.deferred),
    ):  # fmt: skip
        if n == facts.planned:
            return Said(code=code, about=n, numbers={"n": n})
    return Said(code="none_sent", about=facts.planned, numbers={"planned": facts.planned})


def _trouble(facts: Facts) -> Iterator[Said]:
    if 0 < facts.failed < facts.planned and facts.had_turn >= FEW:
        share = 100 * facts.failed / facts.had_turn
        if share >= MANY_FAILED:
            yield Said(code="many_failed", about=facts.failed, numbers={"n": facts.failed, "percent": share})
    if 0 < facts.in_doubt < facts.planned:
        yield Said(code="in_doubt", about=facts.in_doubt, numbers={"n": facts.in_doubt})
    if 0 < facts.deferred < facts.planned and not facts.is_under_way:
        yield Said(code="deferred", about=facts.deferred, numbers={"n": facts.deferred})


def _interest(facts: Facts) -> Iterator[Said]:
    if facts.sent == 0:
        return
    if not facts.is_measured:
        yield Said(code="not_measured")
    elif facts.clicks is None:
        yield Said(code="too_few", numbers={"least": FEW})
    elif facts.clicks == 0:
        code = "only_machines" if facts.machine_clicks else "no_clicks"
        yield Said(code=code, about=facts.machine_clicks, numbers={"machines": facts.machine_clicks})
    else:
        numbers = {
            "clicks": facts.clicks, "percent": 100 * facts.clicks / facts.sent, "machines": facts.machine_clicks,
        }  # fmt: skip
        code = "machines_lead" if facts.machine_clicks > facts.clicks else "clicks"
        yield Said(code=code, about=facts.clicks, numbers=numbers)


def _leavers(facts: Facts) -> Iterator[Said]:
    if facts.sent >= FEW and 100 * facts.unsubscribed / facts.sent >= MANY_STOPPED:
        share = 100 * facts.unsubscribed / facts.sent
        yield Said(
            code="many_stopped", about=facts.unsubscribed, numbers={"n": facts.unsubscribed, "percent": share}
        )
    level = rules_complaints.level(facts.complained, facts.sent)
    if level:
        share = 100 * facts.complained / facts.sent
        code = "many_complained" if level == "serious" else "complained"
        yield Said(code=code, about=facts.complained, numbers={"n": facts.complained, "share": share})
