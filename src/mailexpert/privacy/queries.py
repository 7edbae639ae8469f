"""How the promises stand, in the reader's language."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from mailexpert.base import clock
from mailexpert.core import promises
from mailexpert.core.promises import Promise, Said, State
from mailexpert.privacy.models import (
    Attestation,
    PromiseState,
    PromiseTurn,
    Question,
    SecurityContact,
    Subprocessor,
)
from mailexpert.privacy.promises import SECTIONS

LATE_AFTER = 3  # rhythms; then nobody checks any more, and that is broken


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One promise as it stands. `state`: kept, broken, checking or not_built; `checked_at` is None before the
    first check. `evidence` holds the weightiest sentence first."""

    id: str
    number: int
    section: str
    text: str
    means: str
    doing: str
    state: str
    evidence: tuple[str, ...]
    checked_at: datetime | None
    since: datetime | None

    @property
    def is_kept(self) -> bool:
        return self.state == State.KEPT

    @property
    def is_broken(self) -> bool:
        """What isn't built is not kept either."""
        return self.state in {State.BROKEN, State.NOT_BUILT}

    @property
    def mark(self) -> str:
        """The promise mark that goes with it."""
        return "broken" if self.is_broken else self.state


@dataclass(frozen=True, kw_only=True)
class Section:
    title: str
    promises: Sequence[Standing]

    @property
    def kept(self) -> int:
        return sum(one.is_kept for one in self.promises)


@dataclass(frozen=True, kw_only=True)
class Sum:
    total: int
    kept: int
    broken: int
    checking: int

    @property
    def state(self) -> str:
        return "broken" if self.broken else "checking" if self.checking else "kept"


def public_promises(language: str) -> list[Standing]:
    """Every promise in the order of the policy's numbers, with its last result, in "nl" or "en"."""
    known = {row.promise: row for row in PromiseState.objects.all()}
    now = clock.now()
    with translation.override(language):
        return [_standing(promise, known.get(promise.id), now) for promise in promises.promises()]


def by_section(standings: Sequence[Standing]) -> list[Section]:
    return [
        Section(title=_(title), promises=[one for one in standings if one.section == key])
        for key, title in SECTIONS.items()
    ]


def promise_sum(standings: Sequence[Standing] | None = None) -> Sum:
    found = public_promises(translation.get_language() or "nl") if standings is None else standings
    counted = Counter(one.mark for one in found)
    return Sum(total=len(found), kept=counted["kept"], broken=counted["broken"], checking=counted["checking"])


def history(promise_id: str, limit: int = 100) -> list[PromiseTurn]:
    return list(PromiseTurn.objects.filter(promise=promise_id).order_by("-at")[:limit])


def subprocessors() -> list[Subprocessor]:
    """Those that work for us today."""
    return list(Subprocessor.objects.filter(ended_on=None).order_by("name"))


def sentences(said: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """What a check said, in the language that is active."""
    return tuple(dict.fromkeys(str(Said(text=text, values=values)) for text, values in said))


def _standing(promise: Promise, row: PromiseState | None, now: datetime) -> Standing:
    state = State.CHECKING.value
    evidence: tuple[str, ...] = (_("not checked yet"),)
    if row is not None:
        state, evidence = row.state, sentences(row.said)
        if now - row.checked_at > LATE_AFTER * promise.every:
            state, evidence = State.BROKEN.value, (_("the check no longer runs"), *evidence)
    return Standing(
        id=promise.id,
        number=promise.number,
        section=promise.section,
        text=_(promise.text),
        means=_(promise.means),
        doing=_(promise.doing),
        state=state,
        evidence=evidence,
        checked_at=row.checked_at if row else None,
        since=row.since if row else None,
    )


def security_contact() -> SecurityContact | None:
    """What security.txt says today."""
    return SecurityContact.objects.order_by("-id").first()


def open_questions() -> list[Question]:
    """Most urgent first."""
    return list(Question.objects.filter(answered_at=None).order_by("due_at"))


def attestations(promise_id: str) -> list[Attestation]:
    return list(Attestation.objects.filter(promise=promise_id).order_by("-expires_on"))
