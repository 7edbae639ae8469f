"""A template taken apart: what is the same for all readers, and its personal outputs, each encoded column by column."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import chain
from typing import Any, overload

from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions.filtered import FilteredExpression
from liquid.builtin.expressions.path import Path
from liquid.builtin.expressions.primitive import IntegerLiteral, StringLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.comment_tag import CommentNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.stringify import to_liquid_string

from mailexpert.mail import quoted
from mailexpert.mail.conditions import Conditions
from mailexpert.mail.leaves import Leaves, Piece
from mailexpert.mail.memory import Memory
from mailexpert.mail.passages import Passage, Place, split
from mailexpert.mail.personalise import HTML, NOT_A_FIELD, TEXT, Limited, read, value_of

# Filters that look at the value alone (`date` at the clock too, for two words: memory.THE_CLOCK).
ON_THE_VALUE = frozenset(
    (
        "append",
        "capitalize",
        "date",
        "default",
        "downcase",
        "escape",
        "prepend",
        "strip",
        "truncate",
        "upcase",
    )
)
PROBES = (None, "", "Jan", 5)
TOKEN_WIDTH = 31  # a stop token in base64 without its padding

# Values for which no filter below does anything surprising: printable ASCII, nothing to escape, no dot first, no
# blank at an end and no two together.
SAFE = re.compile(
    r"(?!.*  )[A-Za-z0-9!#$%()*+,/:;?@\[\]^_{|}~-](?:[A-Za-z0-9!#$%()*+,./:;?@\[\]^_{|}~ -]{0,72}"
    r"[A-Za-z0-9!#$%()*+,./:;?@\[\]^_{|}~-])?\Z"
).match
QUICK: dict[str, Callable[[str], str]] = {
    "default": str,
    "escape": str,
    "capitalize": str.capitalize,
    "upcase": str.upper,
    "downcase": str.lower,
}


class Slow(Exception):
    """This asks for more than a field and its filters; Liquid has to write it."""


def normalise(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


class Output:
    """One personal place of a part: the field it shows and the way from a value to its bytes."""

    def __init__(self, field: str, text: Callable[[Any], str], quick: Callable[[str], str] | None) -> None:
        self.field, self.text, self._quick = field, text, quick
        self._memory = Memory(self._piece)

    def encode(self, column: Sequence[Any]) -> list[bytes]:
        """The column's pieces."""
        return self._memory.column(column)

    def _piece(self, value: Any) -> bytes:
        if self._quick is not None and type(value) is str and SAFE(value):
            return self._quick(value).encode() + quoted.SOFT
        return quoted.piece(self.text(value_of(value)))


@dataclass(frozen=True, kw_only=True)
class Part:
    """`pieces`: bytes that stand as they are, the number of an output, a place of a passage, or None for the stop
    token; `leaves` are those of its passages."""

    pieces: list[Piece | Place]
    outputs: list[Output]
    passages: Sequence[Passage] = ()
    leaves: Leaves = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Header:
    """A header's text; `plain` makes it of one row of the outputs' values."""

    outputs: list[Output]
    plain: Callable[[Sequence[Any]], str]


def compile_part(
    source: str,
    *,
    html: bool,
    addresses: Mapping[str, str],
    conditions: Conditions,
    passages: int = 0,
) -> Part:
    """Take a template apart. `addresses`: what stands before the person's token, by the name of the output;
    `passages`: how many there are before its own. Raises RenderProblem for what Liquid can't read."""
    template, outputs = read(source, HTML if html else TEXT), _Outputs(html=html)
    of_node = [_plain(node, outputs, addresses) for node in template.nodes]
    rest = [node for node, found in zip(template.nodes, of_node, strict=True) if found is None]

    def pieces_of(node: Node) -> tuple[Piece, ...] | None:
        found = _plain(node, outputs, addresses)
        return None if found is None else tuple(piece for piece in _encoded(found) if piece != b"")

    made = split(template, source, rest, passages, pieces_of, conditions.known)
    places = iter(made.places)
    parts = chain.from_iterable([next(places)] if found is None else found for found in of_node)
    return Part(pieces=_encoded(parts), outputs=outputs.found, passages=made.passages, leaves=made.leaves)


def compile_header(source: str) -> Header:
    """Raises Slow for whatever isn't text or a plain output of a contact's field, and RenderProblem."""
    outputs, parts = _Outputs(html=False), list[str | int]()
    for node in read(source, TEXT).nodes:
        if isinstance(node, ContentNode):
            parts.append(node.text)
        elif isinstance(node, OutputNode):
            parts.append(outputs.number(node))
        elif not isinstance(node, CommentNode):
            raise Slow(type(node).__name__)
    return Header(outputs=outputs.found, plain=_joiner(parts, outputs.found))


class _Outputs:
    """The outputs of one template, each distinct one once."""

    def __init__(self, *, html: bool) -> None:
        self.is_html = html
        self._numbers: dict[str, int] = {}
        self.found: list[Output] = []

    def number(self, node: OutputNode) -> int:
        """Raises Slow."""
        said = str(node.expression)
        if said not in self._numbers:
            made = _output(HTML if self.is_html else TEXT, node, html=self.is_html)
            self._numbers[said] = len(self.found)
            self.found.append(made)
        return self._numbers[said]


def _plain(node: Node, outputs: _Outputs, addresses: Mapping[str, str]) -> list[str | int | None] | None:
    """What stands in the node's place: text, the number of an output, None for the stop token. None for a node that
    Liquid has to write."""
    if isinstance(node, CommentNode):
        return []
    if isinstance(node, ContentNode):
        return [node.text]
    if not isinstance(node, OutputNode):
        return None
    address = addresses.get(str(node.expression))
    if address is not None:
        return [escape(address) if outputs.is_html else address, None]
    try:
        return [outputs.number(node)]
    except Slow:
        return None


def _joiner(parts: Sequence[str | int], outputs: list[Output]) -> Callable[[Sequence[Any]], str]:
    """The part as text for one row of values, for a subject."""

    def join(row: Sequence[Any]) -> str:
        shown = [output.text(value_of(value)) for output, value in zip(outputs, row, strict=True)]
        return "".join(shown[part] if isinstance(part, int) else part for part in parts)

    return join


@overload
def _encoded(parts: Iterable[str | int | None]) -> list[Piece]: ...
@overload
def _encoded(parts: Iterable[str | int | Place | None]) -> list[Piece | Place]: ...
def _encoded(parts: Iterable[str | int | Place | None]) -> Sequence[Piece | Place]:
    """Literals encoded, each closed so that a value may begin on a line of its own."""
    pieces: list[Piece | Place] = []
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

    for probe in PROBES:
        try:
            text(probe)
        except (LiquidError, TypeError, ValueError, ArithmeticError) as problem:
            raise Slow(str(problem)) from problem  # Liquid tells which person it is, and where
    return Output(path[1], text, _quick([found.name for found in filters]))


def _quick(names: list[str]) -> Callable[[str], str] | None:
    """What the filters do to a safe value, without Liquid; None when they need it."""
    if any(name not in QUICK for name in names):
        return None
    functions = [QUICK[name] for name in names if QUICK[name] is not str]
    if len(functions) == 1:
        return functions[0]

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
