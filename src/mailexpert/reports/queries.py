"""What came of a mailing, read for its page, the API and the dashboard."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mailexpert.base.clock import now
from mailexpert.core.report_sections import Reported
from mailexpert.mailings import rules
from mailexpert.mailings.models import Mailing
from mailexpert.sending import queries as sending
from mailexpert.tracking import queries as tracking


@dataclass(frozen=True, kw_only=True)
class Link:
    target: str
    page: str
    clicks: int
    machine_clicks: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """`counts` always adds up: planned = waiting + deferred + sent + skipped + failed + in doubt."""

    mailing: Mailing
    counts: sending.Counts
    hits: tracking.Hits
    skipped: dict[int, int]
    failures: list[sending.Failure]
    unsubscribed: int
    seconds_left: float | None

    @property
    def done(self) -> int:
        return self.counts.planned - self.counts.waiting

    @property
    def is_under_way(self) -> bool:
        return self.mailing.is_under_way

    @property
    def reason(self) -> str:
        """Why sending waits, as a code; empty while it goes on."""
        return str(self.mailing.issue.reason) if self.is_under_way else ""


def report(mailing: Mailing) -> Report:
    counts = sending.counts(mailing.started_issue_id)
    return Report(
        mailing=mailing,
        counts=counts,
        hits=tracking.hits(mailing.started_issue_id),
        skipped=sending.skip_reasons(mailing.started_issue_id),
        failures=sending.failures(mailing.started_issue_id),
        unsubscribed=sending.unsubscribed(mailing.started_issue_id),
        seconds_left=_seconds_left(mailing, counts),
    )


def reported(report: Report) -> Reported:
    """What the other rooms are told of a mailing, for their sections of its report."""
    return Reported(
        mailing_id=report.mailing.id,
        issue_id=report.mailing.started_issue_id,
        sent=report.counts.sent,
        is_under_way=report.is_under_way,
    )


def links(mailing: Mailing) -> list[Link]:
    """Every link of the mailing, the most clicked first, also those that nobody clicked."""
    clicked = {
        hit.link: (hit.clicks, hit.machine_clicks)
        for hit in tracking.clicks_per_link(mailing.started_issue_id)
    }
    rows = [
        Link(target=target, page=_page(target), clicks=clicks, machine_clicks=machines)
        for number, target in enumerate(mailing.issue.links)
        for clicks, machines in [clicked.get(number, (0, 0))]
    ]
    return sorted(rows, key=lambda link: -link.clicks)


def finished() -> Any:
    return Mailing.objects.filter(issue__isnull=False).select_related("issue").order_by("-started_at", "-id")


def _page(target: str) -> str:
    parts = urlsplit(target)
    return (parts.netloc + parts.path).rstrip("/") or target


def _seconds_left(mailing: Mailing, counts: sending.Counts) -> float | None:
    if mailing.state != Mailing.State.SENDING or mailing.started_at is None:
        return None
    seconds = (now() - mailing.started_at).total_seconds()
    left = rules.time_left(counts.planned - counts.waiting, counts.planned, seconds)
    return left.total_seconds() if left else None
