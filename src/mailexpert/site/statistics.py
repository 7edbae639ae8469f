"""Figures for partners and suppliers: released once a quarter each, within a budget, then fixed."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Sum

from mailexpert.accounts.actions import OPERATOR
from mailexpert.accounts.models import Account, User
from mailexpert.contacts.models import Contact
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.privacy.moment import moment
from mailexpert.sending.models import Shard
from mailexpert.site import rules_statistics as rules
from mailexpert.site.models_public import Figure, Spent

log = logging.getLogger(__name__)
Groups = dict[str, list[int]]


class OverBudget(Exception):
    """The privacy budget of this quarter is spent. The next quarter has a new one."""


class Unknown(Exception):
    """There is no such figure."""


def mails_by_kind() -> Groups:
    """Mails sent in the last 90 days, by the kind of account."""
    since = moment() - timedelta(days=90)
    rows = (
        Shard.objects.filter(issue__started_at__gte=since).values_list("account_id").annotate(n=Sum("sent"))
    )
    return _by_kind(dict(rows))


def contacts_by_kind() -> Groups:
    rows = Contact.objects.values_list("account_id").annotate(n=Count("id"))
    return _by_kind(dict(rows))


def accounts_by_country() -> Groups:
    found: Groups = {}
    for country in Account.objects.exclude(slug=OPERATOR).values_list("country", flat=True):
        found.setdefault(country, []).append(1)
    return found


def _by_kind(counts: dict[int, int]) -> Groups:
    found: Groups = {}
    for account_id, kind in Account.objects.exclude(slug=OPERATOR).values_list("id", "kind"):
        found.setdefault(kind, []).append(int(counts.get(account_id) or 0))
    return found


RELEASES: dict[str, Callable[[], Groups]] = {
    "mails": mails_by_kind,
    "contacts": contacts_by_kind,
    "accounts": accounts_by_country,
}


def spent(quarter: str) -> float:
    return float(Spent.objects.filter(quarter=quarter).aggregate(sum=Sum("epsilon"))["sum"] or 0.0)


def release(name: str, by: User | None = None) -> list[Figure]:
    """Draw a figure, once a quarter; asked again, the same. Raises OverBudget (logged), Unknown, NotInstalled."""
    if name not in RELEASES:
        raise Unknown(name)
    quarter = rules.quarter(moment())
    with transaction.atomic():
        if Spent.objects.filter(quarter=quarter, name=name).exists():
            return published(quarter, name)
        if spent(quarter) + rules.COST > rules.BUDGET:
            log.warning("the privacy budget of %s is spent; %s was refused", quarter, name)
            raise OverBudget(OverBudget.__doc__)
        with beside_wall(Beside.STATISTICS):
            groups = RELEASES[name]()
        Spent.objects.create(quarter=quarter, name=name, epsilon=rules.COST)
        for cell in rules.cells(groups):
            Figure.objects.create(
                quarter=quarter, name=name, cell=cell.name, value=cell.value, group=cell.group,
                epsilon=rules.COST, published_by=by,
            )  # fmt: skip
    return published(quarter, name)


def published(quarter: str, name: str) -> list[Figure]:
    return list(Figure.objects.filter(quarter=quarter, name=name).order_by("cell"))
