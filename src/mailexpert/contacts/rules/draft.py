"""Rules as the controls of a page, whose names hold the place of each: `join-r`, `on-r-0`, `test-r-0`, `value-r-0`.
A draft is plain JSON that may still lack values. No Django."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mailexpert.contacts.rules.facts import Catalogue
from mailexpert.contacts.rules.tree import DEEPEST, MOST_RULES, Group, Part, Rule

Draft = dict[str, Any]
CONTROL = re.compile(r"(join|on)-(r(?:-\d{1,3}){0,8})").fullmatch
DO = re.compile(r"(rule|group|drop):(r(?:-\d{1,3}){0,8})").fullmatch
FIRST = {"on": "list", "test": "signed_up", "value": ""}


def read(controls: Mapping[str, Sequence[str]]) -> Draft:
    """What stands in the controls; names that don't fit are passed over."""
    found: dict[tuple[int, ...], Draft] = {}
    for name, values in controls.items():
        place = CONTROL(name)
        if not place or not values:
            continue
        kind, path = place.groups()
        if kind == "join":
            found[_numbers(path)] = {"join": values[0], "parts": []}
        else:
            given = {key: (controls.get(f"{key}-{path}") or [""])[0] for key in ("test", "value")}
            found[_numbers(path)] = {"on": values[0], **given}
    root = found.pop((), {"join": "all", "parts": []})
    for path in sorted(found):
        parent = found.get(path[:-1]) if path[:-1] else root
        if parent is not None and "parts" in parent:
            parent["parts"].append(found[path])
    return root


def change(draft: Draft, do: str) -> tuple[int, ...] | None:
    """Do what a button asks: `rule:r`, `group:r-1`, `drop:r-0`; the place of what is new."""
    wanted = DO(do)
    if not wanted:
        return None
    verb, path = wanted[1], _numbers(wanted[2])
    target = _at(draft, path[:-1] if verb == "drop" else path)
    if target is None or "parts" not in target:
        return None
    if verb == "drop":
        if path and path[-1] < len(target["parts"]):
            del target["parts"][path[-1]]
        return None
    if len(list(_all(draft))) >= MOST_RULES or len(path) >= DEEPEST - (verb == "group"):
        return None
    target["parts"].append(dict(FIRST) if verb == "rule" else {"join": "any", "parts": [dict(FIRST)]})
    at = (*path, len(target["parts"]) - 1)
    return at if verb == "rule" else (*at, 0)


def fit(draft: Draft, catalogue: Catalogue) -> None:
    """Give each rule a test that its fact knows; a value for another kind of fact is emptied."""
    for rule in _all(draft):
        fact = catalogue.facts.get(rule["on"])
        if fact is not None and rule["test"] not in fact.tests:
            rule["test"], rule["value"] = fact.tests[0], ""
        if fact is not None and fact.options and rule["value"] and str(rule["value"]) not in fact.options:
            rule["value"] = ""


def without(part: Part, places: Sequence[tuple[int, ...]], path: tuple[int, ...] = ()) -> Part | None:
    """The tree less the rules at these places, for a count while somebody still writes."""
    if isinstance(part, Rule):
        return None if path in places else part
    kept = [without(one, places, (*path, n)) for n, one in enumerate(part.parts)]
    return Group(join=part.join, parts=tuple(one for one in kept if one is not None))


def name_of(path: Sequence[int]) -> str:
    return "-".join(["r", *map(str, path)])


def _numbers(path: str) -> tuple[int, ...]:
    return tuple(int(number) for number in path.split("-")[1:])


def _at(draft: Draft, path: tuple[int, ...]) -> Draft | None:
    for number in path:
        if "parts" not in draft or number >= len(draft["parts"]):
            return None
        draft = draft["parts"][number]
    return draft


def _all(draft: Draft) -> Iterator[Draft]:
    for part in draft.get("parts", []):
        if "parts" in part:
            yield from _all(part)
        else:
            yield part
