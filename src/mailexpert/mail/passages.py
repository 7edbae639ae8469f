"""What only Liquid can write: the passages of a template that are more than a field of the person.

A passage says nothing but what its own fields say, so whoever has the same fields reads the same there, and what
stands around it is nobody's work twice.
"""

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from liquid import BoundTemplate
from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.context import RenderContext
from liquid.static_analysis import TemplateAnalysis, Variable

from mailexpert.mail.personalise import (
    ADDRESSES,
    MOST_WORK,
    RESERVED,
    TEXT,
    Counted,
    Limited,
    as_render_problem,
    read,
    renderer,
)
from mailexpert.mail.piece_stream import Known, NextPlace, PieceStream

# Names that Liquid answers itself instead of looking a field up.
NOT_A_FIELD = frozenset({"size", "first", "last"})
REMEMBERING = frozenset(("assign", "capture", "increment", "decrement"))  # what they make, others may read
GOES_ON = re.compile(r"offset\s*:?\s*continue").search  # a loop that begins where another one ended

Rendered = list[list[bytes]]  # of each place, its pieces


class Place(NamedTuple):
    """Where a passage stands: its number, and which of its places."""

    passage: int
    number: int


class Passage(Protocol):
    """`fields` are all that it reads of a person, None for whatever there is. `shows_token`: it holds an address
    with the person's own token. `reads_clock`: what it says today it may not say tomorrow."""

    @property
    def fields(self) -> tuple[str, ...] | None: ...
    @property
    def places(self) -> int: ...
    @property
    def shows_token(self) -> bool: ...
    @property
    def reads_clock(self) -> bool: ...

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
        self, template: BoundTemplate, source: str, nodes: Sequence[Node], *, is_counted: bool
    ) -> None:
        self._template, self._source = _only(template, list(_with_places(nodes))), source
        self._context = Counted if is_counted else RenderContext
        self._known = Known(_literals(template, nodes))
        told = _read(_only(template, nodes))
        self.fields, self.shows_token, self.reads_clock = told.fields, told.shows_token, told.reads_clock
        self.places = len(nodes)

    def render(self, contact: Mapping[str, Any], own: Mapping[str, str]) -> Rendered:
        told = {"contact": contact, **own}
        with as_render_problem(self._source):
            context, stream = self._context(self._template, globals=told), PieceStream(self._known)
            self._template.render_with_context(context, stream)
            return stream.places()


class SubjectPassage:
    """A whole subject that needs Liquid."""

    places = 1

    def __init__(self, source: str, encoded: Callable[[str], bytes]) -> None:
        self._render, self._encoded = renderer(source, html=False), encoded
        told = _read(read(source, TEXT))
        self.fields, self.shows_token, self.reads_clock = told.fields, told.shows_token, told.reads_clock

    def render(self, contact: Mapping[str, Any], own: Mapping[str, str]) -> Rendered:
        return [[self._encoded(self._render(contact, **own))]]


def split(
    template: BoundTemplate, source: str, nodes: Sequence[Node], first: int
) -> tuple[list[BodyPassage], list[Place]]:
    """The passages that render these nodes of a template, numbered from `first`, and the place of each node. Those
    that read the same fields go together, and so do all that share what they remember; a template that could be much
    work is one passage, whose work is counted."""
    reads = [_read(_only(template, [node])) for node in nodes]
    is_one = sum(found.most_work for found in reads) >= MOST_WORK or GOES_ON(source) is not None
    together: dict[Any, list[Node]] = {}
    places = []
    for node, found in zip(nodes, reads, strict=True):
        group = () if is_one or found.is_shared else (found.fields, found.shows_token, found.reads_clock)
        mates = together.setdefault(group, [])
        places.append(Place(first + list(together).index(group), len(mates)))
        mates.append(node)
    made = [BodyPassage(template, source, mates, is_counted=is_one) for mates in together.values()]
    return made, places


def _read(template: BoundTemplate) -> Read:
    found = template.analyze(include_partials=False)
    names = [_field(variable) for some in found.globals.values() for variable in some]
    fields = None if None in names else tuple(sorted({name for name in names if name}))
    uses = sum(map(len, found.variables.values())) + sum(map(len, found.filters.values()))
    rounds = Limited.loop_iteration_limit if "for" in found.tags else 1
    return Read(
        fields=fields,
        shows_token=not ADDRESSES.isdisjoint(found.globals),
        reads_clock="date" in found.filters,
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


def _literals(template: BoundTemplate, nodes: Iterable[Node]) -> Iterator[str]:
    context, waiting = RenderContext(template), list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ContentNode):
            yield node.text
        waiting += node.children(context, include_partials=False)
