"""The accounts' own sites: which pages may tell something, what they tell, and the mark that a click carries to them.

A page tells that it was looked at, or that something happened on it (intake/site.js). It is believed only from a
verified site of the account whose key it brings. The line in the append file names no address, no browser and no page
that isn't a goal's business for longer than the collector needs; it names a person only where the page has their
consent and their mail carried one."""

import json
import re
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mailexpert.base.env import LOOPBACK
from mailexpert.intake.database import DatabaseAway, Line
from mailexpert.intake.hits import SECONDS_OF_HOUR
from mailexpert.intake.journal import Journal
from mailexpert.intake.networks import Networks
from mailexpert.intake.wire import Headers, Scope
from mailexpert.mail import attribution, goals

SQUEEZED = re.compile(rb"/\*.*?\*/|^\s+", re.DOTALL | re.MULTILINE)
# As it is served: without the words that are for its readers.
SCRIPT = SQUEEZED.sub(b"", (Path(__file__).parent / "site.js").read_bytes())
REFRESH_SECONDS = (
    1.0  # at least between two looks for a key that nobody knows: a flood of those asks once a second
)
MOST_ORDERS = 600  # a minute for an account on one process: each is a row, and anybody can read a site's key
REPEATS, REPEAT_SECONDS = (
    5,
    5.0,
)  # the same thing told by one browser more often than this is a script's doing
MOST_KNOWN = 100_000


@dataclass(frozen=True, slots=True)
class Site:
    """An account's sites: the hosts that it has shown to be its own."""

    account: int
    hosts: frozenset[str]


class Sites:
    """The accounts that measure their sites, by key and by number. Keeps what it knows while the database is away."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._by_key: dict[str, Site] = {}
        self.hosts: dict[int, frozenset[str]] = {}
        self._asked_at = 0.0

    async def refresh(self) -> None:
        self._asked_at = time.monotonic()
        try:
            rows = await self._line.rows("sites")
        except DatabaseAway:
            return
        self._by_key = {key: Site(account, frozenset(hosts)) for key, account, hosts in rows}
        self.hosts = {site.account: site.hosts for site in self._by_key.values()}

    async def find(self, key: str) -> Site | None:
        if key not in self._by_key and time.monotonic() - self._asked_at > REFRESH_SECONDS:
            await self.refresh()
        return self._by_key.get(key)


def host_of(origin: str, site: Site) -> str:
    """The site's host that a browser says it is on; empty for any other. Exact: no other port, no subdomain."""
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or parts.path or parts.query or host not in site.hosts:
        return ""
    return host if port is None or host in LOOPBACK else ""


def allows(origin: str) -> Headers:
    """For this site's pages alone, without cookies."""
    return [
        ("access-control-allow-origin", origin), ("vary", "origin"),
        ("access-control-allow-methods", "POST"), ("access-control-allow-headers", "content-type"),
        ("access-control-max-age", "600"),
    ]  # fmt: skip


