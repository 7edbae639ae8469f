"""How long an account keeps sign-ups that nobody confirmed: two weeks at most (the data register), or shorter."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from mailexpert.contacts.models import Signup, Silence
from mailexpert.core.scope import current_account


def signup_days() -> int:
    chosen = Silence.objects.values_list("signup_days", flat=True).first()
    return min(chosen or Silence.MOST_DAYS, Silence.MOST_DAYS)


def set_signup_days(wanted: int) -> None:
    """Shorter than the most is the account's choice."""
    Silence.objects.update_or_create(
        account_id=current_account(), defaults={"signup_days": min(wanted, Silence.MOST_DAYS)}
    )


def over(now: datetime) -> QuerySet[Signup]:
    """Those that tonight deletes."""
    return Signup.objects.filter(at__lt=now - timedelta(days=signup_days()))
