"""How an animation moves, for who can't bear it: how long, and how often it flashes. Pure, on pictures and times."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from PIL import Image

LONGEST = 5_000  # milliseconds that something may move without a way to stop it (WCAG 2.2, 2.2.2)
MOST_FLASHES = 3  # in any second (WCAG 2.2, 2.3.1)
FOREVER = 2_147_483_647
SHORTEST, SHOWN_AS = 20, 100  # milliseconds: browsers and mail programs slow down what is faster
GRID = 16
CHANGE, BRIGHT = 0.1, 0.8  # of full luminance: what counts as a change, and where it begins to count
AREA = 0.25  # of what is shown


def shown_for(time: int) -> int:
    return time if time >= SHORTEST else SHOWN_AS


def moves_for(times: Sequence[int], plays: int) -> int:
    """Milliseconds. `times`: of each picture; `plays`: how often all of it is shown, 0 for without end."""
    if len(times) < 2:
        return 0
    return min(sum(map(shown_for, times)) * plays, FOREVER) if plays else FOREVER


def flashes(frames: Sequence[Image.Image], times: Sequence[int]) -> int:
    """The most flashes in any second: pairs of a change to brighter and one to darker over a quarter of the picture."""
    at, moments, before = 0, [], ""
    grids = [_luminances(frame) for frame in frames]
    for (one, other), time in zip(pairwise(grids), times, strict=False):
        at += shown_for(time)
        for way in _changes(one, other):
            if way != before:
                moments.append(at)
                before = way
    return max((_pairs_from(moments, start) for start in range(len(moments))), default=0)


def _pairs_from(moments: Sequence[int], start: int) -> int:
    return sum(moment - moments[start] < 1000 for moment in moments[start:]) // 2


def _changes(one: Sequence[float], other: Sequence[float]) -> Iterator[str]:
    pairs = [pair for pair in zip(one, other, strict=True) if min(pair) < BRIGHT]
    enough = AREA * len(one)
    if sum(after - before >= CHANGE for before, after in pairs) >= enough:
        yield "brighter"
    if sum(before - after >= CHANGE for before, after in pairs) >= enough:
        yield "darker"


def _luminances(frame: Image.Image) -> list[float]:
    """Of a coarse grid of it, on white."""
    small = frame.convert("RGBA").resize((GRID, GRID), Image.Resampling.BOX)
    ground = Image.new("RGBA", small.size, "white")
    ground.alpha_composite(small)
    grey = ground.convert("RGB").tobytes()
    return [
        0.2126 * _linear(grey[at]) + 0.7152 * _linear(grey[at + 1]) + 0.0722 * _linear(grey[at + 2])
        for at in range(0, len(grey), 3)
    ]


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def stopping(times: Sequence[int]) -> tuple[int, int]:
    """How many of its pictures, and how often, so that it stands still in time."""
    total = sum(map(shown_for, times))
    if total <= LONGEST:
        return len(times), max(1, LONGEST // total)
    kept, at = 0, 0
    for time in times:
        at += shown_for(time)
        if at > LONGEST:
            break
        kept += 1
    return max(1, kept), 1
