"""Where pictures and templates are used, said by the rooms: registries filled from AppConfig.ready, since mailings lie
above."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

_counts: list[Callable[[str], int]] = []
_swaps: list[Callable[[str, str], int]] = []
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


def register_swap(swap: Callable[[str, str], int]) -> None:
    """`swap` puts the second piece of text where the first one stands, in what may still change; how many."""
    _swaps.append(swap)


def swap(old: str, new: str) -> int:
    return sum(one(old, new) for one in _swaps)


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
