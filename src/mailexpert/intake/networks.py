"""Where a request comes from: a known network of scanners, a country, or just somewhere. The address itself is looked
at and forgotten.

Which networks are machines' is data (base/networks.py). `country.csv` in the home's folder `networks`
(`first,last,NL`, or `network,NL`) says which country an address lies in. Without it no country is known."""

import csv
import ipaddress
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import structlog

from mailexpert.base import networks as known
from mailexpert.intake.hits import Rule

RULES = {"scanner": Rule.NETWORK, "gmail": Rule.GMAIL, "yahoo": Rule.YAHOO, "apple": Rule.APPLE}
NOWHERE = ""

log = structlog.get_logger()


class Place(NamedTuple):
    """`is_told`: the asker's own address is known. Behind a proxy that keeps it to itself all readers have one, and
    whatever they do together must not make them a machine."""

    address: str
    is_told: bool
    rule: int
    country: str


class Ranges:
    """Addresses in ranges with a word for each; both kinds of address are numbers of their own."""

    def __init__(self, ranges: Iterable[tuple[int, int, str]]) -> None:
        ordered = sorted(ranges)
        self._words = sorted({word for _first, _last, word in ordered})
        number = {word: place for place, word in enumerate(self._words)}
        # Two halves of 64 bits: no array holds 128.
        self._first = [first for first, _last, _word in ordered]
        self._last = [last for _first, last, _word in ordered]
        self._word = array("H", (number[word] for _first, _last, word in ordered))

    def find(self, address: int) -> str:
        at = bisect_right(self._first, address) - 1
        return self._words[self._word[at]] if at >= 0 and address <= self._last[at] else NOWHERE


def number(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    """One row of numbers for both: an IPv4 address is below 2**32, an IPv6 address of today far above."""
    return int(address)


def read(path: Path) -> list[tuple[int, int, str]]:
    """The ranges of a file. A line that can't be read is left out, and counted in the log."""
    found, bad = [], 0
    if path.exists():
        with path.open(newline="", encoding="utf-8", errors="replace") as file:
            for row in csv.reader(line for line in file if not line.startswith("#")):
                try:
                    found.append(_range(row))
                except (ValueError, IndexError):
                    bad += bool(row)
    if bad:
        log.warning("lines of networks that can't be read", file=path.name, count=bad)
    return found


def _range(row: list[str]) -> tuple[int, int, str]:
    first = row[0].strip()
    if "/" in first:
        network = ipaddress.ip_network(first, strict=False)
        return int(network[0]), int(network[-1]), row[1].strip()
    return (
        int(ipaddress.ip_address(first)), int(ipaddress.ip_address(row[1].strip())), row[2].strip(),
    )  # fmt: skip


def _whole(named: Sequence[known.Named]) -> Iterator[tuple[int, int, str]]:
    """As ranges that don't lie in one another, whatever owners and operators write."""
    for word in sorted({one.word for one in named}):
        for version in (4, 6):
            mine = [one.network for one in named if one.word == word and one.network.version == version]
            for network in ipaddress.collapse_addresses(mine):  # type: ignore[type-var]
                yield int(network[0]), int(network[-1]), word


class Networks:
    """What is known of addresses. `is_proxied`: what our own proxy says of the asker counts."""

    def __init__(self, folder: Path, *, is_proxied: bool) -> None:
        self._folder, self._is_proxied = folder, is_proxied
        self._read_of: dict[Path, int] = {}
        self.refresh()

    def refresh(self) -> bool:
        """Read the files again where one of them changed, came or went; whether that was so."""
        files = [*known.files(self._folder), self._folder / "country.csv"]
        seen = {path: path.stat().st_mtime_ns for path in files if path.exists()}
        if seen == self._read_of:
            return False
        self._read_of = seen
        named = [one for path in files[:-1] for one in known.named(path) if one.word in RULES]
        self._known = Ranges(_whole(named))
        self._countries = Ranges(
            (first, last, word[:2].upper()) for first, last, word in read(self._folder / "country.csv")
        )
        self.place = lru_cache(maxsize=65_536)(self._place)
        return True

    def of(self, peer: str, forwarded: str) -> Place:
        """Of a connection's other end (`address:port`), and what a proxy says that it stands for."""
        return self.place(peer.rpartition(":")[0] or peer, forwarded)

    def _place(self, peer: str, forwarded: str) -> Place:
        near = _parsed(peer)
        if near is None:
            return Place("", False, Rule.PERSON, NOWHERE)
        if self._is_proxied and forwarded and near.is_private:
            near = _parsed(forwarded.rpartition(",")[2]) or near
        at = number(near)
        rule = RULES.get(self._known.find(at), Rule.PERSON)
        return Place(str(near), near.is_global, rule, self._countries.find(at))


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
