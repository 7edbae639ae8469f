"""Reads what was measured of a mailing and gives what may be told of it (rules_disclosure). Page, files, API,
comparison and dashboard have their figures from here alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from functools import lru_cache

from django.db.models import Func, IntegerField, Sum

from mailexpert.mail import shown
from mailexpert.mailings.models import Mailing
from mailexpert.reports import rules_disclosure as rules
from mailexpert.reports.rules_disclosure import Cell, Link, Measured, Sums, Told
from mailexpert.sending.models import Circle, Issue
from mailexpert.sending.queries import Counts, counts_by_issue, family
from mailexpert.tracking import queries as tracking
from mailexpert.tracking.models import Rollup
from mailexpert.tracking.queries_whole import whole

By = Rollup.By
Parts = dict[int, list["Part"]]
SUMMED = (By.TOTAL, By.LINK)
PROPERTIES = {"devices": By.DEVICE, "providers": By.PROVIDER, "countries": By.COUNTRY}


class Detail(Enum):
    """What a report is read for: sums and links alone, what its page draws, or everything, every hour too."""

    SUMS = auto()
    PAGE = auto()
    WHOLE = auto()


@dataclass(frozen=True, kw_only=True)
class Part:
    """An issue of a mailing, which is one, or the versions of a test too: what came of it, and how many of its people
    are in each segment that decides about a link."""

    issue: Issue
    counts: Counts
    sizes: Mapping[int, int]


def parts(
    mailings: Iterable[Mailing], families: Mapping[int, list[int]], counts: Mapping[int, Counts]
) -> Parts:
    """Of mailings that were started, by issue; as many questions for many as for one."""
    issues = {one.started_issue_id: one.issue for one in mailings}
    if versions := [number for lead in issues for number in families[lead] if number != lead]:
        issues |= Issue.objects.in_bulk(versions)
    sizes = _sizes(issues.values())
    return {
        one.started_issue_id: [
            Part(issue=issues[number], counts=counts[number], sizes=sizes[number])
            for number in families[one.started_issue_id]
        ]
        for one in mailings
    }


def told(
    found: Sequence[Part], *, many_from: datetime | None, detail: Detail, days_from: datetime | None
) -> Told:
    """What may be told of a started mailing. For its page the hours from `days_from` on lie together by the day."""
    hits = whole(
        _numbers(found),
        by=SUMMED if detail is Detail.SUMS else tuple(By),
        days_from=days_from if detail is Detail.PAGE else None,
    )
    return rules.tell(
        Measured(
            sent=_sent(found),
            sums=_sums(hits.hits),
            links=_links(found, hits.clicks_per_link),
            many_from=many_from,
            hours=hits.clicks_over_time,
            parts=hits.by_five_minutes,
            machines=_cells(hits.machine_shares),
            properties={name: _cells(hits.shares[by]) for name, by in PROPERTIES.items()},
        )
    )


def told_sums(mailing: Mailing, counts: Counts) -> Sums | None:
    """Only the sums of one mailing; None where so few got it that nothing is told."""
    if mailing.issue is None:
        return Sums()
    lead = mailing.started_issue_id
    issues = family(lead)
    each = {lead: counts} if len(issues) == 1 else counts_by_issue(issues)
    return told_sums_of(parts([mailing], {lead: issues}, each))[lead].sums


def told_sums_of(found: Parts) -> dict[int, Told]:
    """Sums and links of many, for lists of mailings, in as many questions as of one."""
    links = {lead: _links(some, []) for lead, some in found.items()}
    partly = {lead: found[lead] for lead, some in links.items() if not all(one.may_be_told for one in some)}
    if partly:  # then the sums are made of the links that are told
        clicked = tracking.clicks_per_link_of({lead: _numbers(some) for lead, some in partly.items()})
        links |= {lead: _links(some, clicked[lead]) for lead, some in partly.items()}
    hits = tracking.hits_of(number for some in found.values() for number in _numbers(some))
    return {
        lead: rules.tell(
            Measured(
                sent=_sent(some),
                sums=_sums(tracking.Hits.together(hits[one] for one in _numbers(some) if one in hits)),
                links=links[lead],
            )
        )
        for lead, some in found.items()
    }


def _numbers(found: Iterable[Part]) -> list[int]:
    return [part.issue.id for part in found]


def _sent(found: Iterable[Part]) -> int:
    return sum(part.counts.sent for part in found)


def _links(found: Sequence[Part], clicked: Iterable[tracking.LinkHits]) -> list[Link]:
    """Every link of the frozen mailing by number, with how many surely saw it in one version or another."""
    hits = {one.link: one for one in clicked}
    seen = [(part, _seen(part.issue.html, part.issue.text) if part.issue.links else {}) for part in found]
    return [
        Link(
            number=number,
            base=_together(_base(places[number], part) for part, places in seen if number in places),
            clicks=hits[number].clicks if number in hits else 0,
            machine_clicks=hits[number].machine_clicks if number in hits else 0,
        )
        for number in range(len(found[0].issue.links))
    ]


@lru_cache(maxsize=64)
def _seen(html: str, text: str) -> dict[int, shown.Seen]:
    """A frozen mailing never changes, and reading one takes some milliseconds."""
    return shown.seen_by(html, text)


def _sizes(issues: Iterable[Issue]) -> dict[int, dict[int, int]]:
    """How many of each issue's people are in each segment that decides about a link. They are known for 30 days."""
    found: dict[int, dict[int, int]] = {issue.id: {} for issue in issues}
    segments = {issue.id: _segments(issue) for issue in issues}
    asked = [number for number, wanted in segments.items() if wanted]
    if not asked:
        return found
    size = Sum(Func("contact_ids", function="cardinality", output_field=IntegerField()))
    rows = Circle.objects.filter(
        issue_id__in=asked, segment_id__in=frozenset[int]().union(*segments.values())
    )
    for number, segment, n in rows.values_list("issue_id", "segment_id").annotate(size=size):
        found[number][segment] = n
    return found


def _segments(issue: Issue) -> frozenset[int]:
    places = _seen(issue.html, issue.text).values() if issue.links else ()
    return frozenset(circle.segment for place in places for circle in place.circles)


def _base(place: shown.Seen, part: Part) -> int | None:
    """At the least: whoever did not get the mail may all have been in the segment."""
    counts, sizes = part.counts, part.sizes
    if place.everyone:
        return counts.sent
    missed = counts.planned - counts.sent
    known = [
        (sizes[one.segment] if one.inside else counts.planned - sizes[one.segment]) - missed
        for one in place.circles
        if one.segment in sizes
    ]
    return max(known, default=None)


def _together(bases: Iterable[int | None]) -> int | None:
    """Of versions, each with readers of its own: where nobody can say whom, that is nobody for sure."""
    known = [max(0, base) for base in bases if base is not None]
    return sum(known) if known else None


def _sums(hits: tracking.Hits) -> Sums:
    return Sums(
        opens=hits.opens,
        clicks=hits.clicks,
        machine_opens=hits.machine_opens,
        machine_clicks=hits.machine_clicks,
    )


def _cells(shares: Iterable[tracking.Share]) -> list[Cell]:
    return [Cell(name=one.name, clicks=one.clicks, opens=one.opens) for one in shares]
