"""A template taken apart: what is the same for all readers, and its personal outputs, each encoded column by column."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from liquid.builtin.content import ContentNode
from liquid.builtin.expressions.filtered import FilteredExpression
from liquid.builtin.expressions.path import Path
from liquid.builtin.expressions.primitive import IntegerLiteral, StringLiteral
from liquid.builtin.output import OutputNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.stringify import to_liquid_string

from mailexpert.mail import quoted
from mailexpert.mail.personalise import HTML, TEXT, Limited

# Filters that look at the value alone. `date` looks at the clock for two words, which are never remembered.
ON_THE_VALUE = frozenset("append capitalize date default downcase escape prepend strip truncate upcase".split())
THE_CLOCK = frozenset({"now", "today"})
LONGEST_REMEMBERED = 200
TOKEN_WIDTH = 31  # a stop token in base64 without its padding
# Names that Liquid answers itself instead of looking a field up.
NOT_A_FIELD = frozenset({"size", "first", "last"})

# Values for which no filter below does anything surprising: printable ASCII, nothing to escape, no dot first, no
# blank at an end and no two together.
SAFE = re.compile(
    r"(?!.*  )[A-Za-z0-9!#$%()*+,/:;?@\[\]^_{|}~-](?:[A-Za-z0-9!#$%()*+,./:;?@\[\]^_{|}~ -]{0,72}"
    r"[A-Za-z0-9!#$%()*+,./:;?@\[\]^_{|}~-])?\Z"
).match
QUICK: dict[str, Callable[[str], str] | None] = {
    "default": None,
    "escape": None,
    "capitalize": str.capitalize,
    "upcase": str.upper,
    "downcase": str.lower,
}


class Slow(Exception):
    """The template asks for more than this way can give; it goes through Liquid person by person."""


def normalise(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def value_of(value: Any) -> Any:
    """A column's value as templates see it: a whole number without its `.0`, a date in ISO form."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


@dataclass(kw_only=True)
class Output:
    """One personal place of a part: the field it shows and the way from a value to its bytes."""

    field: str
    text: Callable[[Any], str]
    quick: Callable[[str], str] | None
    is_quick: bool
    known: dict[str, bytes] = field(default_factory=dict)

    def encode(self, column: Sequence[Any], most: int) -> list[bytes]:
        """The column's pieces. Only strings are remembered: 1, True and 1.0 are one key to a dict."""
        known = self.known
        if len(known) > most:
            known.clear()
        for value in set(map(_key, column)).difference(known):
            if value is not None:
                known[value] = self._piece(value)
        return [
            known[value] if type(value) is str and value in known else quoted.piece(self.text(value_of(value)))
            for value in column
        ]

    def _piece(self, value: str) -> bytes:
        if self.is_quick and SAFE(value):
            return (self.quick(value) if self.quick else value).encode() + quoted.SOFT
        return quoted.piece(self.text(value))


def _key(value: Any) -> str | None:
    if type(value) is str and len(value) < LONGEST_REMEMBERED and value not in THE_CLOCK:
        return value
    return None


@dataclass(frozen=True, kw_only=True)
class Part:
    """`pieces`: bytes that stand as they are, the number of an output, or None for the stop token."""

    pieces: list[bytes | int | None]
    outputs: list[Output]
    plain: Callable[[Sequence[Any]], str]


def compile_part(source: str, *, html: bool, stop_address: str = "", as_header: bool = False) -> Part:
    """Take a template apart. Raises Slow for whatever isn't text or a plain output of a contact's field, and
    LiquidError for what Liquid can't read."""
    environment = HTML if html else TEXT
    outputs: list[Output] = []
    numbers: dict[str, int] = {}
    parts: list[str | int | None] = []
    for node in environment.from_string(source).nodes:
        if type(node) is ContentNode:
            parts.append(node.text)
        elif type(node) is not OutputNode:
            raise Slow(type(node).__name__)
        elif str(node.expression) == "unsubscribe_url" and not as_header:
            parts += [stop_address, None]
        else:
            said = str(node.expression)
            if said not in numbers:
                numbers[said] = len(outputs)
                outputs.append(_output(environment, node, html=html))
            parts.append(numbers[said])
    return Part(
        pieces=[] if as_header else _encoded(parts),
        outputs=outputs,
        plain=_joiner(parts, outputs),
    )


def _joiner(parts: list[str | int | None], outputs: list[Output]) -> Callable[[Sequence[Any]], str]:
    """The part as text for one row of values, for a subject."""

    def join(row: Sequence[Any]) -> str:
        shown = [output.text(value) for output, value in zip(outputs, row, strict=True)]
        return "".join(shown[part] if isinstance(part, int) else part or "" for part in parts)

    return join


def _encoded(parts: list[str | int | None]) -> list[bytes | int | None]:
    """Literals encoded, each closed so that a value may begin on a line of its own."""
    pieces: list[bytes | int | None] = []
    literal, column = "", 0
    for part in parts:
        if isinstance(part, str):
            literal += part
            continue
        pieces.append(_closed(literal, column))
        pieces.append(part)
        literal, column = "", TOKEN_WIDTH if part is None else 0
    pieces.append(_closed(literal, column))
    return pieces


def _closed(literal: str, column: int) -> bytes:
    if not literal:
        return quoted.SOFT if column else b""
    return quoted.piece(literal, column=column)


def _output(environment: Limited, node: OutputNode, *, html: bool) -> Output:
    """The output's own filters, bound once: the very functions that Liquid would call."""
    expression = node.expression
    if not isinstance(expression, FilteredExpression) or not isinstance(expression.left, Path):
        raise Slow(str(expression))
    path = expression.left.path
    if len(path) != 2 or path[0] != "contact" or not isinstance(path[1], str) or path[1] in NOT_A_FIELD:
        raise Slow(str(expression))
    filters = expression.filters or []
    context = RenderContext(environment.from_string(""))
    bound = [_bound(context, found) for found in filters]
    undefined = environment.undefined(f"contact.{path[1]}", token=None)

    def text(value: Any) -> str:
        shown = undefined if value is None else value
        for function, positional, named in bound:
            shown = function(shown, *positional, **named)
        return normalise(str(to_liquid_string(shown, html)))

    names = [found.name for found in filters]
    quick = [QUICK[name] for name in names if QUICK.get(name)]
    return Output(
        field=path[1],
        text=text,
        quick=_chain([function for function in quick if function]),
        is_quick=all(name in QUICK for name in names),
    )


def _chain(functions: list[Callable[[str], str]]) -> Callable[[str], str] | None:
    if not functions:
        return None

    def run(value: str) -> str:
        for function in functions:
            value = function(value)
        return value

    return run


def _bound(context: RenderContext, found: Any) -> tuple[Callable[..., Any], Any, Any]:
    if found.name not in ON_THE_VALUE:
        raise Slow(found.name)
    for argument in found.args:
        if not isinstance(argument.value, StringLiteral | IntegerLiteral):
            raise Slow(found.name)
    positional, named = found.evaluate_args(context)
    try:
        return context.filter(found.name, token=found.token), positional, named
    except LiquidError as problem:
        raise Slow(found.name) from problem
