"""What a check has to say, and where: pure values. `block` stops, `warn` asks, `ok` is in order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from mailexpert.content.blocks.mjml import HEAD_LINES
from mailexpert.content.problems import Problem
from mailexpert.content.values import Draft

Level = Literal["block", "warn", "ok"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`where`: subject, preheader, source, source:<line> or block:<number>."""

    code: str
    level: Level
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    where: str = "source"


@dataclass(frozen=True, kw_only=True)
class Written:
    """The source in which things are looked up, and how a place in it is called."""

    text: str
    is_blocks: bool = False

    def at(self, line: int) -> str:
        if self.is_blocks:
            return f"block:{line - HEAD_LINES}" if line > HEAD_LINES else "source"
        return f"source:{line}"

    def place(self, *needles: str) -> str:
        """The first of these that is found."""
        for wanted in (each for needle in needles if len(needle) > 1 for each in (needle, escape(needle))):
            found = self.text.find(wanted)
            if found >= 0:
                return self.at(self.text.count("\n", 0, found) + 1)
        return "source"


def where(draft: Draft, line: int) -> str:
    """Where a problem's line is: of blocks it is the block's number; line 0 lies around the source."""
    if not line:
        return "source" if draft.kind == "blocks" else "subject"
    return f"block:{line}" if draft.kind == "blocks" else f"source:{line}"


def refused(draft: Draft, found: Collection[Problem]) -> list[Finding]:
    """Why the source makes no mail."""
    return [
        Finding(
            code="source",
            level="block",
            sentence=problem.sentence,
            values=problem.values,
            where=where(draft, problem.line),
        )
        for problem in found
    ]


def warn(code: str, sentence: str, place: str = "source", **values: object) -> Finding:
    return Finding(code=code, level="warn", sentence=sentence, values=values, where=place)


def fine(code: str, sentence: str, **values: object) -> Finding:
    return Finding(code=code, level="ok", sentence=sentence, values=values)
