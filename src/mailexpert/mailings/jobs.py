"""What happens to mailings by the clock."""

from mailexpert.base.clock import now
from mailexpert.core.jobs import every
from mailexpert.core.scope import account
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing
from mailexpert.sending.models import Issue


@every("* * * * * */5")
def start_due() -> None:
    """Start each mailing whose moment has come; one that can't start goes back to draft and says why."""
    due = Mailing.objects.filter(state=Mailing.State.SCHEDULED, scheduled_at__lte=now())
    for account_id, mailing_id in due.order_by("scheduled_at").values_list("account_id", "id")[:200]:
        with account(account_id):
            actions.start_scheduled(mailing_id)


@every("* * * * * */5")
def resume_due() -> None:
    """Go on with each mailing that was paused until now."""
    due = Mailing.objects.filter(state=Mailing.State.PAUSED, scheduled_at__lte=now())
    for account_id, mailing_id in due.values_list("account_id", "id")[:1000]:
        with account(account_id):
            actions.resume_due(mailing_id)


@every("* * * * * */5")
def follow_issues() -> None:
    """Close each mailing whose issue is done; open one again whose issue is under way once more."""
    done = Mailing.objects.filter(state=Mailing.State.SENDING, issue__state=Issue.State.DONE)
    opened = Mailing.objects.filter(
        state=Mailing.State.SENT, issue__finished_at=None, issue__state=Issue.State.SENDING
    )
    for rows in (done, opened):
        for account_id, mailing_id in rows.values_list("account_id", "id")[:1000]:
            with account(account_id):
                actions.follow(mailing_id)
