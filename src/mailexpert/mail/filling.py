"""The places of passages, filled for the people of a window: Liquid writes each once for all who have the same fields
there, and what is a person's own in its leaves is taken from the columns that all messages are made of."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from mailexpert.mail.leaves import Leaves
from mailexpert.mail.passages import Passage
from mailexpert.mail.personalise import Limited, RenderProblem, value_of
from mailexpert.mail.piece_stream import Rendered

MOST_KEPT = 1_000_000  # bytes of one issue's passages, in each lane
A_PIECE = 80  # bytes that it takes beside its own
A_SHARED = 8  # bytes that a piece takes which stands in the template
TEXTS = frozenset((str, type(None)))

Pieces = Sequence[bytes | int | None]
Columns = Sequence[Sequence[bytes]]


class Wanted(NamedTuple):
    """A passage, by its number, for whoever has these values in its fields; `token` is theirs, where it shows."""

    passage: int
    values: tuple[Any, ...]
    token: str


class Joined:
    """The pieces of one place, put together when its message is made: they share most of their bytes."""

    __slots__ = ("_pieces",)

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces

    def __bytes__(self) -> bytes:
        return b"".join(self._pieces)


class Broken:
    """A place that can't be filled. Who makes the message of it gets the problem."""

    __slots__ = ("_problem",)

    def __init__(self, problem: RenderProblem) -> None:
        self._problem = problem

    def __bytes__(self) -> bytes:
        raise self._problem


class Own:
    """The same, with the person's own values between them; of these the numbers of their columns."""

    __slots__ = ("_columns", "_person", "_pieces")

    def __init__(self, pieces: Pieces, columns: Columns, person: int) -> None:
        self._pieces, self._columns, self._person = pieces, columns, person

    def __bytes__(self) -> bytes:
        columns, person = self._columns, self._person
        return b"".join(
            [columns[piece][person] if type(piece) is int else piece for piece in self._pieces]  # type: ignore[misc]
        )


Filler = bytes | Joined | Own | Broken


class Filled(NamedTuple):
    """What was written at each place of a passage. `size`: bytes, without the persons' own values; `slots`: how many of
    those there are. Without any, `fillers` has what to fill the places with."""

    places: Sequence[Pieces]
    size: int
    slots: int
    fillers: Sequence[Filler]


class MeasuredLeaf(NamedTuple):
    pieces: Pieces
    size: int
    slots: int


def _measured(pieces: Pieces) -> MeasuredLeaf:
    sizes = [len(piece) for piece in pieces if isinstance(piece, bytes)]
    return MeasuredLeaf(pieces, sum(sizes), len(pieces) - len(sizes))


class Kept:
    """What was written for people before, while it fits. `leaves`: of each passage, with the numbers of columns."""

    def __init__(self, passages: Sequence[Passage], leaves: Sequence[Leaves]) -> None:
        self.passages = passages
        self._leaves = [list(map(_measured, some)) for some in leaves]
        self.own = {piece for some in leaves for leaf in some for piece in leaf if isinstance(piece, int)}
        self._known: list[dict[Any, Filled]] = [{} for _passage in passages]
        self._bytes = 0

    def find(self, passage: int) -> Mapping[Any, Filled]:
        return self._known[passage]

    def keep(self, passage: int, key: Any, filled: Filled, written: int) -> None:
        """`written`: bytes that aren't in the template."""
        told = self.passages[passage]
        if told.shows_token or told.reads_clock:
            return
        self._bytes += A_PIECE + written + A_SHARED * sum(map(len, filled.places))
        if self._bytes > MOST_KEPT:
            self._bytes = 0
            for known in self._known:
                known.clear()
        self._known[passage][key] = filled

    def filled(self, passage: int, rendered: Rendered) -> Filled:
        """What was written, with the leaves in it."""
        leaves, places, size, slots = self._leaves[passage], list[Pieces](), 0, 0
        for pieces in rendered:
            whole: list[bytes | int | None] = []
            places.append(whole)
            for piece in pieces:
                if type(piece) is int:
                    leaf = leaves[piece]
                    whole += leaf.pieces
                    size += leaf.size
                    slots += leaf.slots
                else:
                    whole.append(piece)
                    size += len(piece)  # type: ignore[arg-type]
        return Filled(places, size, slots, () if slots else list(map(_filler, places)))


