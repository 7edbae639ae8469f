"""What accounts show: who may mail (A1), what they use (A3), notices on their way (A6)."""

from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext_noop as _

from mailexpert.accounts.models import Account, Notice
from mailexpert.core import usage
from mailexpert.core.promises import Ground, Outcome, broken, check, kept, not_built
from mailexpert.core.scope import account

MEASURED = {"sites", "contacts", "images", "templates", "mails"}
MOST_ACCOUNTS = 200
WAITING = timedelta(hours=1)
# Accounts that mailed while nobody in them had confirmed an address.
UNCONFIRMED = """
SELECT count(DISTINCT i.account_id) FROM sending_issue i
WHERE i.kind = 1 AND EXISTS (SELECT 1 FROM accounts_membership m WHERE m.account_id = i.account_id)
  AND NOT EXISTS (
    SELECT 1 FROM accounts_membership m
    JOIN accounts_user u ON u.id = m.user_id
    LEFT JOIN account_emailaddress e ON e.user_id = u.id
    WHERE m.account_id = i.account_id AND (e.verified OR e.id IS NULL))
"""


@check("A1", "confirmed")
def nobody_mails_unconfirmed(ground: Ground) -> Outcome:
    with connection.cursor() as cursor:
        cursor.execute(UNCONFIRMED)
        (found,) = cursor.fetchone()
    if found:
        return broken(_("accounts that mailed before an address was confirmed: %(count)s"), count=found)
    return kept(_("no account mailed before an address was confirmed"))


@check("A3", "usage")
def every_account_sees_its_usage(ground: Ground) -> Outcome:
    missing = sorted(MEASURED - {measure.key for measure in usage.measures()})
    accounts = list(Account.objects.order_by("-id").values_list("id", flat=True)[:MOST_ACCOUNTS])
    for account_id in accounts:
        with account(account_id):
            usage.read()
    if missing:
        return not_built(_("not measured yet: %(names)s"), names=", ".join(missing))
    return kept(_("%(count)s of %(count)s accounts see what they use"), count=len(accounts))


@check("A6", "waiting")
def notices_leave(ground: Ground) -> Outcome:
    late = Notice.objects.filter(created_at__lt=ground.now - WAITING).count()
    if late:
        return broken(_("notices that wait longer than an hour: %(count)s"), count=late)
    return kept(_("no notice waits longer than an hour"))