def wants_privacy(headers: Any) -> bool:
    """Global Privacy Control, or Do Not Track: the browser said no to everything."""
    return "1" in (headers.get("sec-gpc"), headers.get("dnt"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a page told, within its bounds. `order`: a keyed hash of the shop's number. `hour`: since 1970. The rest is
    the click that it came of."""

    account: int
    host: str
    page: str
    goal: str = ""
    cents: int = 0
    currency: str = ""
    order: str = ""
    hour: int = 0
    channel: int = 0
    day: int = 0
    issue: int = 0
    link: int = 0
    contact: int = 0
    source: str = ""
    medium: str = ""
    campaign: str = ""


def read(body: bytes, site: Site, host: str, key: bytes) -> tuple[Told | None, bool]:
    """What is told, None for what our script never tells; and whether it brought a mark that we never sealed, which is
    left out."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None, False
    if not isinstance(told, dict) or not isinstance(told.get("page"), str) or told["page"][:1] != "/":
        return None, False
    happened = _happened(told, site.account)
    if happened is None:
        return None, False
    said = told.get("click")
    click = attribution.read(key, said) if isinstance(said, str) and said else attribution.NOTHING
    where = asdict(click or attribution.NOTHING)
    where["channel"] = int(where["channel"])
    if told.get("consent") is not True:
        where["contact"] = 0
    page = told["page"].partition("?")[0].partition("#")[0][: goals.LONGEST_PATH]
    page = attribution.CONTROL.sub(" ", page)
    found = Told(
        account=site.account, host=host, page=page, hour=int(time.time()) // SECONDS_OF_HOUR, **happened, **where
    )  # fmt: skip
    return found, click is None


def _happened(told: dict[str, Any], account: int) -> dict[str, Any] | None:
    """The event with its amount; nothing for a page that is just looked at, None for what is none."""
    if told.get("goal") is None:
        return {}
    name, worth = goals.name(told["goal"]), told.get("value")
    cents = goals.amount(worth) if worth is not None else 0
    currency = goals.currency(told.get("currency", "EUR")) if worth is not None else ""
    number = told.get("order")
    if not name or cents is None or (worth is not None and not currency):
        return None
    if number is None:
        return {"goal": name, "cents": cents, "currency": currency}
    number = str(number) if isinstance(number, (str, int)) and not isinstance(number, bool) else ""
    if not number.strip() or len(number) > goals.LONGEST_ORDER or not number.isprintable():
        return None
    return {
        "goal": name, "cents": cents, "currency": currency, "order": goals.order_key(account, number.strip())
    }  # fmt: skip


class Flood:
    """What one browser repeats, and how many orders an account's pages tell. In memory, for seconds."""

    def __init__(self) -> None:
        self._repeats: Counter[Any] = Counter()
        self._orders: Counter[int] = Counter()
        self._repeats_since = self._orders_since = 0.0

    def is_replay(self, who: Any, now: float) -> bool:
        if now - self._repeats_since > REPEAT_SECONDS or len(self._repeats) > MOST_KNOWN:
            self._repeats.clear()
            self._repeats_since = now
        self._repeats[who] += 1
        return self._repeats[who] > REPEATS

    def is_too_much(self, account: int, now: float) -> bool:
        if now - self._orders_since > 60:
            self._orders.clear()
            self._orders_since = now
        self._orders[account] += 1
        return self._orders[account] > MOST_ORDERS


class SiteDesk:
    def __init__(self, journal: Journal, sites: Sites, networks: Networks, key: bytes) -> None:
        self._journal, self._networks, self._key = journal, networks, key
        self.sites = sites
        self._flood = Flood()
        self.strange = self.forged = self.replayed = 0

    async def find(self, key: str, scope: Scope) -> tuple[Site, str] | None:
        """The site that a key names, and its host that the browser is on; None for everybody else's page."""
        site = await self.sites.find(key)
        host = host_of(scope.headers.get("origin") or "", site) if site else ""
        if site is None or not host:
            self.strange += 1
            return None
        return site, host

    def address(self, scope: Scope) -> str:
        """Of the browser, for seconds and in memory; empty behind a proxy that doesn't say whom it stands for."""
        place = self._networks.of(scope.client, scope.headers.get("x-forwarded-for") or "")
        return str(place.address) if place.is_told else ""

    def take(self, site: Site, host: str, body: bytes, asker: tuple[str, str]) -> int:
        """The status to answer with; 204 is stored, or rightly not."""
        told, is_forged = read(body, site, host, self._key)
        if told is None:
            return 400
        self.forged += is_forged
        now = time.monotonic()
        if asker[0] and self._flood.is_replay((asker, told.account, told.page, told.goal, told.order), now):
            self.replayed += 1
            return 204
        if told.order and self._flood.is_too_much(told.account, now):
            return 429
        line = {name: value for name, value in asdict(told).items() if value}
        try:
            self._journal.write(json.dumps({"site": 1, **line}, separators=(",", ":")).encode() + b"\n")
        except OSError:
            return 503
        return 204
