"""The geometry of bars and lines, as strings that fit SVG attributes. No request, no model."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailexpert.web.notation import number


@dataclass(frozen=True, kw_only=True)
class Part:
    """One term of a sum."""

    key: str
    label: str | Promise
    tone: str
    shape: str
    count: int
    width: str


# The order is the same in every bar and every sum.
TERMS: tuple[tuple[str, str | Promise, str, str], ...] = (
    ("sent", _("sent"), "is-kept", "ok"),
    ("skipped", _("skipped"), "is-skipped", "skip"),
    ("failed", _("failed"), "is-broken", "fail"),
    ("deferred", _("deferred"), "is-waiting", "wait"),
    ("in_doubt", _("in doubt"), "is-doubt", "doubt"),
    ("waiting", _("waiting"), "is-todo", "todo"),
)


def percentage(part: float, whole: float) -> str:
    share = 100 * part / whole if whole else 0
    return f"{min(max(share, 0), 100):.2f}%"


def count_of(counts: Any, key: str) -> int:
    value = counts.get(key, 0) if isinstance(counts, Mapping) else getattr(counts, key, 0)
    return int(value or 0)


def parts(counts: Any) -> list[Part]:
    """The terms of planned = sent + skipped + failed + deferred + in doubt + waiting."""
    values = {key: count_of(counts, key) for key, *_rest in TERMS}
    total = sum(values.values())
    return [
        Part(
            key=key,
            label=label,
            tone=tone,
            shape=shape,
            count=values[key],
            width=percentage(values[key], total),
        )
        for key, label, tone, shape in TERMS
    ]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line chart over equal steps: `rows` are (label, value), oldest first; None is a step still to come.

    `says` is the chart in one sentence, for who can't see it. `event` is (index, words). `expected` are the values of
    the steps still to come, drawn dotted; `of` is the word behind the number at the line's end."""

    caption: str = ""
    says: str
    rows: Sequence[tuple[str, float | None]]
    step: str
    unit: str
    tone: str = ""
    height: int = 160
    event: tuple[int, str] | None = None
    expected: Sequence[float] = ()
    of: str = ""


@dataclass(frozen=True, kw_only=True)
class Tick:
    at: str
    label: str
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    path: str
    ticks: list[Tick]
    marks: list[Tick]
    end_x: str
    end_y: str
    end_label: str
    event: Tick | None
    expected: str = ""
    expected_y: str = ""

    @property
    def is_wide(self) -> bool:
        """Long numbers at the axis ask for a wider margin."""
        return any(len(tick.label) > 6 for tick in self.ticks)


def nice_top(highest: float, steps: int = 2) -> float:
    """The least round number above: 4812 → 5000, so that every tick is round too."""
    rough = max(highest, steps) / steps
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 2.5, 5, 10):
        tick = factor * power
        if tick >= rough and (tick >= 10 or tick == int(tick)):
            return tick * steps
    return 10 * power * steps


def axis(highest: float) -> list[float]:
    """The ticks from zero on: two or three steps, whichever wastes less of the height."""
    top, steps = min((nice_top(highest, steps), steps) for steps in (2, 3))
    return [top * step / steps for step in range(steps + 1)]


