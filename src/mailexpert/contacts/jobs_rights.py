"""Requests that wait, by the clock."""

from mailexpert.base import clock
from mailexpert.contacts import actions_rights
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
