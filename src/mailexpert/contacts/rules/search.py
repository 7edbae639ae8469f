"""Which contacts a page, an export or a bulk action is about: from a search to one parameterised condition over a
contact `c` of `contacts_wall`. No Django. As with segments (sql.py) nothing is joined on the account."""

from dataclasses import dataclass
from typing import Any

from mailexpert.contacts.rules.sql import ON_LIST, STANDS, SUPPRESSED, Condition, like

MOST_WORDS = 6
LONGEST_WORD = 100

SIGNED_UP, UNSUBSCRIBED, BLOCKED, NO_GROUND, UNLISTED = (
    "signed_up",
    "unsubscribed",
    "suppressed",
    "no_ground",
    "unlisted",
)
STATUSES = (SIGNED_UP, UNSUBSCRIBED, BLOCKED, NO_GROUND, UNLISTED)
IS_ON, HAS_LEFT, IS_UNKNOWN = "m.ended_at IS NULL", "m.ended_at IS NOT NULL", "m.ground = 'unknown'"


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which contacts are shown. `before` and `after` are ids: the newest contact has the highest."""

    term: str = ""
    list_id: int | None = None
    status: str = ""
    segment_id: int | None = None
    before: int | None = None
    after: int | None = None

    @property
    def is_filtered(self) -> bool:
        return bool(self.term or self.list_id or self.status or self.segment_id)


def condition(wanted: Search, account: int, segment: Condition | None = None) -> Condition:
    """Everyone who fits. `segment` is the condition of the wanted one; frozen people are in none."""
    parts, params = ["true"], dict[str, Any]()
    if segment is not None:
        parts += ["c.status = 1", segment.sql]
        params |= segment.params
    words = [word[:LONGEST_WORD] for word in wanted.term.lower().replace("\0", "").split()[:MOST_WORDS]]
    if words:
        parts.append(_in_words(words))
        params |= _words(words, account)
    on = f"{ON_LIST} AND m.list_id = %(list)s" if wanted.list_id is not None else ON_LIST
    if wanted.list_id is not None:
        params["list"] = wanted.list_id
    return Condition(sql=" AND ".join([*parts, *_standing(wanted, on)]), params=params)


def _in_words(words: list[str]) -> str:
    """Each word is the beginning of the address or of a word of the name. Written as: all in the name, or one in the
    address and the others in the name. So the index of names looks for all of them at once, where word by word it
    gave everyone who has the first."""
    ways = ["c.words @@ %(words)s::tsquery"]
    for n in range(len(words)):
        rest = f" AND c.words @@ %(words{n})s::tsquery" if _others(words, n) else ""
        ways.append(f"c.email_key LIKE %(begins{n})s{rest}")
    return f"({' OR '.join(ways)})"


def _others(words: list[str], n: int) -> list[str]:
    """What isn't said already by an address that begins with this word."""
    return [word for word in words if not words[n].startswith(word)]


def _words(words: list[str], account: int) -> dict[str, str]:
    params = {"words": _lexemes(words, account)}
    for n, word in enumerate(words):
        params |= {f"begins{n}": like(word) + "%", f"words{n}": _lexemes(_others(words, n), account)}
    return params


def _lexemes(words: list[str], account: int) -> str:
    """As the words of names are stored (models.WORDS)."""
    quoted = [f"{account}/{word}".replace("\\", "\\\\").replace("'", "''") for word in words]
    return " & ".join(f"'{word}':*" for word in quoted)


def _standing(wanted: Search, on: str) -> list[str]:
    match wanted.status:
        case "signed_up":
            return [f"EXISTS ({on} AND {STANDS})", f"NOT EXISTS ({SUPPRESSED})"]
        case "unsubscribed":
            return [f"EXISTS ({on} AND {HAS_LEFT})", f"NOT EXISTS ({on} AND {IS_ON})"]
        case "no_ground":
            return [f"EXISTS ({on} AND {IS_ON} AND {IS_UNKNOWN})", f"NOT EXISTS ({on} AND {STANDS})"]
        case "unlisted":
            return [f"NOT EXISTS ({ON_LIST})"]
    blocked = [f"EXISTS ({SUPPRESSED})"] if wanted.status == BLOCKED else []
    return blocked if wanted.list_id is None else [*blocked, f"EXISTS ({on} AND {IS_ON})"]
