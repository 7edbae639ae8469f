"""Networks whose requests are no person's, as data. `networks.csv` beside this file is what was shipped;
`published.csv` in the home's folder `networks` stands in its place once the operator brought it up to date, and
`networks.csv` there holds the operator's own."""

import csv
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SHIPPED = Path(__file__).parent / "networks.csv"
PUBLISHED, OWN = "published.csv", "networks.csv"
WORDS = ("scanner", "gmail", "yahoo", "apple")
LARGEST = 20_000_000  # bytes of a file to take over; the largest that anyone publishes has a tenth of that
MOST_OF_ALL = 8  # no owner has more than a 256th of the old internet; whoever names more hides all readers
MOST_OF_ALL_6 = 19
# Whatever form an owner publishes in (JSON, SPF, a table): what looks like a network is tried as one.
LOOKS_LIKE = re.compile(
    r"(?<![\w:.])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})/\d{1,3}(?![\w.])"
)
SPF = re.compile(r"\bip[46]:")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, kw_only=True)
class Named:
    """A network, what asks from there, where its owner says so, and the day that was looked up; None is not told."""

    network: Network
    word: str
    source: str = ""
    day: date | None = None

    @property
    def row(self) -> list[str]:
        return [str(self.network), self.word, self.source, self.day.isoformat() if self.day else ""]


@dataclass(frozen=True, kw_only=True)
class Source:
    """What was taken over of one owner."""

    word: str
    source: str
    day: date | None
    count: int


class NothingFound(Exception):
    """There is no network in this file that could be one owner's."""


def files(folder: Path) -> list[Path]:
    """Where the networks stand now, in the home's folder."""
    published = folder / PUBLISHED
    return [published if published.exists() else SHIPPED, folder / OWN]


def named(path: Path) -> list[Named]:
    """The lines of a file that can be read."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))
    return [one for one in map(_named, rows) if one is not None]


def _named(row: list[str]) -> Named | None:
    try:
        network, word, source, day = [*(cell.strip() for cell in row), "", ""][:4]
        return Named(
            network=ipaddress.ip_network(network, strict=False),
            word=word,
            source=source,
            day=date.fromisoformat(day) if day else None,
        )
    except ValueError:
        return None


def sources(lines: Iterable[Named]) -> list[Source]:
    """By owner's list, the oldest first."""
    counts: dict[tuple[str, str, date | None], int] = {}
    for one in lines:
        key = one.word, one.source, one.day
        counts[key] = counts.get(key, 0) + 1
    found = [Source(word=word, source=source, day=day, count=n) for (word, source, day), n in counts.items()]
    return sorted(found, key=lambda one: (one.day or date.min, one.word, one.source))


def found_in(text: str) -> list[Network]:
    """Every network in what an owner publishes, each once, in its order. Raises NothingFound."""
    found: dict[Network, None] = {}
    for match in LOOKS_LIKE.finditer(SPF.sub(" ", text)):
        try:
            network = ipaddress.ip_network(match[0], strict=False)
        except ValueError:
            continue
        if network.is_global and network.prefixlen >= (
            MOST_OF_ALL if network.version == 4 else MOST_OF_ALL_6
        ):
            found[network] = None
    if not found:
        raise NothingFound(NothingFound.__doc__)
    return list(found)


def take(folder: Path, networks: Iterable[Network], *, word: str, source: str, day: date) -> None:
    """Put these in the place of what is known of this source. The intake sees the file within a minute."""
    [now, _own] = files(folder)
    kept = [one for one in named(now) if one.source != source]
    kept += [Named(network=network, word=word, source=source, day=day) for network in networks]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{PUBLISHED}"
    with draft.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(one.row for one in kept)
    draft.replace(folder / PUBLISHED)
