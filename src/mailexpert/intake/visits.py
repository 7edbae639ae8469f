"""Visits to the operator's own pages: what a page tells when it is left, stored without a cookie.

The line in the append file holds no user agent, only the names of browser and system; the collector brings it to
tracking_visit, each file once. What pages of accounts told lies in the same files (intake/sites.py) and becomes
conversions (intake/goals.py)."""

import ipaddress
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mailexpert.base import keys
from mailexpert.intake import goals
from mailexpert.intake.collector import Collector, Connection
from mailexpert.intake.database import SQL
from mailexpert.intake.journal import Finished, Journal

LONGEST = {"page": 300, "source": 200, "search": 100}
LONGEST_STAY = 4 * 3600  # seconds; a page left open over night was not read that long
LARGEST_SCREEN = 20_000
KEY = "visit"
BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


class VisitDesk:
    def __init__(self, journal: Journal, *, is_proxied: bool) -> None:
        self._journal, self._is_proxied = journal, is_proxied

    def take(self, body: bytes, agent: str, scope: Any) -> bool:
        """Store what a page told; False when it isn't what our pages tell, or can't be stored."""
        told = read(body)
        if told is None:
            return False
        address = client(str(getattr(scope, "client", "") or ""), scope.headers, is_proxied=self._is_proxied)
        browser, system = names(agent)
        line = {
            **told, "at": round(time.time(), 3), "browser": browser, "system": system, "ip": address,
            "network": network(address),
        }  # fmt: skip
        try:
            self._journal.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        except OSError:
            return False
        return True


def read(body: bytes) -> dict[str, Any] | None:
    """The facts of a visit, each within its bounds; None for anything else."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not str(told.get("page", "")).startswith("/"):
        return None
    words = {name: _words(told.get(name), longest) for name, longest in LONGEST.items()}
    return {
        **words,
        "source": where_from(words["source"]),
        "seconds": _number(told.get("seconds"), LONGEST_STAY) or 0,
        "width": _number(told.get("width"), LARGEST_SCREEN),
        "height": _number(told.get("height"), LARGEST_SCREEN),
        "visitor": visitor(_words(told.get("visitor"), 80)),
    }


def _words(value: object, longest: int) -> str:
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", value)[:longest] if isinstance(value, str) else ""


def _number(value: object, largest: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 10**9:
        return None
    return min(int(value), largest)


def where_from(address: str) -> str:
    """The site that a visitor came from, without what its address may tell about them."""
    try:
        return (urlsplit(address).hostname or "")[:200]
    except ValueError:
        return ""


def visitor(told: str) -> str:
    """The pseudonym, when our own page gave it out to someone who agreed; a forged one is nobody."""
    name, _dot, mac = told.partition(".")
    return name if name and mac == sign(name) else ""


def sign(name: str) -> str:
    return keys.keyed_hash(name, KEY).hex()[:20]


def names(agent: str) -> tuple[str, str]:
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    return browser, next((name for sign, name in SYSTEMS if sign in agent), "")


def client(near: str, headers: Any, *, is_proxied: bool) -> str | None:
    """The address of the connection; behind our own proxy the one that it added last."""
    address = _address(near.rpartition(":")[0] or near)
    forwarded = _address((headers.get("x-forwarded-for") or "").split(",")[-1].strip())
    if is_proxied and forwarded and address and ipaddress.ip_address(address).is_private:
        return forwarded
    return address


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return None


def network(address: str | None) -> str:
    """So much of an address that it no longer belongs to one connection: /24, or /48."""
    if address is None:
        return ""
    parsed = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


class VisitCollector(Collector):
    """The same life of files as that of hits, with rows instead of counts at its end."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, folder)
        self.name = "visits"

    def _take(self, connection: Connection, file: Finished) -> None:
        with connection.transaction():
            if connection.execute(SQL["take_file"], {"name": f"visits/{file.name}"}).fetchone() is None:
                return
            told = list(goals.of_sites(file.lines))
            if told:
                [[clock]] = connection.execute(SQL["clock"]).fetchall()
                goals.store(connection, told, clock=clock, here=time.time())
            looked = set(told)
            rows = [json.loads(line) for line in file.lines.splitlines() if line not in looked]
            connection.cursor().executemany(SQL["visits"], rows)
