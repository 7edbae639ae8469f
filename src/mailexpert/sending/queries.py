"""What came of an issue. Every person is accounted for:
planned = waiting + deferred + sent + skipped + failed + in doubt."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count

from mailexpert.core.scope import current_account
from mailexpert.sending import rules
from mailexpert.sending.models import DomainLimit, InstallationRelay, Issue, Relay, Stop, Tempo, Warmup

ENVIRONMENT_RELAY = 0
MANY_STOPS, A_MINUTE = 5_000, 60
SQL = Path(__file__).parent / "sql"
COUNTS = (SQL / "counts.sql").read_text()


@dataclass(frozen=True, kw_only=True)
class Counts:
    planned: int = 0
    waiting: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    deferred: int = 0
    in_doubt: int = 0

    @classmethod
    def together(cls, some: Iterable["Counts"]) -> "Counts":
        rows = list(some)
        return cls(**{one.name: sum(getattr(row, one.name) for row in rows) for one in fields(cls)})


def family(issue_id: int) -> list[int]:
    """An issue, and the versions of it that were tried first. Whatever is asked of an issue is answered for all."""
    return families([issue_id])[issue_id]


def families(issue_ids: Iterable[int]) -> dict[int, list[int]]:
    """The same of many issues at one look."""
    found = {issue: [issue] for issue in issue_ids}
    versions = Issue.objects.filter(lead_id__in=list(found)).order_by("id").values_list("lead_id", "id")
    for lead, version in versions:
        found[lead].append(version)
    return found


def finished_at(issue_id: int) -> datetime | None:
    """When the last of them was done."""
    rows = Issue.objects.filter(id__in=family(issue_id)).order_by("-finished_at")
    return rows.values_list("finished_at", flat=True).first()


def counts(issue_id: int) -> Counts:
    return counts_of(family(issue_id))


def counts_of(issue_ids: list[int]) -> Counts:
    """Of these issues alone, added up."""
    return Counts.together(counts_by_issue(issue_ids).values())


def counts_by_issue(issue_ids: Iterable[int]) -> dict[int, Counts]:
    """Of many issues at one look, each by itself."""
    found = {issue: Counts() for issue in issue_ids}
    for row in _rows(COUNTS, issues=list(found)):
        issue = row.pop("issue_id")
        found[issue] = Counts(**row)
    return found


def is_done(issue_id: int) -> bool:
    """No shard and no retry is left, in no version."""
    return not Issue.objects.filter(id__in=family(issue_id)).exclude(state=Issue.State.DONE).exists()


def unsubscribed(issue_id: int) -> int:
    """How many people stopped by this issue; twice by the same person counts once."""
    return unsubscribed_of(family(issue_id))


def unsubscribed_of(issue_ids: list[int]) -> int:
    """Nobody gets two issues of a family, so each is counted by itself."""
    return sum(unsubscribed_by_issue(issue_ids).values())


def unsubscribed_by_issue(issue_ids: Iterable[int]) -> dict[int, int]:
    """Of many issues at one look; one that nobody stopped by isn't in it. Many are counted once a minute."""
    asked = {f"stopped:{current_account()}:{issue}": issue for issue in issue_ids}
    known = {asked[key]: n for key, n in cache.get_many(asked).items()}
    rows = Stop.objects.filter(issue_id__in=[issue for issue in asked.values() if issue not in known])
    found = dict(rows.values_list("issue_id").annotate(n=Count("contact_id", distinct=True)))
    many = {key: found[issue] for key, issue in asked.items() if found.get(issue, 0) > MANY_STOPS}
    if many:
        cache.set_many(many, A_MINUTE)
    return known | found


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


def domain_limits() -> list[DomainLimit]:
    return list(DomainLimit.objects.order_by("domain"))


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


def _rows(sql: str, **values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"account": current_account(), **values})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
