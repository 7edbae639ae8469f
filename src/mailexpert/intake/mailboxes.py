"""Which addresses of ours take mail, and what is done with what comes: one class for each kind of address.

A mailbox reads its own addresses by their signed token and knows nothing of the others. When `take` returns, what the
mail asked is stored."""

import asyncio
from typing import Any, Protocol

import structlog

from mailexpert.intake.complaints import REPORT, Complaint, ComplaintDesk
from mailexpert.intake.stops import MAILTO, StopDesk, StopRequest
from mailexpert.mail import arf, feedback, links, verp

log = structlog.get_logger()


class Mailbox(Protocol):
    def opens(self, address: str) -> Any:
        """What the token in an address of this kind says; None for every other address."""

    async def take(self, told: Any, mail: bytes) -> None:
        """A mail to such an address, with what its token says. Raises OSError when nothing can be stored."""


class Unsubscribing:
    """`u-<token>@`: what a mail program sends when its reader unsubscribes (RFC 2369). The mail isn't read."""

    prefix = "u-"

    def __init__(self, key: bytes, desk: StopDesk) -> None:
        self._key, self._desk = key, desk

    def opens(self, address: str) -> links.Stop | None:
        """Case matters in the token; the prefix and the domain are free."""
        local = address.rpartition("@")[0]
        if local[: len(self.prefix)].lower() != self.prefix:
            return None
        told = links.read_token(self._key, local[len(self.prefix) :])
        return told if isinstance(told, links.Stop) else None

    async def take(self, told: links.Stop, _mail: bytes) -> None:
        await self._desk.take(StopRequest(issue=told.issue, contact=told.contact, via=MAILTO))


class Returning:
    """`b-<token>@`: our return paths. A receiver that asks whether the sender exists must hear yes; what comes back is
    counted, nothing more yet."""

    def __init__(self, key: bytes) -> None:
        self._key, self.returned = key, 0

    def opens(self, address: str) -> links.Stop | None:
        return verp.read(self._key, address)

    async def take(self, _told: links.Stop, _mail: bytes) -> None:
        self.returned += 1


class Feedback:
    """`f-<token>@`: feedback reports. The report says by our token whose mail it was, or counts for nothing."""

    def __init__(self, key: bytes, desk: ComplaintDesk) -> None:
        self._key, self._desk = key, desk
        self.complaints = self.nobodys = self.others = 0

    def opens(self, address: str) -> int | None:
        return feedback.read(self._key, address)

    async def take(self, told: int, mail: bytes) -> None:
        report = await asyncio.to_thread(arf.read, self._key, mail)
        if report is None or not report.is_complaint:
            self.others += 1
        elif report.about is None:
            self.nobodys += 1
            log.warning("a feedback report names no mail of ours")
        else:
            about = report.about
            await self._desk.take(
                Complaint(issue=about.issue, contact=about.contact, via=REPORT, account=told)
            )
            self.complaints += 1
