"""JSON to a document. Every refusal names its block by number (a problem's `line`); nothing is guessed."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from mailexpert.content import problems
from mailexpert.content.blocks import kinds, rich
from mailexpert.content.blocks.kinds import KINDS, Field
from mailexpert.content.blocks.look import HEX
from mailexpert.content.blocks.values import Block, Code, Columns, Condition, Document, Look
from mailexpert.content.problems import Problem, SourceError
from mailexpert.content.rules_clean import clean
from mailexpert.content.rules_shield import shield_html

FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
MOST_FOUND = 50


class _Wrong(Exception):
    """One value can't be taken."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


def document(source: str) -> Document:
    """The mail that this JSON describes. Raises SourceError with every wrong block, by number."""
    given = _json(source)
    reading = _Reading()
    blocks = reading.blocks(given.get("blocks"))
    look = reading.look(given.get("look", {}))
    reason = reading.reason(given.get("reason", ""))
    for name in given.keys() - {"blocks", "look", "reason", "version"}:
        reading.problem(0, problems.BLOCKS_UNKNOWN_PART, name=name[:60])
    if reading.found:
        raise SourceError(*reading.found[:MOST_FOUND])
    return Document(blocks=tuple(blocks), look=look, reason=reason)


def numbered(made: Document) -> Iterator[tuple[int, Block]]:
    """Each block with the number of the one at the top that holds it."""
    for number, block in enumerate(made.blocks, 1):
        yield number, block
        for column in block.columns if isinstance(block, Columns) else ():
            for one in column:
                yield number, one


def removed_from(made: Document) -> tuple[Problem, ...]:
    """What the cleaner leaves out of code blocks, by block."""
    return tuple(
        replace(problem, line=number)
        for number, one in numbered(made)
        if isinstance(one, Code)
        for problem in clean(shield_html(one.html).source).removed
    )


def _json(source: str) -> dict[str, Any]:
    try:
        given = json.loads(source or '{"blocks": []}')
    except (ValueError, RecursionError) as problem:
        raise SourceError(Problem(line=0, sentence=problems.BLOCKS_NO_JSON)) from problem
    if not isinstance(given, dict) or not isinstance(given.get("blocks"), list):
        raise SourceError(Problem(line=0, sentence=problems.BLOCKS_SHAPE))
    return given


class _Reading:
    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.count = 0

    def problem(self, number: int, sentence: str, **values: object) -> None:
        self.found.append(Problem(line=number, sentence=sentence, values=values))

    def blocks(self, given: Any) -> list[Block]:
        made = [self.block(one, number, inside=False) for number, one in enumerate(given, 1)]
        if self.count > kinds.MOST_BLOCKS:
            self.problem(0, problems.BLOCKS_TOO_MANY, limit=kinds.MOST_BLOCKS)
        return [block for block in made if block is not None]

    def block(self, given: Any, number: int, *, inside: bool) -> Block | None:
        self.count += 1
        if self.count > kinds.MOST_BLOCKS:
            return None
        kind = KINDS.get(given.get("kind", "")) if isinstance(given, dict) else None
        if kind is None or (inside and not kind.inside):
            name = str(given.get("kind", "?"))[:30] if isinstance(given, dict) else "?"
            sentence = problems.BLOCK_UNKNOWN if kind is None else problems.BLOCK_NOT_INSIDE
            self.problem(number, sentence, kind=name)
            return None
        for name in given.keys() - {"kind", "condition"} - {field.name for field in kind.fields}:
            self.problem(number, problems.BLOCK_UNKNOWN_FIELD, kind=kind.name, field=str(name)[:60])
        made = {}
        for field in kind.fields:
            if field.name in given:
                made[field.name] = self.value(field, given[field.name], number, kind.name)
        return kind.make(**made, condition=self.condition(given.get("condition"), number, kind.name))

    def value(self, field: Field, given: Any, number: int, kind: str) -> Any:
        try:
            if field.type == "columns":
                return self._columns(given, number)
            return READERS[field.type](given, field)
        except _Wrong as wrong:
            self.problem(number, wrong.sentence, kind=kind, field=field.name, **wrong.values)
        except SourceError as refused:
            self.found += [
                Problem(line=number, sentence=p.sentence, values=p.values) for p in refused.problems
            ]
        return None

    def _columns(self, given: Any, number: int) -> tuple[tuple[Block, ...], ...]:
        if not isinstance(given, list) or not 1 <= len(given) <= kinds.MOST_COLUMNS:
            raise _Wrong(problems.BLOCK_COLUMNS, limit=kinds.MOST_COLUMNS)
        columns = []
        for column in given:
            if not isinstance(column, list):
                raise _Wrong(problems.BLOCK_VALUE)
            made = [self.block(one, number, inside=True) for one in column]
            columns.append(tuple(block for block in made if block is not None))
        return tuple(columns)

    def condition(self, given: Any, number: int, kind: str) -> Condition | None:
        if given is None:
            return None
        if isinstance(given, dict) and "segment" in given:
            return self.segment(given, number, kind)
        field, test, value = "", "", ""
        if isinstance(given, dict):
            field, test, value = (given.get(name, "") for name in ("field", "test", "value"))
        right = isinstance(field, str) and FIELD_NAME.fullmatch(field) and test in kinds.TESTS
        if not right or not isinstance(value, str) or len(value) > 100 or any(c in value for c in "\"'{}%\\"):
            self.problem(number, problems.BLOCK_CONDITION, kind=kind)
            return None
        return Condition(field=field, test=test, value=value)

    def segment(self, given: dict[str, Any], number: int, kind: str) -> Condition | None:
        segment, test = given["segment"], given.get("test")
        right = type(segment) is int and 0 < segment < 2**63 and test in kinds.SEGMENT_TESTS
        if not right or given.keys() - {"segment", "test"}:
            self.problem(number, problems.BLOCK_CONDITION, kind=kind)
            return None
        return Condition(segment=segment, test=str(test))

    def look(self, given: Any) -> Look:
        if not isinstance(given, dict):
            self.problem(0, problems.BLOCKS_LOOK, field="look")
            return Look()
        kept: dict[str, Any] = {}
        for name, value in given.items():
            right = LOOKS.get(name)
            if right is None or not right(value):
                self.problem(0, problems.BLOCKS_LOOK, field=str(name)[:60])
            else:
                kept[name] = value
        return Look(**kept)

    def reason(self, given: Any) -> str:
        if not isinstance(given, str) or len(given) > 2 * kinds.LINE:
            self.problem(0, problems.BLOCKS_LOOK, field="reason")
            return ""
        return given


