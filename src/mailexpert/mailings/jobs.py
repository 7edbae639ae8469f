"""What happens to mailings by the clock."""

from mailexpert.base.clock import now
from mailexpert.core.jobs import every
from mailexpert.core.scope import account
from mailexpert.mailings import actions
from mailexpert.mailings import actions_experiments as experiments
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.models_experiments import Experiment
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
    again = Issue.objects.filter(finished_at=None, state=Issue.State.SENDING)
    opened = Mailing.objects.filter(state=Mailing.State.SENT, issue__in=again)
    versions = again.filter(lead__isnull=False).values("lead_id")
    opened_versions = Mailing.objects.filter(state=Mailing.State.SENT, issue_id__in=versions)
    for rows in (done, opened, opened_versions):
        for account_id, mailing_id in rows.values_list("account_id", "id")[:1000]:
            with account(account_id):
                actions.follow(mailing_id)


@every("* * * * * */5")
def look_at_tests() -> None:
    """Take the looks of tests of versions that are due, and decide where the rule says so."""
    running = Experiment.objects.filter(state=Experiment.State.RUNNING, mailing__state=Mailing.State.SENDING)
    for account_id, experiment_id in running.values_list("account_id", "id")[:1000]:
        with account(account_id):
            experiments.look(experiment_id)
