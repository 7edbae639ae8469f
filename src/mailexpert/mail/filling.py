"""The places of passages, filled for the people of a window: Liquid writes each once for all who have the same fields
there."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from mailexpert.mail.outputs import value_of
from mailexpert.mail.passages import Passage, Rendered
from mailexpert.mail.personalise import Limited, RenderProblem

MOST_KEPT = 1_000_000  # bytes of one issue's passages, in each lane
A_PIECE = 80  # bytes that it takes beside its own
TEXTS = frozenset((str, type(None)))


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


Filler = bytes | Joined | Broken


class Filled(NamedTuple):
    fillers: list[Filler]  # by place
    size: int  # bytes


class Kept:
    """What was written for people before, while it fits."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        self._known: list[dict[Any, Filled]] = [{} for _passage in passages]
        self._bytes = 0

    def find(self, passage: int) -> Mapping[Any, Filled]:
        return self._known[passage]

    def keep(self, passage: int, key: Any, filled: Filled, pieces: int) -> None:
        told = self.passages[passage]
        if told.shows_token or told.reads_clock:
            return
        self._bytes += filled.size + A_PIECE * (1 + pieces)
        if self._bytes > MOST_KEPT:
            self._bytes = 0
            for known in self._known:
                known.clear()
        self._known[passage][key] = filled


class Filling:
    def __init__(
        self, kept: Kept, columns: Mapping[str, Sequence[Any]], tokens: Sequence[str], count: int
    ) -> None:
        self.wanted: list[Wanted] = []
        self._kept, self._count = kept, count
        self._keys: list[Sequence[Any]] = []
        self._asked: list[Any] = []
        self._found: list[dict[Any, Filled]] = []
        rows: dict[tuple[str, ...], Rows] = {}  # shared, for the way to another process is shorter then
        for number, passage in enumerate(kept.passages):
            names = tuple(columns) if passage.fields is None else passage.fields
            if names not in rows:
                rows[names] = _rows([columns[name] for name in names], count)
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
            if key not in found:
                self._asked.append(key)
                token = tokens[person] if shows_token else ""
                self.wanted.append(Wanted(passage, rows[person], token))

    def fill(self, rendered: Sequence[Rendered | RenderProblem]) -> None:
        """With what is `wanted`, in its order."""
        for wanted, key, found in zip(self.wanted, self._asked, rendered, strict=True):
            if isinstance(found, RenderProblem):
                broken: list[Filler] = [Broken(found)] * self._kept.passages[wanted.passage].places
                self._found[wanted.passage][key] = Filled(broken, 0)
                continue
            sizes = list(map(len, chain.from_iterable(found)))
            filled = self._found[wanted.passage][key] = Filled(list(map(_filler, found)), sum(sizes))
            if not isinstance(self._keys[wanted.passage], range):
                self._kept.keep(wanted.passage, key, filled, len(sizes))

    def columns(self) -> list[list[Filler]]:
        """Of each passage each place, filled for the people in their order."""
        by_passage = [
            [found[key] for key in keys] for found, keys in zip(self._found, self._keys, strict=True)
        ]
        if sum(max((one.size for one in filled), default=0) for filled in by_passage) > LARGEST:
            by_passage = _without_largest(by_passage)
        return [
            [one.fillers[place] for one in filled]
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


def _filler(pieces: list[bytes]) -> Filler:
    return pieces[0] if len(pieces) == 1 else Joined(pieces) if pieces else b""


def _without_largest(by_passage: list[list[Filled]]) -> list[list[Filled]]:
    """Whoever's passages are together more than any mail holds gets none."""
    too_large = [sum(one.size for one in filled) > LARGEST for filled in zip(*by_passage, strict=True)]
    broken = Broken(RenderProblem("output stream limit reached", 1))
    return [
        [
            Filled([broken] * len(one.fillers), 0) if is_large else one
            for one, is_large in zip(filled, too_large, strict=True)
        ]
        for filled in by_passage
    ]
