"""What happens to mailings by the clock."""

from mailexpert.base.clock import now
from mailexpert.core.jobs import every
from mailexpert.core.scope import account
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing


@every("* * * * * */5")
def start_due() -> None:
    """Start each mailing whose moment has come; one that can't start goes back to draft and says why."""
    due = Mailing.objects.filter(state=Mailing.State.SCHEDULED, scheduled_at__lte=now())
    for account_id, mailing_id in due.order_by("scheduled_at").values_list("account_id", "id")[:200]:
        with account(account_id):
            actions.start_scheduled(mailing_id)


@every("* * * * * */5")
def finish_done() -> None:
    """Close each mailing whose issue is done."""
    under_way = Mailing.objects.filter(state=Mailing.State.SENDING, issue__state=3)
    for account_id, mailing_id in under_way.values_list("account_id", "id")[:1000]:
        with account(account_id):
            actions.finish(mailing_id)
