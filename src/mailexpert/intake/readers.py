"""Clicks and opens: who asks is judged, the hit is stored, then it is answered.

A token that is the same for all readers, or a reader's own with the number of the link behind it; of the latter the
collector looks up whether the person may be measured, before anything of them is stored. When a token is too old, or
its account measures nothing any more, the link goes on leading where it led, and nothing is written down."""

import time
from dataclasses import dataclass, field
from typing import Any

from mailexpert.intake import agents, marking
from mailexpert.intake.database import DatabaseAway
from mailexpert.intake.hits import OPEN_LINK, HitDesk, Rule, prefix
from mailexpert.intake.networks import Networks, Place
from mailexpert.intake.targets import Facts, Pixels, Targets
from mailexpert.intake.watch import Asker, Watch
from mailexpert.intake.wire import NO_STORE, RETRY, Headers, Scope, Wire, redirect, refuse
from mailexpert.mail import links

MOST_REMEMBERED = 100_000  # clicks' tokens; they are the same for all readers of an issue
LATER = "Probeer het zo nog eens.\nPlease try again in a moment.\n"
GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
PICTURE = [("content-type", "image/gif"), NO_STORE]

Told = links.Click | links.Open | links.Reader


@dataclass(slots=True)
class Way:
    """A click that was asked before: its lines by device and rule, until when it counts, and its answer."""

    issue: int
    link: int
    until: float
    headers: Headers
    home: marking.Way
    lines: dict[tuple[int, int, str], bytes] = field(default_factory=dict)

    def line(self, device: int, rule: int, country: str) -> bytes:
        found = self.lines.get((device, rule, country))
        if found is None:
            found = self.lines[device, rule, country] = prefix(
                self.issue, self.link, False, device, rule, country
            )
        return found


