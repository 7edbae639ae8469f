"""Askers that behave as no person does: several links at once, links in their order, a link that nobody can see.

An asker is an address with a program, for one issue; or the person of a token. It is known for some seconds, in memory
alone. Its hits carry a number drawn by lot, so that the collector can call the earlier ones a machine's too."""

import secrets
from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import pairwise

from mailexpert.intake.hits import OPEN_LINK, Rule

SECONDS = 5.0  # an asker is watched so long; the collector waits a little longer (collector.HOLD)
AT_ONCE, AT_ONCE_SECONDS = 3, 1.0  # so many different links in so short a time
IN_ORDER = 4  # links in the order of the mail within SECONDS
REPLAYS = 5  # times that a person asks the same link within SECONDS
CROWD = 50  # readers with a token of their own from one address with one program within SECONDS
MOST = 100_000  # askers of one generation; a flood makes room by forgetting
MARKED_SECONDS = 600.0  # a machine stays one for this issue


@dataclass(slots=True)
class Asker:
    who: int
    since: float
    links: list[tuple[float, int]] = field(default_factory=list)
    rule: int = 0
    marked: float = 0.0


class Watch:
    def __init__(self) -> None:
        self._now: dict[Hashable, Asker] = {}
        self._before: dict[Hashable, Asker] = {}
        self._turned = 0.0

    def see(self, key: Hashable, link: int, now: float, *, is_person: bool = False) -> tuple[Asker, bool]:
        """The asker of a link, and whether it has just turned out to be a machine. A picture is no link: who opens a
        mail and clicks does two things at once."""
        asker = self._find(key, now)
        if asker.rule or link == OPEN_LINK:
            return asker, False
        asker.links.append((now, link))
        asker.rule = judge(asker.links, now, is_person=is_person)
        asker.marked = now
        return asker, bool(asker.rule)

    def see_crowd(self, key: Hashable, reader: int, now: float) -> tuple[int, list[int]]:
        """An address from which this reader's own link is asked: the rule that makes it a machine, and the readers
        whose number has to be judged because that is so since now."""
        asker = self._find(("crowd", key), now)
        if asker.rule:
            return asker.rule, []
        asker.links.append((now, reader))
        readers = {one for at, one in asker.links if now - at <= SECONDS}
        if len(readers) < CROWD:
            return Rule.PERSON, []
        asker.rule, asker.marked, asker.links = Rule.CROWD, now, []
        return asker.rule, sorted(readers)

    def mark(self, key: Hashable, rule: Rule, now: float) -> tuple[Asker, bool]:
        """It did what no person does."""
        asker = self._find(key, now)
        is_new = not asker.rule
        if is_new:
            asker.rule, asker.marked = rule, now
        return asker, is_new

    def _find(self, key: Hashable, now: float) -> Asker:
        if now - self._turned > SECONDS or len(self._now) >= MOST:
            self._turn(now)
        found = self._now.get(key)
        if found is None:
            found = self._before.get(key)
            if found is None or (not found.rule and now - found.since > SECONDS):
                found = Asker(secrets.randbits(48) | 1, now)
            self._now[key] = found
        elif not found.rule and now - found.since > SECONDS:
            found = self._now[key] = Asker(secrets.randbits(48) | 1, now)
        return found

    def _turn(self, now: float) -> None:
        """Forget whoever was quiet for a generation; machines a while longer."""
        kept = {
            key: asker
            for key, asker in self._before.items()
            if asker.rule and now - asker.marked < MARKED_SECONDS and key not in self._now
        }
        self._before = {**kept, **self._now} if len(kept) < MOST else self._now
        self._now = {}
        self._turned = now


def judge(links: list[tuple[float, int]], now: float, *, is_person: bool) -> int:
    """The rule by which these requests, oldest first, are no person's; 0 when they may be."""
    recent = {link for at, link in links if now - at <= AT_ONCE_SECONDS}
    if len(recent) >= AT_ONCE:
        return Rule.AT_ONCE
    last = [link for _at, link in links[-IN_ORDER:]]
    if len(last) == IN_ORDER and all(a < b for a, b in pairwise(last)):
        return Rule.ORDER
    if is_person and sum(link == links[-1][1] for _at, link in links) > REPLAYS:
        return Rule.REPLAY
    return Rule.PERSON
