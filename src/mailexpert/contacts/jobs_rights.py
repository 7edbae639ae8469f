"""Requests that wait and contacts who are silent, by the clock."""

from mailexpert.accounts.models import Account
from mailexpert.base import clock
from mailexpert.contacts import actions_rights, actions_silence
from mailexpert.core.beside import Beside
from mailexpert.core.jobs import every
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy.models import Case


@every("7 6 * * *")
def remind_of_requests() -> None:
    """Each morning: what waits for 7, 14 or 21 days, or is too late."""
    today = clock.now().date()
    with beside_wall(Beside.SCHEDULE):
        waiting = set(Case.objects.filter(state=Case.State.OPEN).values_list("account_id", flat=True))
    for account_id in sorted(waiting):
        with account(account_id):
            actions_rights.remind(today)


@every("23 4 * * *")
def look_for_silence() -> None:
    """Once a night: ask who gave no sign of interest for long, erase who didn't answer."""
    now = clock.now()
    with beside_wall(Beside.SCHEDULE):
        ids = list(Account.objects.filter(closing_at=None).order_by("id").values_list("id", flat=True))
    for account_id in ids:
        with account(account_id):
            actions_silence.tonight(now)