class ReaderDesk:
    def __init__(
        self, hits: HitDesk, targets: Targets, pixels: Pixels, networks: Networks, marker: marking.Marker
    ) -> None:
        self._hits, self._targets, self._pixels, self._networks = hits, targets, pixels, networks
        self._marker = marker
        self._watch = Watch()
        self.ways: dict[str, Way] = {}
        self.unknown = self.hidden_asked = 0

    async def send_on(self, way: Way, scope: Scope, wire: Wire) -> None:
        """A click in a link of an issue, with a token that is the same for all."""
        if time.time() > way.until:
            wire.response_empty(302, way.headers)
            return
        agent, place, device, rule = self._look(scope)
        who = 0
        if not rule and place.is_told:
            rule, who = self._behaves((place.address, agent, way.issue), way.link)
        line = way.line(device, rule, place.country)
        stored = self._hits.take_exact(line, who, 0) if who else self._hits.take(line)
        if await stored:
            headers = way.headers if rule else self._marker.headers(way.home, way.headers, scope)
            wire.response_empty(302, headers)
        else:
            wire.response_str(503, RETRY, LATER)

    async def click(self, path: str, told: Told, scope: Scope, wire: Wire) -> None:
        """The first click of a token, and every one of a reader's own."""
        link = told.link if isinstance(told, links.Click) else _number(path)
        facts = await self._facts(told, wire)
        if facts is None:
            return
        target = facts.target(link) if not isinstance(told, links.Open) else None
        if target is None:
            self.unknown += 1
            refuse(wire, 404)
        elif scope.method == "HEAD":
            self._mark(told, scope, Rule.HEAD)
            wire.response_empty(302, redirect(target))
        elif isinstance(told, links.Click):
            await self.send_on(self._remember(path, told, target, facts), scope, wire)
        elif await self._store(told, link, facts, scope):
            wire.response_empty(302, await self._answer(told, link, target, facts, scope))
        else:
            wire.response_str(503, RETRY, LATER)

    async def _answer(self, told: Told, link: int, target: str, facts: Facts, scope: Scope) -> Headers:
        """Of a reader's own link. Nothing goes along with a dead token, nor for who says that they are a machine."""
        is_dead = time.time() > facts.until or not facts.is_measured
        if is_dead or not isinstance(told, links.Reader) or self._look(scope)[3]:
            return redirect(target)
        way = marking.way_of(told.issue, link, facts.account, target)
        return await self._marker.of_reader(way, told.contact, facts, scope)

    async def open(self, told: Told, scope: Scope, wire: Wire) -> None:
        """The counting picture. Where it doesn't count there is none."""
        if isinstance(told, links.Click):
            refuse(wire, 404)
            return
        facts = await self._facts(told, wire)
        if facts is None:
            return
        if not self._pixels.count_for(facts.account) or not facts.is_measured or time.time() > facts.until:
            wire.response_empty(204, [NO_STORE])
        elif scope.method == "HEAD":
            wire.response_empty(200, PICTURE)
        elif await self._store(told, OPEN_LINK, facts, scope):
            wire.response_bytes(200, PICTURE, GIF)
        else:
            wire.response_empty(503, [NO_STORE, ("retry-after", "5")])

    def hidden(self, told: Told, scope: Scope, wire: Wire) -> None:
        """Nobody can see this link: whoever asks is a program, and so is what it asked a moment ago."""
        self.hidden_asked += 1
        self._mark(told, scope, Rule.HIDDEN)
        wire.response_empty(204, [NO_STORE])

    async def forget_deleted(self) -> None:
        """Links of issues that no longer exist lead nowhere."""
        gone = await self._targets.forget_deleted()
        self.ways = {path: way for path, way in self.ways.items() if way.issue not in gone}

    async def _facts(self, told: Told, wire: Wire) -> Facts | None:
        try:
            facts = await self._targets.find(told.issue)
        except DatabaseAway:
            wire.response_str(503, RETRY, LATER)
            return None
        if facts is None:
            self.unknown += 1
            refuse(wire, 404)
        return facts

    async def _store(self, told: Told, link: int, facts: Facts, scope: Scope) -> bool:
        if time.time() > facts.until or not facts.is_measured:
            return True
        agent, place, device, rule = self._look(scope)
        who, contact = 0, 0
        if isinstance(told, links.Reader):
            contact = told.contact
            if not rule:
                rule, who = self._behaves(contact_key(told), link, is_person=True)
            if not rule and place.is_told and link != OPEN_LINK:
                rule = self._crowds((place.address, agent, told.issue), who)
        elif not rule and place.is_told and link != OPEN_LINK:
            rule, who = self._behaves((place.address, agent, told.issue), link)
        line = prefix(told.issue, link, link == OPEN_LINK, device, rule, place.country)
        if not rule and (who or contact):
            return await self._hits.take_exact(line, who, contact)
        return await self._hits.take(line)

    def _remember(self, path: str, told: links.Click, target: str, facts: Facts) -> Way:
        if len(self.ways) >= MOST_REMEMBERED:
            self.ways.clear()
        until = facts.until if facts.is_measured else 0.0
        home = marking.way_of(told.issue, told.link, facts.account, target)
        way = self.ways[path] = Way(told.issue, told.link, until, redirect(target), home)
        return way

    def _look(self, scope: Scope) -> tuple[str, Place, int, int]:
        headers = scope.headers
        agent = headers.get("user-agent") or ""
        seen = agents.look(agent)
        place = self._networks.of(scope.client, headers.get("x-forwarded-for") or "")
        rule = seen.rule or place.rule or (Rule.PREFETCH if _is_ahead(headers) else Rule.PERSON)
        return agent, place, 0 if rule else seen.device, rule

    def _behaves(self, key: Any, link: int, *, is_person: bool = False) -> tuple[int, int]:
        """By what it does: the rule that makes it a machine, and its number while that isn't known."""
        asker, is_new = self._watch.see(key, link, time.monotonic(), is_person=is_person)
        if is_new:
            self._hits.judge(asker.who, asker.rule)
        return (asker.rule, 0) if asker.rule and not is_new else (0, asker.who)

    def _crowds(self, key: Any, who: int) -> int:
        """A scanner that goes through the mails of many readers at once may ask so little of each that no reader's
        own number gives it away."""
        rule, found = self._watch.see_crowd(key, who, time.monotonic())
        for one in found:
            self._hits.judge(one, rule)
        return 0 if who in found else rule

    def _mark(self, told: Told, scope: Scope, rule: Rule) -> None:
        if isinstance(told, links.Reader):
            key: Any = contact_key(told)
        else:
            agent, place, _device, _rule = self._look(scope)
            if not place.is_told:
                return
            key = (place.address, agent, told.issue)
        asker, is_new = self._watch.mark(key, rule, time.monotonic())
        if is_new:
            self._judge(asker)

    def _judge(self, asker: Asker) -> None:
        self._hits.judge(asker.who, asker.rule)


def contact_key(told: links.Reader) -> tuple[int, int]:
    return told.issue, told.contact


def _number(path: str) -> int:
    """The link behind a reader's token; one that is no number is no link."""
    told = path.rpartition(".")[2]
    return int(told) if told.isascii() and told.isdecimal() and len(told) <= 5 else -1


def _is_ahead(headers: Any) -> bool:
    """A browser or proxy that fetches before anybody asked says so."""
    return "prefetch" in (headers.get("sec-purpose") or headers.get("purpose") or headers.get("x-moz") or "")
