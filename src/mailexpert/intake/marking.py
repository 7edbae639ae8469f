"""Where a click leads to a verified site of its account, the address gets a mark (mail.marks), so that what happens
there can be counted for the mailing. A browser that asks for privacy, and a machine, get none."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from mailexpert.intake.database import DatabaseAway, Line
from mailexpert.intake.sites import Sites, wants_privacy
from mailexpert.intake.targets import Facts
from mailexpert.intake.wire import Headers, Scope, redirect
from mailexpert.mail import marks

DAY = 86_400
INDIVIDUAL = "individual"


@dataclass(slots=True)
class Way:
    """A link's answer with the mark of a day; the same for everyone who clicks it that day."""

    issue: int
    link: int
    account: int
    target: str
    host: str
    day: int = 0
    headers: Headers | None = None


def way_of(issue: int, link: int, account: int, target: str) -> Way:
    return Way(issue, link, account, target, urlsplit(target).hostname or "")


class Standing:
    """Whether a person's consent stands now, asked for everyone who clicks at the same moment at once."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._waiting: dict[tuple[int, int], asyncio.Future[bool]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def may_follow(self, issue: int, contact: int) -> bool:
        """No while the database gives no answer."""
        waits = self._waiting.get((issue, contact))
        if waits is None:
            waits = self._waiting[issue, contact] = asyncio.get_running_loop().create_future()
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await waits

    async def _ask(self) -> None:
        while self._waiting:
            now, self._waiting = self._waiting, {}
            issues, contacts = zip(*now, strict=True)
            try:
                rows = await self._line.rows("people", issues=list(issues), contacts=list(contacts))
            except DatabaseAway:
                rows = []
            may = {(issue, contact) for issue, contact, mode, *_rest in rows if mode == INDIVIDUAL}
            for who, waits in now.items():
                if not waits.done():
                    waits.set_result(who in may)
        self._asking = None


class Marker:
    def __init__(
        self, key: bytes, sites: Sites, standing: Standing, clock: Callable[[], float] = time.time
    ) -> None:
        self._key, self._sites, self._standing, self._clock = key, sites, standing, clock

    def leads_home(self, way: Way, scope: Scope) -> bool:
        """To a site of the account, for a browser that doesn't ask for privacy."""
        hosts = self._sites.hosts.get(way.account)
        return hosts is not None and way.host in hosts and not wants_privacy(scope.headers)

    def headers(self, way: Way, plain: Headers, scope: Scope) -> Headers:
        if not self.leads_home(way, scope):
            return plain
        day = self._today()
        if way.headers is None or way.day != day:
            way.day, way.headers = day, self._redirect(way, marks.Mark(way.issue, way.link, day))
        return way.headers

    async def of_reader(self, way: Way, contact: int, facts: Facts, scope: Scope) -> Headers:
        """Of a person's own link: with the person where the mail followed them and their consent stands."""
        plain = redirect(way.target)
        if facts.mode != INDIVIDUAL or not self.leads_home(way, scope):
            return self.headers(way, plain, scope)
        may = await self._standing.may_follow(way.issue, contact)
        return self._redirect(way, marks.Mark(way.issue, way.link, self._today(), contact if may else 0))

    def _today(self) -> int:
        return int(self._clock()) // DAY

    def _redirect(self, way: Way, mark: marks.Mark) -> Headers:
        return redirect(marks.put_on(way.target, marks.seal(self._key, mark)))
