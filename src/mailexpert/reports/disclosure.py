"""Reads what was measured of a mailing and gives what may be told of it (rules_disclosure). Page, files, API,
comparison and dashboard have their figures from here alone."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.db.models import Func, IntegerField, Sum

from mailexpert.mail import shown
from mailexpert.mailings.models import Mailing
from mailexpert.reports import rules_disclosure as rules
from mailexpert.reports.rules_disclosure import Cell, Hour, Link, Measured, Sums, Told
from mailexpert.sending.models import Circle
from mailexpert.sending.queries import Counts
from mailexpert.tracking import queries as tracking
from mailexpert.tracking.models import Rollup
from mailexpert.tracking.queries_whole import whole

By = Rollup.By
PROPERTIES = {"devices": By.DEVICE, "providers": By.PROVIDER, "countries": By.COUNTRY}


def told(mailing: Mailing, counts: Counts, *, many_from: datetime | None) -> Told:
    """Everything that may be told of a started mailing."""
    found = whole(mailing.started_issue_id)
    return rules.tell(
        Measured(
            sent=counts.sent,
            sums=_sums(found.hits),
            links=_links(mailing, counts, found.clicks_per_link),
            many_from=many_from,
            hours=[Hour(at=one.hour, clicks=one.clicks, opens=one.opens) for one in found.clicks_over_time],
            machines=_cells(found.machine_shares),
            properties={name: _cells(found.shares[by]) for name, by in PROPERTIES.items()},
        )
    )


def told_sums(mailing: Mailing, counts: Counts) -> Sums | None:
    """Only the sums, for lists of mailings; None where so few got it that nothing is told."""
    if mailing.issue is None:
        return Sums()
    issue = mailing.started_issue_id
    links = _links(mailing, counts, [])
    if not all(link.may_be_told for link in links):  # then the sums are made of the links that are told
        links = _links(mailing, counts, tracking.clicks_per_link(issue))
    return rules.tell(Measured(sent=counts.sent, sums=_sums(tracking.hits(issue)), links=links)).sums


def _links(mailing: Mailing, counts: Counts, clicked: Iterable[tracking.LinkHits]) -> list[Link]:
    """Every link of the frozen mailing by number, with how many surely saw it."""
    issue = mailing.issue
    seen = _seen(issue.html, issue.text) if issue.links else {}
    sizes = _sizes(issue.id, seen.values())
    found = {one.link: one for one in clicked}
    return [
        Link(
            number=number,
            base=_base(seen.get(number, shown.UNKNOWN), counts, sizes),
            clicks=found[number].clicks if number in found else 0,
            machine_clicks=found[number].machine_clicks if number in found else 0,
        )
        for number in range(len(issue.links))
    ]


@lru_cache(maxsize=64)
def _seen(html: str, text: str) -> dict[int, shown.Seen]:
    """A frozen mailing never changes, and reading one takes some milliseconds."""
    return shown.seen_by(html, text)


def _sizes(issue_id: int, places: Iterable[shown.Seen]) -> dict[int, int]:
    """How many of the mailing's people are in each segment that decides about a link. They are known for 30 days."""
    segments = {circle.segment for place in places for circle in place.circles}
    if not segments:
        return {}
    size = Sum(Func("contact_ids", function="cardinality", output_field=IntegerField()))
    rows = Circle.objects.filter(issue_id=issue_id, segment_id__in=segments)
    return dict(rows.values_list("segment_id").annotate(size=size))


def _base(place: shown.Seen, counts: Counts, sizes: dict[int, int]) -> int | None:
    """At the least: whoever did not get the mail may all have been in the segment."""
    if place.everyone:
        return counts.sent
    missed = counts.planned - counts.sent
    known = [
        (sizes[one.segment] if one.inside else counts.planned - sizes[one.segment]) - missed
        for one in place.circles
        if one.segment in sizes
    ]
    return max(known, default=None)


def _sums(hits: tracking.Hits) -> Sums:
    return Sums(
        opens=hits.opens,
        clicks=hits.clicks,
        machine_opens=hits.machine_opens,
        machine_clicks=hits.machine_clicks,
    )


def _cells(shares: Iterable[tracking.Share]) -> list[Cell]:
    return [Cell(name=one.name, clicks=one.clicks, opens=one.opens) for one in shares]
