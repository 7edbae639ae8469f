"""What only Liquid can write: the passages of a template that are more than a field of the person.

A passage says nothing but what its own fields say, so whoever has the same fields reads the same there, and what
stands around it or in its leaves (leaves.py) is nobody's work twice.
"""

import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from liquid import BoundTemplate
from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.context import RenderContext
from liquid.expression import Expression
from liquid.static_analysis import TemplateAnalysis, Variable

from mailexpert.mail.conditions import MOST_DECIDED
from mailexpert.mail.leaves import Known, Leaves, PiecesOf, Planter, operands
from mailexpert.mail.personalise import (
    ADDRESSES,
    MOST_WORK,
    NOT_A_FIELD,
    RESERVED,
    TEXT,
    Counted,
    Limited,
    as_render_problem,
    read,
    renderer,
)
from mailexpert.mail.piece_stream import NextPlace, PieceStream, Rendered, Texts

REMEMBERING = frozenset(("assign", "capture", "increment", "decrement"))  # what they make, others may read
GOES_ON = re.compile(r"offset\s*:?\s*continue").search  # a loop that begins where another one ended

THE_CLOCK = frozenset(("now", "today"))  # names that Liquid fills in itself


class Place(NamedTuple):
    """Where a passage stands: its number, and which of its places."""

    passage: int
    number: int


class Passage(Protocol):
    """`fields` are all that it reads of a person, None for whatever there is. `shows_token`: it holds an address
    with the person's own token. `reads_clock`: what it says today it may not say tomorrow. `is_light`: it only decides
    between leaves, which is less work than having another process do it."""

    @property
    def fields(self) -> tuple[str, ...] | None: ...
    @property
    def places(self) -> int: ...
    @property
    def shows_token(self) -> bool: ...
    @property
    def reads_clock(self) -> bool: ...
    @property
    def is_light(self) -> bool: ...

    def render(self, contact: Mapping[str, Any], own: Mapping[str, str]) -> Rendered:
        """`own`: the person's addresses by name. Raises RenderProblem."""
        ...


class Read(NamedTuple):
    """What a node reads and remembers."""

    fields: tuple[str, ...] | None
    shows_token: bool
    reads_clock: bool
    is_shared: bool
    most_work: int


class BodyPassage:
    """Nodes that read the same fields, or share what they remember; together they are one turn of Liquid."""

    def __init__(
        self, template: BoundTemplate, source: str, nodes: Sequence[Node], *, is_counted: bool, is_light: bool
    ) -> None:
        self._template, self._source = _only(template, list(_with_places(nodes))), source
        self._context = Counted if is_counted else RenderContext
        self._texts = Texts()
        told = _read(_only(template, nodes))
        self.fields, self.shows_token, self.reads_clock = told.fields, told.shows_token, told.reads_clock
        self.places, self.is_light = len(nodes), is_light

    def render(self, contact: Mapping[str, Any], own: Mapping[str, str]) -> Rendered:
        told = {"contact": contact, **own}
        with as_render_problem(self._source):
            context, stream = self._context(self._template, globals=told), PieceStream()
            self._template.render_with_context(context, stream)
            return stream.places(self._texts)


class SubjectPassage:
    """A whole subject that needs Liquid."""

    places = 1
    is_light = False

    def __init__(self, source: str, encoded: Callable[[str], bytes]) -> None:
        self._render, self._encoded = renderer(source, html=False), encoded
        told = _read(read(source, TEXT))
        self.fields, self.shows_token, self.reads_clock = told.fields, told.shows_token, told.reads_clock

    def render(self, contact: Mapping[str, Any], own: Mapping[str, str]) -> Rendered:
        return [[self._encoded(self._render(contact, **own))]]


class Split(NamedTuple):
    """`places`: of each node that was given, where it went."""

    passages: list[BodyPassage]
    places: list[Place]
    leaves: Leaves


def split(
    template: BoundTemplate,
    source: str,
    nodes: Sequence[Node],
    first: int,
    pieces_of: PiecesOf,
    known: Known,
) -> Split:
    """The passages that render these nodes of a template, numbered from `first`. Those that read the same fields go
    together, and so do all that share what they remember; a template that could be much work is one passage, whose work
    is counted, leaves and all. `pieces_of` and `known` tell what is none of Liquid's work (leaves.Planter)."""
    reads = [_read(_only(template, [node])) for node in nodes]
    is_one = sum(found.most_work for found in reads) >= MOST_WORK or GOES_ON(source) is not None
    if is_one:
        pieces_of = _text_alone(pieces_of)
    reads_all = any(found.fields is None for found in reads)  # and would meet what is decided too
    planter = Planter(template, pieces_of, _itself if is_one or reads_all else known, is_counted=is_one)
    nodes = planter.plant(nodes)
    decided = [operands(template, node) for node in nodes]
    can_be_light = not is_one and sum(count for count in decided if count <= MOST_DECIDED) <= MOST_DECIDED
    together: dict[Any, list[Node]] = {}
    places = []
    for node, count in zip(nodes, decided, strict=True):
        found = _read(_only(template, [node]))
        is_alone = not is_one and not found.is_shared
        is_light = is_alone and can_be_light and count <= MOST_DECIDED
        told = (found.fields, found.shows_token, found.reads_clock)
        group = (is_light, *(told if is_alone else ()))
        mates = together.setdefault(group, [])
        places.append(Place(first + list(together).index(group), len(mates)))
        mates.append(node)
    made = [
        BodyPassage(template, source, mates, is_counted=is_one, is_light=group[0])
        for group, mates in together.items()
    ]
    return Split(made, places, planter.leaves)


def _text_alone(pieces_of: PiecesOf) -> PiecesOf:
    return lambda node: pieces_of(node) if isinstance(node, ContentNode) else None


def _itself(condition: Expression) -> Expression:
    return condition


def _read(template: BoundTemplate) -> Read:
    found = template.analyze(include_partials=False)
    names = [_field(variable) for some in found.globals.values() for variable in some]
    fields = None if None in names else tuple(sorted({name for name in names if name}))
    uses = sum(map(len, found.variables.values())) + sum(map(len, found.filters.values()))
    rounds = Limited.loop_iteration_limit if "for" in found.tags else 1
    return Read(
        fields=fields,
        shows_token=not ADDRESSES.isdisjoint(found.globals),
        reads_clock="date" in found.filters or not THE_CLOCK.isdisjoint(found.globals),
        is_shared=_is_shared(found),
        most_work=2 * uses * rounds,  # twice: a `case` may look at its value again
    )


def _is_shared(found: TemplateAnalysis) -> bool:
    return bool(REMEMBERING.intersection(found.tags)) or not RESERVED.issuperset(found.globals)


def _field(variable: Variable) -> str | None:
    """The field's name; empty for what is none of the person's, None for who knows which."""
    root, *path = variable.segments
    if any(isinstance(part, list) for part in path):
        return None  # which one depends on another field
    if root != "contact":
        return ""
    name = path[0] if path else None
    return name if isinstance(name, str) and name not in NOT_A_FIELD else None


def _only(template: BoundTemplate, nodes: Sequence[Node]) -> BoundTemplate:
    part = copy.copy(template)
    part.nodes = list(nodes)
    return part


def _with_places(nodes: Sequence[Node]) -> Iterator[Node]:
    for number, node in enumerate(nodes):
        if number:
            yield NextPlace(node.token)
        yield node
