"""Looking at the records of sender domains by the clock: they can break without anybody touching us."""

from datetime import timedelta

from django.db.models import Q

from mailexpert.base.clock import now
from mailexpert.core.jobs import defer, every, job
from mailexpert.core.scope import account
from mailexpert.sending import actions_domains
from mailexpert.sending.models import SenderDomain

DAILY = timedelta(hours=20)  # the job runs every hour, so each domain has its turn well within a day
HOURLY = timedelta(minutes=50)
FRESH = timedelta(days=14)  # a claim that nobody published anything for is looked at daily from then on
MOST_AT_ONCE = 2_000
State = SenderDomain.State


@job
def check_domain(domain_id: int) -> None:
    found = SenderDomain.objects.filter(id=domain_id).first()
    if found is not None:
        actions_domains.check(found)


@every("17 * * * *")
def check_domains() -> None:
    """A verified domain once a day; one that broke or waits for its records every hour."""
    moment = now()
    waits = Q(state=State.BROKEN) | Q(state=State.WAITING, created_at__gt=moment - FRESH)
    due = Q(checked_at=None) | Q(checked_at__lt=moment - DAILY) | (waits & Q(checked_at__lt=moment - HOURLY))
    found = SenderDomain.objects.filter(due).order_by("checked_at").values_list("account_id", "id")
    for account_id, domain_id in found[:MOST_AT_ONCE]:
        with account(account_id):
            defer(check_domain, domain_id=domain_id)
    actions_domains.forget_old_keys()
