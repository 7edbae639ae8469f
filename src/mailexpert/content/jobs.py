"""Hosts of accounts' own for their pictures are looked at every day."""

from django.utils import timezone

from mailexpert.content import hosts
from mailexpert.content.models import Brand
from mailexpert.core.beside import Beside
from mailexpert.core.jobs import defer, every, job
from mailexpert.core.scope import account


@every("40 5 * * *", Beside.SCHEDULE)
def look_at_hosts() -> None:
    for account_id in Brand.objects.exclude(host="").values_list("account_id", flat=True).distinct():
        with account(account_id):
            defer(look_at_host)


@job
def look_at_host() -> None:
    hosts.look(timezone.now())
