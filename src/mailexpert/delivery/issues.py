"""The issues that a lane works on: their letters, which of them rest, and why, for their pages."""

import time
from collections.abc import Callable, Mapping
from typing import Protocol

import structlog

from mailexpert.delivery.ports import Issue, Letters

HOLD_SECONDS = 60.0  # an issue that the relay refuses as a whole is tried again after this
SHORT_SECONDS = 5.0  # who may not send for longer than this is told why
SENDING, CANCELLED, DONE = 0, 2, 3

log = structlog.get_logger()


class Source(Protocol):
    async def load_issue(self, issue: int) -> Issue: ...
    async def set_reason(self, reason: str, issue: int) -> None: ...


class Issues:
    def __init__(self, outbox: Source, letters: Callable[[Issue], Letters]) -> None:
        self._outbox, self._letters_of = outbox, letters
        self._known: dict[int, tuple[Issue, Letters]] = {}
        self._states: dict[int, int] = {}
        self._held: dict[int, float] = {}
        self._short: dict[int, float] = {}
        self._told_short: set[int] = set()
        self._reasons: dict[int, str] = {}

    def known(self) -> list[Issue]:
        return [issue for issue, _letters in self._known.values()]

    def find(self, issue: int) -> tuple[Issue, Letters] | None:
        return self._known.get(issue)

    async def get(self, issue_id: int) -> tuple[Issue, Letters] | None:
        """An issue and its letters. One whose words can't be composed at all waits, and its page says so."""
        if issue_id not in self._known:
            issue = await self._outbox.load_issue(issue_id)
            try:
                self._known[issue_id] = issue, self._letters_of(issue)
            except Exception:
                log.exception("an issue can't be composed", issue=issue_id)
                self.hold(issue_id, "cannot_compose")
                return None
        return self._known[issue_id]

    # States, as the application moves them

    def follow(self, states: Mapping[int, int]) -> set[int]:
        """Those that were paused or cancelled."""
        self._states.update(states)
        return {issue for issue, state in states.items() if state != SENDING}

    def forget(self, issue: int) -> None:
        """It is done; nobody needs its letters any more."""
        for kept in (self._known, self._states, self._short):
            kept.pop(issue, None)  # type: ignore[attr-defined]

    def claimed(self, issue: int) -> None:
        """Something of it was claimed just now, so it is being sent, whatever was known before."""
        self._states.pop(issue, None)

    def is_sending(self, issue: int) -> bool:
        return self._states.get(issue, SENDING) == SENDING

    def is_cancelled(self, issue: int) -> bool:
        return self._states.get(issue) == CANCELLED

    # Those that wait, and why

    def hold(self, issue: int, reason: str) -> None:
        """The relay refuses this issue as a whole, or it can't be made: let it rest."""
        self._held[issue] = time.monotonic() + HOLD_SECONDS
        self._reasons[issue] = reason

    def on_hold(self, now: float) -> list[int]:
        self._held = {issue: until for issue, until in self._held.items() if until > now}
        return list(self._held)

    def is_short(self, issue: int, reason: str, now: float) -> None:
        """It may not send now: a limit is used up."""
        since = self._short.setdefault(issue, now)
        if now - since > SHORT_SECONDS and issue not in self._told_short and reason:
            self._told_short.add(issue)
            self._reasons[issue] = reason

    def has_room(self, issue: int) -> None:
        self._short.pop(issue, None)
        if issue in self._told_short:
            self._told_short.discard(issue)
            self._reasons[issue] = ""

    async def say_reasons(self) -> None:
        while self._reasons:
            issue, reason = self._reasons.popitem()
            await self._outbox.set_reason(reason, issue)
