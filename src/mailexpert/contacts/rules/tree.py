"""A segment's rules as a tree, read from JSON with limits. No Django.

A group joins its parts (`all`, `any`, `none`); a rule asks one thing of a contact:

    {"join": "all", "parts": [{"on": "field:city", "test": "is", "value": "Ede"}, {"join": "any", "parts": […]}]}
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JOINS = ("all", "any", "none")
DEEPEST = 6  # a tree a thousand deep would exhaust the stack of whoever walks it
MOST_RULES = 60
MOST_VALUES = 200
LONGEST_VALUE = 500
LONGEST_NAME = 80

Value = str | int | float | list[str] | None


class TreeProblem(ValueError):
    """The rules can't be kept as they are; `code` says why, `path` where, as numbers from the root."""

    def __init__(self, code: str, path: tuple[int, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.path = code, path


@dataclass(frozen=True, kw_only=True)
class Rule:
    on: str
    test: str
    value: Value = None

    def __hash__(self) -> int:
        """By the value's text: a list has no hash, and 1 isn't "1" though it is True."""
        return hash((self.on, self.test, repr(self.value)))


@dataclass(frozen=True, kw_only=True)
class Group:
    join: str = "all"
    parts: "tuple[Rule | Group, ...]" = ()


Part = Rule | Group
EVERYONE = Group()


def parse(source: object) -> Group:
    """Raises TreeProblem. An empty group holds for everyone, an empty `any` and an empty `none` too."""
    if isinstance(source, str):
        try:
            source = json.loads(source)
        except RecursionError as problem:
            raise TreeProblem("too_deep") from problem
        except ValueError as problem:
            raise TreeProblem("not_json") from problem
    found = _part(source, ())
    if not isinstance(found, Group):
        raise TreeProblem("not_a_group")
    if sum(1 for _ in rules(found)) > MOST_RULES:
        raise TreeProblem("too_many")
    return found


def _part(source: object, path: tuple[int, ...]) -> Part:
    if len(path) > DEEPEST:
        raise TreeProblem("too_deep", path)
    if not isinstance(source, Mapping):
        raise TreeProblem("not_a_rule", path)
    if "join" in source:
        return _group(source, path)
    if set(source) - {"on", "test", "value"}:
        raise TreeProblem("not_a_rule", path)
    on, test = source.get("on"), source.get("test")
    if (
        not isinstance(on, str)
        or not isinstance(test, str)
        or len(on) > LONGEST_NAME
        or len(test) > LONGEST_NAME
    ):
        raise TreeProblem("not_a_rule", path)
    return Rule(on=on, test=test, value=_value(source.get("value"), path))


def _group(source: Mapping[str, Any], path: tuple[int, ...]) -> Group:
    parts = source.get("parts", [])
    if source["join"] not in JOINS or not isinstance(parts, list) or set(source) - {"join", "parts"}:
        raise TreeProblem("not_a_rule", path)
    if len(parts) > MOST_RULES:
        raise TreeProblem("too_many", path)
    return Group(join=source["join"], parts=tuple(_part(one, (*path, n)) for n, one in enumerate(parts)))


def _value(value: object, path: tuple[int, ...]) -> Value:
    if isinstance(value, list):
        if len(value) > MOST_VALUES or not all(isinstance(one, str) for one in value):
            raise TreeProblem("bad_value", path)
        return [_text(one, path) for one in value]
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, bool) or not (value is None or isinstance(value, int | float)):
        raise TreeProblem("bad_value", path)
    return value


def _text(value: str, path: tuple[int, ...]) -> str:
    if len(value) > LONGEST_VALUE or "\0" in value:
        raise TreeProblem("bad_value", path)
    return value


def dump(part: Part) -> dict[str, Any]:
    if isinstance(part, Group):
        return {"join": part.join, "parts": [dump(one) for one in part.parts]}
    return {"on": part.on, "test": part.test, "value": part.value}


def rules(part: Part, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Rule]]:
    """Every rule with its place, in order."""
    if isinstance(part, Rule):
        yield path, part
        return
    for n, one in enumerate(part.parts):
        yield from rules(one, (*path, n))
