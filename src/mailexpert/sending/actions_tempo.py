"""How fast and when an account's mail goes out. Engines follow within seconds, also for what is under way."""

from dataclasses import asdict, dataclass
from datetime import date, time

from mailexpert.core.scope import current_account
from mailexpert.sending.models import DomainLimit, Tempo, Warmup


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """None is no limit; quiet hours have both ends or none."""

    per_hour: int | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    time_zone: str = "Europe/Amsterdam"


def set_tempo(wanted: Wanted) -> None:
    Tempo.objects.update_or_create(account_id=current_account(), defaults=asdict(wanted))


def warm_up(domain: str, first_day: date, first: int) -> None:
    """Begin anew where the domain has a plan already."""
    Warmup.objects.update_or_create(
        account_id=current_account(), domain=domain, defaults={"first_day": first_day, "first": first}
    )


def limit_domain(domain: str, per_hour: int) -> None:
    """In the place of the limit that the domain had."""
    DomainLimit.objects.update_or_create(
        account_id=current_account(), domain=domain, defaults={"per_hour": per_hour}
    )