def _short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 200


def _colour(value: Any) -> bool:
    return isinstance(value, str) and HEX.fullmatch(value.lower()) is not None


LOOKS: dict[str, Callable[[Any], bool]] = {
    "name": _short,
    "logo": lambda value: isinstance(value, str) and len(value) <= kinds.ADDRESS,
    "logo_width": lambda value: type(value) is int and 20 <= value <= 536,
    "accent": _colour,
    "ground": _colour,
    "font": lambda value: value in kinds.FONTS,
}


def _text(limit: int) -> Callable[[Any, Field], str]:
    def read(given: Any, _field: Field) -> str:
        if not isinstance(given, str):
            raise _Wrong(problems.BLOCK_VALUE)
        if len(given) > limit:
            raise _Wrong(problems.BLOCK_LONG, limit=limit)
        return given

    return read


def _rich(given: Any, field: Field) -> str:
    return rich.paragraphs(_text(kinds.RICH)(given, field))


def _flag(given: Any, _field: Field) -> bool:
    if not isinstance(given, bool):
        raise _Wrong(problems.BLOCK_VALUE)
    return given


def _choice(given: Any, field: Field) -> str:
    if not isinstance(given, str) or given not in field.choices:
        raise _Wrong(problems.BLOCK_VALUE)
    return given


def _width(given: Any, _field: Field) -> int:
    if type(given) is not int or not 16 <= given <= 600:
        raise _Wrong(problems.BLOCK_VALUE)
    return given


def _items(given: Any, field: Field) -> tuple[str, ...]:
    if not isinstance(given, list) or len(given) > kinds.MOST_ITEMS:
        raise _Wrong(problems.BLOCK_MANY, limit=kinds.MOST_ITEMS)
    return tuple(_text(kinds.LINE)(item, field) for item in given)


def _rows(given: Any, field: Field) -> tuple[tuple[str, ...], ...]:
    if not isinstance(given, list) or len(given) > kinds.MOST_ROWS:
        raise _Wrong(problems.BLOCK_MANY, limit=kinds.MOST_ROWS)
    rows = []
    for row in given:
        if not isinstance(row, list) or not 1 <= len(row) <= kinds.MOST_CELLS or len(row) != len(given[0]):
            raise _Wrong(problems.BLOCK_ROWS, limit=kinds.MOST_CELLS)
        rows.append(tuple(_text(kinds.LINE)(cell, field) for cell in row))
    return tuple(rows)


def _links(given: Any, field: Field) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, list) or len(given) > len(kinds.NETWORKS):
        raise _Wrong(problems.BLOCK_MANY, limit=len(kinds.NETWORKS))
    links = []
    for link in given:
        if not isinstance(link, dict) or link.get("network") not in kinds.NETWORKS:
            raise _Wrong(problems.BLOCK_VALUE)
        links.append((link["network"], _text(kinds.ADDRESS)(link.get("link", ""), field)))
    return tuple(links)


READERS: dict[str, Callable[[Any, Field], Any]] = {
    "line": _text(kinds.LINE),
    "address": _text(kinds.ADDRESS),
    "image": _text(kinds.ADDRESS),
    "html": _text(kinds.HTML),
    "rich": _rich,
    "flag": _flag,
    "choice": _choice,
    "width": _width,
    "items": _items,
    "rows": _rows,
    "links": _links,
}
