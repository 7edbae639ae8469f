"""SPF records (RFC 7208) as far as a sender must know: is there one, does it name our relay, can it be looked up."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

MOST_LOOKUPS, MOST_VOID = 10, 2  # RFC 7208, 4.6.4: beyond them receivers give up
ASKING = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
TERM = re.compile(
    r"(?P<sign>[-+?~]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)(?P<rest>[:/].*)?\Z", re.IGNORECASE
)
MODIFIER = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_.-]*)=(?P<rest>\S*)\Z")

Texts = Callable[[str], Sequence[str] | None]  # the TXT records at a name; None when nobody answers


class NoAnswer(Exception):
    """DNS gave no answer."""


class TooMany(Exception):
    """The record takes more questions than a receiver asks."""


class Term(NamedTuple):
    sign: str
    name: str
    value: str


def is_record(text: str) -> bool:
    """A blank before it makes it no record (RFC 7208, 4.5)."""
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def read(text: str) -> list[Term] | None:
    """The terms of a record; None when one of them is none, which makes the whole record void."""
    terms = []
    for word in text.split(" ")[1:]:
        if not word:
            continue
        if found := TERM.match(word):
            rest = found["rest"] or ""
            terms.append(Term(found["sign"] or "+", found["name"].lower(), rest.removeprefix(":").lower()))
        elif found := MODIFIER.match(word):
            terms.append(Term("", found["name"].lower(), found["rest"].lower()))
        else:
            return None
    return terms


def allows(terms: Sequence[Term], wanted: str) -> bool:
    """Whether a term like `include:spf.example` stands there and passes."""
    name, _colon, value = wanted.lower().partition(":")
    return any(term.sign == "+" and term.name == name and term.value == value for term in terms)


def questions(terms: Sequence[Term], texts: Texts) -> int:
    """How many questions a receiver has to ask, over all includes. Raises TooMany and NoAnswer."""
    return _count(terms, texts, 0, [0])


def _count(terms: Sequence[Term], texts: Texts, asked: int, void: list[int]) -> int:
    for term in terms:
        if term.name not in ASKING:
            continue
        asked += 1
        if asked > MOST_LOOKUPS:
            raise TooMany
        if term.name in ("include", "redirect") and "%" not in term.value:
            asked = _count(_included(term.value, texts, void), texts, asked, void)
    return asked


def _included(name: str, texts: Texts, void: list[int]) -> Sequence[Term]:
    published = texts(name)
    if published is None:
        raise NoAnswer(name)
    records = [text for text in published if is_record(text)]
    if not published:
        void[0] += 1
        if void[0] > MOST_VOID:
            raise TooMany
    return (read(records[0]) or []) if records else []
