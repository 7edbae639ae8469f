"""What came of a mailing, read for its page, the API and the dashboard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

from mailexpert.base.clock import now
from mailexpert.core.report_sections import SMALLEST_GROUP, Reported
from mailexpert.mail import shown
from mailexpert.mailings import rules
from mailexpert.mailings.models import AudienceList, Mailing
from mailexpert.reports import disclosure, rules_complaints, rules_disclosure, rules_time
from mailexpert.reports.disclosure import Detail
from mailexpert.reports.rules_disclosure import Sums, Told
from mailexpert.reports.rules_sentence import Facts
from mailexpert.sending import queries as sending
from mailexpert.sending import queries_pulse as pulse
from mailexpert.sending.models import Outcome
from mailexpert.sending.queries_complaints import complained_by_issue
from mailexpert.tracking import queries as tracking
from mailexpert.tracking.rules import Hour


@dataclass(frozen=True, kw_only=True)
class Link:
    """`clicks` is None where so few people saw it that its clicks aren't told."""

    number: int
    words: str
    target: str
    page: str
    clicks: int | None = None
    machine_clicks: int | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A mailing in a list. `counts` always adds up; `told` is only of sums, None where nothing may be told of so
    few."""

    mailing: Mailing
    parts: list[disclosure.Part]
    counts: sending.Counts
    told: Told
    unsubscribed: int
    complained: int

    @property
    def sums(self) -> Sums | None:
        return self.told.sums


@dataclass(frozen=True, kw_only=True)
class Report:
    """`counts` always adds up: planned = waiting + deferred + sent + skipped + failed + in doubt. `parts`: the
    mailing's issue, and the versions tried before it."""

    mailing: Mailing
    parts: list[disclosure.Part]
    counts: sending.Counts
    course: pulse.Course
    seconds_left: float | None
    detail: Detail

    @property
    def issues(self) -> list[int]:
        return [part.issue.id for part in self.parts]

    @property
    def skipped(self) -> Mapping[int, int]:
        """How many by reason, the most frequent first."""
        return self.course.reasons[Outcome.SKIPPED]

    @property
    def failed(self) -> Mapping[int, int]:
        """The same by code."""
        return self.course.reasons[Outcome.FAILED]

    @property
    def unsubscribed(self) -> int:
        return self.course.unsubscribed

    @property
    def complained(self) -> int:
        return self.course.complained

    @cached_property
    def told(self) -> Told:
        """What readers did, as far as it may be told, in the report's detail."""
        sent = ((minute.at, minute.sent) for minute in self.course.minutes)
        began = self.mailing.started_at
        return disclosure.told(
            self.parts,
            many_from=rules_disclosure.first_of_many(sent),
            detail=self.detail,
            days_from=began + rules_time.HOURS_UPTO if began else None,
        )

    @property
    def complaints(self) -> str:
        """How bad they are: serious, quiet, or nothing."""
        return rules_complaints.level(self.complained, self.counts.sent)

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

    @property
    def facts(self) -> Facts:
        sums = self.told.sums
        return Facts(
            **{name: getattr(self.counts, name) for name in SUM},
            state=str(self.mailing.state),
            is_measured=self.mailing.issue.tracking != "none",
            clicks=sums.clicks if sums else None,
            machine_clicks=sums.machine_clicks if sums else 0,
            unsubscribed=self.unsubscribed,
            complained=self.complained,
        )


SUM = ("planned", "waiting", "sent", "skipped", "failed", "deferred", "in_doubt")


def report(mailing: Mailing, detail: Detail = Detail.WHOLE) -> Report:
    lead = mailing.started_issue_id
    issues = sending.family(lead)
    by_issue = sending.counts_by_issue(issues)
    counts = sending.Counts.together(by_issue.values())
    began = mailing.started_at
    return Report(
        mailing=mailing,
        parts=disclosure.parts([mailing], {lead: issues}, by_issue)[lead],
        counts=counts,
        course=pulse.course(issues, counts, fives_until=began + rules_time.FIVES_UPTO if began else None),
        seconds_left=_seconds_left(mailing, counts),
        detail=detail,
    )


def lines(mailings: Sequence[Mailing]) -> list[Line]:
    """Of mailings that were started, in their order; as many questions for many as for one."""
    families = sending.families(mailing.started_issue_id for mailing in mailings)
    issues = [issue for family in families.values() for issue in family]
    counts, stops = sending.counts_by_issue(issues), sending.unsubscribed_by_issue(issues)
    complaints = complained_by_issue(issues)
    parts = disclosure.parts(mailings, families, counts)
    told = disclosure.told_sums_of(parts)
    return [
        Line(
            mailing=mailing,
            parts=parts[lead],
            counts=sending.Counts.together(counts[issue] for issue in families[lead]),
            told=told[lead],
            unsubscribed=sum(stops.get(issue, 0) for issue in families[lead]),
            complained=sum(complaints.get(issue, 0) for issue in families[lead]),
        )
        for mailing in mailings
        for lead in [mailing.started_issue_id]
    ]


def hours(lines: Sequence[Line]) -> list[Sequence[Hour]]:
    """When the clicks of each came, by the hour, as far as it may be told."""
    whole = {line.mailing.started_issue_id: line for line in lines if line.told.is_whole}
    issues = {lead: [part.issue.id for part in line.parts] for lead, line in whole.items()}
    many_from = pulse.many_from(
        {lead: (issues[lead], line.counts) for lead, line in whole.items()}, group=SMALLEST_GROUP
    )
    came = tracking.clicks_over_time_of(issues)
    return [
        rules_disclosure.hours(came[lead], many_from.get(lead)) if lead in whole else ()
        for line in lines
        for lead in [line.mailing.started_issue_id]
    ]


def list_names(mailing: Mailing) -> list[str]:
    """Of the lists that it went to, also those that were archived since."""
    chosen = AudienceList.objects.filter(mailing_id=mailing.id, excluded=False)
    return list(chosen.order_by("list__name").values_list("list__name", flat=True))


def reported(report: Report) -> Reported:
    """What the other rooms are told of a mailing, for their sections of its report."""
    return Reported(
        mailing_id=report.mailing.id,
        issues=report.issues,
        sent=report.counts.sent,
        is_under_way=report.is_under_way,
    )


def links(report: Report) -> list[Link]:
    """Every link of the mailing, the most clicked first, also those that nobody clicked; last the ones that aren't
    told."""
    issue = report.mailing.issue
    words = _words(issue.html)
    told = {link.number: link for link in report.told.links}
    rows = [
        Link(
            number=number,
            words=words.get(number, ""),
            target=target,
            page=_page(target),
            clicks=told[number].clicks if number in told else None,
            machine_clicks=told[number].machine_clicks if number in told else None,
        )
        for number, target in enumerate(issue.links)
    ]
    return sorted(rows, key=lambda link: -1 if link.clicks is None else link.clicks, reverse=True)


def finished() -> Any:
    return Mailing.objects.filter(issue__isnull=False).select_related("issue").order_by("-started_at", "-id")


@lru_cache(maxsize=64)
def _words(html: str) -> dict[int, str]:
    return shown.words_of(html)


def _page(target: str) -> str:
    parts = urlsplit(target)
    return (parts.netloc + parts.path).rstrip("/") or target


def _seconds_left(mailing: Mailing, counts: sending.Counts) -> float | None:
    if mailing.state != Mailing.State.SENDING or mailing.test or mailing.started_at is None:
        return None
    seconds = (now() - mailing.started_at).total_seconds()
    left = rules.time_left(counts.planned - counts.waiting, counts.planned, seconds)
    return left.total_seconds() if left else None
