"""What came of an issue. Every person is accounted for:
planned = waiting + deferred + sent + skipped + failed + in doubt."""

import random
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import TruncMinute

from mailexpert.core.scope import current_account
from mailexpert.sending import rules
from mailexpert.sending.models import Delivery, InstallationRelay, Outcome, Relay, Stop, Tempo, Warmup

ENVIRONMENT_RELAY = 0
SQL = Path(__file__).parent / "sql"
COUNTS = (SQL / "counts.sql").read_text()
NOT_SENT = (SQL / "not_sent.sql").read_text()


@dataclass(frozen=True, kw_only=True)
class Counts:
    planned: int
    waiting: int
    sent: int
    skipped: int
    failed: int
    deferred: int
    in_doubt: int


@dataclass(frozen=True, kw_only=True)
class Failure:
    code: int
    count: int


@dataclass(frozen=True, kw_only=True)
class NotSent:
    """A person who did not get it; `outcome` 0 means that a retry is due."""

    email: str
    outcome: int
    code: int
    reply: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Minute:
    at: datetime
    sent: int
    failed: int


def counts(issue_id: int) -> Counts:
    return Counts(**_rows(COUNTS, issue=issue_id)[0])


def skip_reasons(issue_id: int) -> dict[int, int]:
    """How many were skipped for each reason (models.Skip)."""
    return dict(_by_code(issue_id, Outcome.SKIPPED))


def failures(issue_id: int) -> list[Failure]:
    """How many failed for each SMTP code, the most frequent first."""
    return [Failure(code=code, count=count) for code, count in _by_code(issue_id, Outcome.FAILED)]


def per_minute(issue_id: int) -> list[Minute]:
    rows = (
        Delivery.objects.filter(issue_id=issue_id, outcome__in=[Outcome.SENT, Outcome.FAILED])
        .annotate(minute=TruncMinute("at"))
        .values("minute")
        .annotate(
            sent=Count("outcome", filter=Q(outcome=Outcome.SENT)),
            failed=Count("outcome", filter=Q(outcome=Outcome.FAILED)),
        )
        .order_by("minute")
    )
    return [Minute(at=row["minute"], sent=row["sent"], failed=row["failed"]) for row in rows]


def unsubscribed(issue_id: int) -> int:
    """How many people stopped by this issue; twice by the same person counts once."""
    return Stop.objects.filter(issue_id=issue_id).aggregate(n=Count("contact_id", distinct=True))["n"] or 0


def not_sent(issue_id: int, *, limit: int) -> list[NotSent]:
    names = ("email", "outcome", "code", "reply", "at")
    with connection.cursor() as cursor:
        cursor.execute(NOT_SENT, {"account": current_account(), "issue": issue_id, "limit": limit})
        return [NotSent(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def own_relays() -> list[Relay]:
    """The relays that this account's mailings go through, the heaviest first; none = the installation's."""
    return list(Relay.objects.filter(enabled=True).order_by("-weight", "id"))


def installation_has_relays() -> bool:
    return InstallationRelay.objects.filter(enabled=True).exists()


def installation_relay() -> InstallationRelay | None:
    """The installation's that a single mail goes through."""
    return InstallationRelay.objects.filter(enabled=True).order_by("-weight", "id").first()


def tempo() -> Tempo | None:
    return Tempo.objects.first()


def warmups() -> list[Warmup]:
    return list(Warmup.objects.order_by("domain"))


def own_relay() -> Relay | None:
    """The one that a single mail goes through."""
    return next(iter(own_relays()), None)


def relay_turns() -> list[int]:
    """The numbers of the relays that a mailing's shards go to, each as often as it weighs: the account's own, else
    the installation's (below zero), else the environment's (0). Whoever removes one of them waits until the mailing
    that is being cut is there."""
    found = Relay.objects.raw(
        "SELECT id, weight FROM sending_relay WHERE account_id = %s AND enabled ORDER BY weight DESC, id FOR SHARE",
        [current_account()],
    )
    own = {relay.id: relay.weight for relay in found}
    installed = InstallationRelay.objects.filter(enabled=True)
    weights = own or {-relay.id: relay.weight for relay in installed} or {ENVIRONMENT_RELAY: 1}
    return rules.turns(weights, start=random.random())  # noqa: S311 (spread, no secret)


def _by_code(issue_id: int, outcome: Outcome) -> list[tuple[int, int]]:
    rows = Delivery.objects.filter(issue_id=issue_id, outcome=outcome)
    return list(rows.values_list("code").annotate(n=Count("code")).order_by("-n", "code"))


def _rows(sql: str, **values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"account": current_account(), **values})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
