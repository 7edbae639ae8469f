"""Nothing leaves any more, in any account, until somebody there looked: after a restore or a failover."""

from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing

GOING = (Mailing.State.SCHEDULED, Mailing.State.SENDING)


def hold_all() -> int:
    """How many mailings were held."""
    with beside_wall(Beside.OPERATE):
        accounts = sorted(set(Mailing.objects.filter(state__in=GOING).values_list("account_id", flat=True)))
    held = 0
    for account_id in accounts:
        with account(account_id):
            held += actions.hold_everything()
    return held