def draw(line: Line) -> Drawing:
    known = [(index, value) for index, (_label, value) in enumerate(line.rows) if value is not None]
    ticks = axis(max((*(value for _index, value in known), *line.expected), default=0))
    top = ticks[-1]
    last = max(len(line.rows) - 1, 1)

    def x(index: int) -> float:
        return 100 * index / last

    def y(value: float) -> float:
        return 100 - 100 * value / top

    points = [f"{x(index):.2f} {y(value):.2f}" for index, value in known]
    end_index, end_value = known[-1] if known else (0, 0)
    ahead = [(end_index, end_value), *enumerate(line.expected, end_index + 1)] if line.expected else []
    return Drawing(
        path="M" + " L".join(points) if points else "",
        ticks=[Tick(at=f"{y(tick):.2f}%", label=number(tick)) for tick in ticks],
        marks=_marks([label for label, _value in line.rows]),
        end_x=f"{x(end_index):.2f}%",
        end_y=f"{y(end_value):.2f}%",
        end_label=number(end_value),
        event=_event(line.event, x) if line.event else None,
        expected="M" + " L".join(f"{x(index):.2f} {y(value):.2f}" for index, value in ahead) if ahead else "",
        expected_y=f"{y(ahead[-1][1]):.2f}%" if ahead else "",
    )


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Several lines over the same equal steps, each from the first on and as far as it is known: `lines` are (sign,
    values), the sign standing at the line's end for who can't tell strokes apart; `names` say what the signs mean."""

    says: str
    steps: Sequence[str]
    step: str
    lines: Sequence[tuple[str, Sequence[float]]]
    names: Sequence[str]
    height: int = 240


@dataclass(frozen=True, kw_only=True)
class Stroke:
    path: str
    end: Tick
    end_y: str
    label_dy: str


@dataclass(frozen=True, kw_only=True)
class DrawnLines:
    ticks: list[Tick]
    marks: list[Tick]
    strokes: list[Stroke]
    head: list[tuple[str, str]]
    rows: list[tuple[str, list[str]]]


LABEL = 18  # pixels that two labels at the ends of lines need between them


def draw_lines(found: Lines) -> DrawnLines:
    ticks = axis(max((value for _sign, values in found.lines for value in values), default=0))
    last = max(len(found.steps) - 1, 1)
    ends = [
        (100 * (len(values) - 1) / last, 100 - 100 * values[-1] / ticks[-1]) for _sign, values in found.lines
    ]
    apart = _apart([(x, y * found.height / 100) for x, y in ends])
    return DrawnLines(
        ticks=[Tick(at=f"{100 - 100 * tick / ticks[-1]:.2f}%", label=number(tick)) for tick in ticks],
        marks=_marks(found.steps),
        strokes=[
            Stroke(
                path="M"
                + " L".join(
                    f"{100 * index / last:.2f} {100 - 100 * value / ticks[-1]:.2f}"
                    for index, value in enumerate(values)
                ),
                end=Tick(at=f"{x:.2f}%", label=f"{sign} {number(values[-1], 1)}"),
                end_y=f"{y:.2f}%",
                label_dy=f"{moved - y * found.height / 100 + 5:.0f}",
            )
            for (sign, values), (x, y), moved in zip(found.lines, ends, apart, strict=True)
        ],
        head=[(sign, name) for (sign, _values), name in zip(found.lines, found.names, strict=True)],
        rows=[
            (step, [number(values[index], 1) if index < len(values) else "" for _sign, values in found.lines])
            for index, step in enumerate(found.steps)
        ],
    )


def _apart(ends: Sequence[tuple[float, float]]) -> list[float]:
    """Where labels stand in pixels from the top, so that none lies on another: the lowest line keeps its place, and
    whoever would touch one below it moves up."""
    placed: dict[int, float] = {}
    for one in sorted(range(len(ends)), key=lambda n: -ends[n][1]):
        near = [y for other, y in placed.items() if abs(ends[other][0] - ends[one][0]) < 12]
        placed[one] = min([ends[one][1], *(y - LABEL for y in near)])
    return [placed[one] for one in range(len(ends))]


def _marks(labels: Sequence[str]) -> list[Tick]:
    """Four or five words under the line; every second one may go on a narrow screen."""
    last = len(labels) - 1
    if last < 1:
        return [Tick(at="0%", label=label, kind="x-first") for label in labels]
    chosen = sorted({round(last * quarter / 4) for quarter in range(5)})
    kinds = {0: "x-first"} | dict.fromkeys(chosen[1:-1:2], "x-opt")
    return [Tick(at=f"{100 * i / last:.2f}%", label=labels[i], kind=kinds.get(i, "")) for i in chosen]


def _event(event: tuple[int, str], x: Any) -> Tick:
    at = x(event[0])
    return Tick(at=f"{at:.2f}%", label=event[1], kind="note-left" if at > 50 else "note")


def spark(values: Sequence[float]) -> str:
    """The points of a trend line of 96 by 24."""
    if not values:
        return ""
    low, high = min(values), max(values)
    spread = (high - low) or 1
    last = max(len(values) - 1, 1)
    return " ".join(
        f"{96 * i / last:.1f},{23 - 22 * (value - low) / spread:.1f}" for i, value in enumerate(values)
    )
