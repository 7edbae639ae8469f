"""Where pictures and templates are used, said by the rooms: registries filled from AppConfig.ready, since mailings lie
above."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

_counts: list[Callable[[str], int]] = []
_rewrites: list["Rewrite"] = []
_swaps: list[Callable[[str, str], int]] = []
Change = Callable[[str, str], str]
Rewrite = Callable[[str, Change], int]
_made_from: list["MadeFrom"] = []


@dataclass(frozen=True, kw_only=True)
class Use:
    """Something that was made from a template: what it is called, where its page is, how it stands."""

    name: str
    url: str
    state: str


@dataclass(frozen=True, kw_only=True)
class MadeFrom:
    """`some`: the newest of one template, at most so many. `counts`: how many of each of these templates."""

    some: Callable[[int, int], list[Use]]
    counts: Callable[[Iterable[int]], Mapping[int, int]]


def register(count: Callable[[str], int]) -> None:
    """`count` tells, inside the account, how many sources hold this piece of text."""
    _counts.append(count)


def of(token: str) -> int:
    """How many templates and mailings show the picture with this token."""
    return sum(count(token) for count in _counts)


def register_rewrite(rewrite: Rewrite) -> None:
    """`rewrite` lets a change (of a kind and a source, to a source) loose on each source that holds a piece of text
    and may still change; how many became another."""
    _rewrites.append(rewrite)


def rewrite(piece: str, change: Change) -> int:
    return sum(one(piece, change) for one in _rewrites)


def register_swap(swap: Callable[[str, str], int]) -> None:
    """`swap` puts the second picture where the first one stands outside sources; how many."""
    _swaps.append(swap)


def swap(old: str, new: str) -> int:
    """One piece of text for another, wherever that may still change."""
    return rewrite(old, lambda _kind, source: source.replace(old, new)) + sum(one(old, new) for one in _swaps)


def register_templates(made_from: MadeFrom) -> None:
    _made_from.append(made_from)


def of_template(template_id: int, most: int = 20) -> list[Use]:
    return [use for one in _made_from for use in one.some(template_id, most)]


def counts_of(template_ids: Iterable[int]) -> dict[int, int]:
    ids = list(template_ids)
    found = dict.fromkeys(ids, 0)
    for one in _made_from:
        for template_id, count in one.counts(ids).items():
            found[template_id] += count
    return found
