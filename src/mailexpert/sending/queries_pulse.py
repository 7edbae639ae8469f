"""What was sent when, and to whose mail servers, in as many rows as a report shows. Everything is asked of the issues
of one mailing together (queries.family)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Min, Sum
from django.db.models.functions import TruncMinute

from mailexpert.core.scope import current_account
from mailexpert.sending.models import Delivery, DomainCount, Outcome, Pulse, Retry, Shard

A_MINUTE = 60
FEW = 5_000  # so many rows of the ledger are read as they are: 5 ms
MANY_RETRIES = 50_000  # of more the next one isn't looked up
WITH_REASONS = (Outcome.SKIPPED, Outcome.FAILED)
STOPS = """
SELECT CASE WHEN first < %(until)s THEN date_bin('5 minutes', first, 'epoch') ELSE date_trunc('hour', first) END AS at,
       count(*)::int AS n
FROM (SELECT min(at) AS first FROM sending_stop
      WHERE account_id = %(account)s AND issue_id = ANY(%(issues)s) GROUP BY contact_id) AS stops
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, kw_only=True)
class Minute:
    """`unanswered`: how many connections broke before their answer."""

    at: datetime
    sent: int = 0
    failed: int = 0
    skipped: int = 0
    unanswered: int = 0


@dataclass(frozen=True, kw_only=True)
class Place:
    """A receiving provider or domain; without a name the small ones together."""

    name: str
    planned: int
    sent: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class Stopped:
    at: datetime
    n: int


_NAMES = {
    Outcome.SENT: "sent",
    Outcome.FAILED: "failed",
    Outcome.SKIPPED: "skipped",
    Outcome.UNANSWERED: "unanswered",
}


def minutes(issues: list[int], *, planned: int) -> list[Minute]:
    """Oldest first; minutes in which nothing came of anybody are left out. Of a small mailing from the ledger itself,
    else as far as it was added up, a minute or two ago."""
    rows: Iterable[Any] = (
        Delivery.objects.filter(issue_id__in=issues)
        .annotate(minute=TruncMinute("at"))
        .values_list("minute", "outcome")
        .annotate(n=Count("outcome"))
        if planned <= FEW
        else Pulse.objects.filter(issue_id__in=issues).values_list("at", "outcome").annotate(sum=Sum("n"))
    )
    found: dict[datetime, dict[str, int]] = {}
    for at, outcome, n in rows:
        found.setdefault(at, {})[_NAMES[Outcome(outcome)]] = n
    return [Minute(at=at, **found[at]) for at in sorted(found)]


def reasons(issues: list[int], *, of: int) -> dict[Outcome, dict[int, int]]:
    """Of who was skipped and who failed: how many by code, the most frequent first. `of` so many: beyond what is read
    as it is, from the sums."""
    asked = {"issue_id__in": issues, "outcome__in": WITH_REASONS}
    counted = (
        Delivery.objects.filter(**asked).values_list("outcome", "code").annotate(n=Count("code"))
        if of <= FEW
        else Pulse.objects.filter(**asked).values_list("outcome", "code").annotate(sum=Sum("n"))
    )
    found: dict[Outcome, dict[int, int]] = {outcome: {} for outcome in WITH_REASONS}
    for outcome, code, n in sorted(counted, key=lambda row: (-row[2], row[1])):
        found[Outcome(outcome)][code] = n
    return found


def providers(issues: list[int]) -> list[Place]:
    """By receiving provider as the shards were cut, the largest first."""
    rows = (
        Shard.objects.filter(issue_id__in=issues)
        .values_list("lane")
        .annotate(planned=Sum("size"), sent_=Sum("sent"), failed_=Sum("failed"))
        .order_by(F("planned").desc())
    )
    return [
        Place(name=lane, planned=planned, sent=sent, failed=failed) for lane, planned, sent, failed in rows
    ]


def domains(issues: list[int], *, limit: int) -> list[Place]:
    """The largest first; known once the mailing has ended."""
    rows = (
        DomainCount.objects.filter(issue_id__in=issues)
        .values_list("domain")
        .annotate(sent_=Sum("sent"), failed_=Sum("failed"), whole=Sum(F("sent") + F("failed")))
        .order_by(F("whole").desc(), "domain")
    )
    return [
        Place(name=domain, planned=whole, sent=sent, failed=failed)
        for domain, sent, failed, whole in rows[:limit]
    ]


def next_try(issues: list[int], *, deferred: int) -> datetime | None:
    """When the first retry is due; of very many it isn't looked up."""
    if not 0 < deferred <= MANY_RETRIES:
        return None
    due = Retry.objects.filter(issue_id__in=issues, state=Retry.State.DUE)
    found: datetime | None = due.aggregate(at=Min("due"))["at"]
    return found


def stops(issues: list[int], *, fives_until: datetime | None = None) -> list[Stopped]:
    """How many people stopped by these issues in each hour, until then in each five minutes; each at their first
    time. Many are counted once a minute: 50,000 take some 50 ms."""
    key = f"stops:{current_account()}:{issues}:{fives_until}".replace(" ", "_")
    if (known := cache.get(key)) is not None:
        return list(known)
    until = fives_until or "-infinity"
    with connection.cursor() as cursor:
        cursor.execute(STOPS, {"account": current_account(), "issues": issues, "until": until})
        found = [Stopped(at=at, n=n) for at, n in cursor.fetchall()]
    if sum(one.n for one in found) > FEW:
        cache.set(key, found, A_MINUTE)
    return found
