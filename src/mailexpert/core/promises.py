"""Promises and their checks. Texts stand in privacy.promises; each room registers checks of what it owns.

A promise has parts, and each part needs a check that looks at the running system. A part that nobody checks is not
built, and a check that can't run has found a broken promise: silence is never green."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from mailexpert.base.env import Environment

log = logging.getLogger(__name__)
HOURLY, DAILY = timedelta(hours=1), timedelta(days=1)


class State(StrEnum):
    """In the order of what weighs most when the parts of a promise differ."""

    BROKEN = "broken"
    NOT_BUILT = "not_built"
    CHECKING = "checking"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence that can be said in every language: its msgid, marked with gettext_noop, and its values. The
    value `part` is such a msgid itself."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        values = {name: gettext(value) if name == "part" else value for name, value in self.values.items()}
        return gettext(self.text) % values if values else gettext(self.text)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    state: State
    said: Said


def kept(text: str, **values: Any) -> Outcome:
    return Outcome(state=State.KEPT, said=Said(text=text, values=values))


def broken(text: str, **values: Any) -> Outcome:
    return Outcome(state=State.BROKEN, said=Said(text=text, values=values))


def checking(text: str, **values: Any) -> Outcome:
    """Nothing to judge yet, and that is no fault."""
    return Outcome(state=State.CHECKING, said=Said(text=text, values=values))


def not_built(text: str, **values: Any) -> Outcome:
    return Outcome(state=State.NOT_BUILT, said=Said(text=text, values=values))


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a check stands on. It runs beside the wall, in a process of its own or in the worker."""

    env: Environment
    now: datetime


Look = Callable[[Ground], Outcome]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What must be seen before the promise counts as kept; `label` is a msgid."""

    key: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Promise:
    """`means`: what a breach means for you; `doing`: what we do about it. `vouched`: where no machine can look, a
    person may answer for it (an attestation)."""

    id: str
    section: str
    text: str
    means: str
    doing: str
    parts: Sequence[Part]
    every: timedelta = HOURLY
    vouched: bool = False

    @property
    def number(self) -> int:
        return int(self.id.removeprefix("A"))


@dataclass(frozen=True, kw_only=True)
class Verdict:
    promise: Promise
    state: State
    said: tuple[Said, ...]

    @property
    def is_kept(self) -> bool:
        return self.state == State.KEPT


class UnknownPart(Exception):
    """A check for a part that the promise doesn't name. Name it in privacy.promises, or mend the key."""


_promises: dict[str, Promise] = {}
_looks: dict[tuple[str, str], Look] = {}


def declare(*promises: Promise) -> None:
    _promises.update({promise.id: promise for promise in promises})


def check(promise: str, part: str) -> Callable[[Look], Look]:
    """Register a check: `@check("A5", "link")`. The room's AppConfig.ready imports its module."""

    def decorate(look: Look) -> Look:
        _looks[promise, part] = look
        return look

    return decorate


def promises() -> list[Promise]:
    """In the order of the policy's numbers."""
    return sorted(_promises.values(), key=lambda promise: promise.number)


def strays() -> list[tuple[str, str]]:
    """Checks that no promise asks for."""
    asked = {(promise.id, part.key) for promise in promises() for part in promise.parts}
    return sorted(set(_looks) - asked)


def examine(promise: Promise, ground: Ground) -> Verdict:
    outcomes = [_look(promise, part, ground) for part in promise.parts]
    worst = _worst(outcome.state for outcome in outcomes)
    # What is wrong stands first, then what is right.
    ordered = sorted(outcomes, key=lambda outcome: list(State).index(outcome.state))
    return Verdict(promise=promise, state=worst, said=tuple(outcome.said for outcome in ordered))


def _worst(states: Iterable[State]) -> State:
    found = set(states)
    return next((state for state in State if state in found), State.NOT_BUILT)


def _look(promise: Promise, part: Part, ground: Ground) -> Outcome:
    look = _looks.get((promise.id, part.key))
    if look is None:
        return not_built(_("not built yet: %(part)s"), part=part.label)
    try:
        # A check leaves nothing behind, and a statement that fails spoils no other check.
        with transaction.atomic():
            outcome = look(ground)
            transaction.set_rollback(True)
        return outcome
    except Exception as problem:
        log.warning("promise %s: the check of %s could not run: %s", promise.id, part.key, problem)
        return broken(
            _("the check of %(part)s could not run (%(problem)s)"),
            part=part.label,
            problem=_word(problem),
        )


def _word(problem: Exception) -> str:
    """What everyone may read of it: the kind, and the system's own word for it. The log has the rest."""
    told = problem.strerror if isinstance(problem, OSError) and problem.strerror else ""
    return f"{type(problem).__name__}: {told}" if told else type(problem).__name__