class Filling:
    """`decided`: columns beside those of the fields. Of light passages nothing is `wanted`: `render` writes them."""

    def __init__(
        self,
        kept: Kept,
        columns: Mapping[str, Sequence[Any]],
        decided: Mapping[str, Sequence[Any]],
        tokens: Sequence[str],
        count: int,
        render: Callable[[Wanted], Rendered | RenderProblem],
    ) -> None:
        self.wanted: list[Wanted] = []
        self._render = render
        self._kept, self._count = kept, count
        self._keys: list[Sequence[Any]] = []
        self._asked: list[Any] = []
        self._found: list[dict[Any, Filled]] = []
        both = {**columns, **decided}
        rows: dict[tuple[str, ...], Rows] = {}  # shared, for the way to another process is shorter then
        for number, passage in enumerate(kept.passages):
            names = tuple(columns) if passage.fields is None else passage.fields
            if names not in rows:
                rows[names] = _rows([both[name] for name in names], count)
            self._look_up(number, rows[names], tokens)

    def _look_up(self, passage: int, both: "Rows", tokens: Sequence[str]) -> None:
        shows_token, known = self._kept.passages[passage].shows_token, self._kept.find(passage)
        rows, keys = both
        if shows_token:
            keys = list(zip(keys, tokens, strict=True))
        try:
            people = dict(zip(keys, range(self._count), strict=True))  # one of those who have the same
        except TypeError:  # a value that can't be a key
            keys, known = range(-self._count, 0), {}
            people = dict(zip(keys, range(self._count), strict=True))
        found = {key: known[key] for key in people if key in known}
        self._keys.append(keys)
        self._found.append(found)
        for key, person in people.items():
            if key in found:
                continue
            wanted = Wanted(passage, rows[person], tokens[person] if shows_token else "")
            if self._kept.passages[passage].is_light:
                self._put(passage, key, self._render(wanted))
            else:
                self._asked.append(key)
                self.wanted.append(wanted)

    def fill(self, rendered: Sequence[Rendered | RenderProblem]) -> None:
        """With what is `wanted`, in its order."""
        for wanted, key, found in zip(self.wanted, self._asked, rendered, strict=True):
            self._put(wanted.passage, key, found)

    def _put(self, passage: int, key: Any, rendered: Rendered | RenderProblem) -> None:
        if isinstance(rendered, RenderProblem):
            broken = [Broken(rendered)] * self._kept.passages[passage].places
            self._found[passage][key] = Filled([], 0, 0, broken)
            return
        filled = self._found[passage][key] = self._kept.filled(passage, rendered)
        if not isinstance(self._keys[passage], range):
            pieces = chain.from_iterable(rendered)
            written = sum(len(piece) + A_PIECE for piece in pieces if type(piece) is bytes)
            self._kept.keep(passage, key, filled, written)

    def columns(self, own: Columns) -> list[list[Filler]]:
        """Of each passage each place, filled for the people in their order. `own`: the columns of all messages."""
        by_passage = [
            [found[key] for key in keys] for found, keys in zip(self._found, self._keys, strict=True)
        ]
        longest = max((len(value) for number in self._kept.own for value in own[number]), default=0)
        most = (max((one.size + one.slots * longest for one in filled), default=0) for filled in by_passage)
        if sum(most) > LARGEST:
            by_passage = _without_largest(by_passage, own)
        return [
            [
                Own(one.places[place], own, person) if one.slots else one.fillers[place]
                for person, one in enumerate(filled)
            ]
            for passage, filled in zip(self._kept.passages, by_passage, strict=True)
            for place in range(passage.places)
        ]


LARGEST = Limited.output_stream_limit


Rows = tuple[list[tuple[Any, ...]], Sequence[Any]]


def _rows(columns: Sequence[Sequence[Any]], count: int) -> Rows:
    """By person the values, as templates see them, and the same with their types where 1 and True might meet."""
    if not columns:
        return [()] * count, [()] * count
    if all(TEXTS.issuperset(map(type, column)) for column in columns):
        rows = list(zip(*columns, strict=True))
        return rows, rows
    rows = list(zip(*(map(value_of, column) for column in columns), strict=True))
    return rows, [(row, tuple(map(type, row))) for row in rows]


def _filler(pieces: Pieces) -> Filler:
    """Of pieces that are bytes alone."""
    found: Any = pieces
    return found[0] if len(found) == 1 else Joined(found) if found else b""


def _without_largest(by_passage: list[list[Filled]], own: Columns) -> list[list[Filled]]:
    """Whoever's passages are together more than any mail holds gets none."""
    sizes = [
        sum(_size(one, own, person) for one in filled)
        for person, filled in enumerate(zip(*by_passage, strict=True))
    ]
    broken = Broken(RenderProblem("output stream limit reached", 1))
    return [
        [
            Filled([], 0, 0, [broken] * max(len(one.places), len(one.fillers))) if size > LARGEST else one
            for one, size in zip(filled, sizes, strict=True)
        ]
        for filled in by_passage
    ]


def _size(filled: Filled, own: Columns, person: int) -> int:
    slots = chain.from_iterable(filled.places) if filled.slots else ()
    return filled.size + sum(len(own[piece][person]) for piece in slots if type(piece) is int)
