"""What an account uses beside its package: a panel of the dashboard, and a line at the foot of the navigation."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.functional import Promise

from mailexpert.accounts.actions_package import package_of, standings
from mailexpert.accounts.models import Account
from mailexpert.accounts.models_package import Package
from mailexpert.core import usage

# The foot stands on every page, and counting a million contacts takes too long for each.
KEPT_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Used:
    """One measure; `limit` None is no limit."""

    key: str
    label: str | Promise
    used: int
    limit: int | None
    unit: str | Promise

    @property
    def share(self) -> float:
        return self.used / self.limit if self.limit else 0.0


def panel(request: HttpRequest) -> dict[str, Any] | None:
    account: Account = request.account  # type: ignore[attr-defined]
    package = package_of(account)
    return {"package": package, "measures": measured(account.id, package)}


def foot(request: HttpRequest) -> dict[str, Any] | None:
    """What comes nearest to its limit; nothing for who has no limits."""
    account: Account | None = getattr(request, "account", None)
    package = package_of(account) if account else None
    if account is None or package is None:
        return None
    limited = [one for one in measured(account.id, package) if one.limit]
    if not limited:
        return None
    return {"package": package.name, "fullest": max(limited, key=lambda one: one.share)}


def measured(account_id: int, package: Package | None) -> list[Used]:
    """Up to a minute old. The cache holds numbers; words depend on who reads."""
    key = f"usage-{account_id}-{package.id if package else 0}"
    counts: dict[str, tuple[int, int | None]] | None = cache.get(key)
    if counts is None:
        counts = {one.fit.key: (one.fit.used, one.fit.limit) for one in standings(package)}
        cache.set(key, counts, KEPT_SECONDS)
    return [
        Used(key=measure.key, label=measure.label, used=used[0], limit=used[1], unit=measure.unit)
        for measure in usage.measures()
        if (used := counts.get(measure.key)) is not None
    ]
