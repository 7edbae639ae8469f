"""Leaving: notice, taking the data along, erasure with a receipt."""

import json
import secrets
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from mailexpert.accounts import takeaway
from mailexpert.accounts.models import Account, Membership, User
from mailexpert.accounts.models_package import Receipt, Takeaway
from mailexpert.accounts.rules_closing import phase
from mailexpert.base import keys
from mailexpert.core import leaving
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall

KEY = "erasure receipt"


class NotOver(Exception):
    """The account's time to come back and to take its data along isn't over."""


@transaction.atomic
def give_notice(of: Account, now: datetime) -> None:
    """From now on nothing is sent or changed; 30 days to look, 30 more to fetch, then erased."""
    if Account.objects.filter(id=of.id, closing_at=None).update(closing_at=now):
        leaving.stop_all()


def come_back(of: Account) -> None:
    Account.objects.filter(id=of.id).update(closing_at=None)


def make_takeaway(takeaway_id: int) -> None:
    """Write the file; runs inside the account, and twice without harm."""
    found = Takeaway.objects.get(id=takeaway_id)
    if found.state == Takeaway.State.DONE:
        return
    name, size = takeaway.write()
    Takeaway.objects.filter(id=found.id).update(state=Takeaway.State.DONE, file=name, size=size)


def forget_takeaways(before: datetime) -> None:
    """Files that had their time. Runs beside the wall."""
    for row in Takeaway.objects.filter(at__lt=before):
        if row.file:
            (takeaway.folder() / row.file).unlink(missing_ok=True)
        row.delete()


def erase(account_id: int, now: datetime) -> Receipt:
    """Delete everything of the account and of users who belong to no other. Runs beside the wall; what stays is a
    receipt without a name. Raises NotOver."""
    found = Account.objects.get(id=account_id)
    if phase(found.closing_at, now) != "over":
        raise NotOver(NotOver.__doc__)
    return erase_now(account_id)


def erase_now(account_id: int) -> Receipt:
    """Without asking whether its time is over: a restored backup brought back what was erased before. Runs beside the
    wall."""
    with account(account_id):
        files = list(Takeaway.objects.exclude(file="").values_list("file", flat=True))
        leaving.erase_outside()
    with beside_wall(Beside.ERASE), transaction.atomic():
        alone = _users_of_no_other(account_id)
        counts = _delete_rows(account_id)
        User.objects.filter(id__in=alone).delete()
        counts["accounts_user"] = len(alone)
        Account.objects.filter(id=account_id).delete()
        receipt = _sign(counts)
    for name in files:
        with suppress(OSError):
            (takeaway.folder() / name).unlink(missing_ok=True)
    return receipt


def _users_of_no_other(account_id: int) -> list[int]:
    mine = Membership.objects.filter(account_id=account_id)
    others = Membership.objects.exclude(account_id=account_id).values("user_id")
    return list(
        mine.exclude(user_id__in=others).filter(user__is_staff=False).values_list("user_id", flat=True)
    )


def _delete_rows(account_id: int) -> dict[str, int]:
    """Table by table, so that the receipt can say how many; keys between them wait until all are gone."""
    tables = [model._meta.db_table for model in takeaway.models_of_account() if model is not Account]
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE account_id = %s", [account_id])  # noqa: S608
            counts[table] = cursor.fetchone()[0]
        for table in tables:
            cursor.execute(f"DELETE FROM {table} WHERE account_id = %s", [account_id])  # noqa: S608
    return {table: n for table, n in counts.items() if n}


def _sign(counts: dict[str, int]) -> Receipt:
    code = secrets.token_urlsafe(18)
    return Receipt.objects.create(code=code, counts=counts, signature=signature(code, counts))


def signature(code: str, counts: dict[str, Any]) -> str:
    told = json.dumps([code, counts], sort_keys=True, separators=(",", ":"))
    return keys.keyed_hash(told, KEY).hex()


def is_genuine(receipt: Receipt) -> bool:
    return secrets.compare_digest(receipt.signature, signature(receipt.code, receipt.counts))
