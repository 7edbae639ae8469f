"""Questions about accounts and their keys."""

import hmac
from datetime import date

from mailexpert.accounts.models import Account, ApiToken, Membership, User
from mailexpert.accounts.rules import split_token
from mailexpert.base import clock, keys
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall

TOKEN_KEY = "api-token"  # noqa: S105  (the purpose of a derived key)
PREFIX_LENGTH = 8


def account_of_token(token: str) -> tuple[int, ApiToken] | None:
    """Whose token this is, in the same time whether or not its secret is right."""
    parts = split_token(token)
    if parts is None:
        return None
    account_id, secret = parts
    given = keys.keyed_hash(secret, TOKEN_KEY)
    with account(account_id):
        for row in ApiToken.objects.filter(prefix=secret[:PREFIX_LENGTH]):
            if hmac.compare_digest(bytes(row.hash), given):
                _note_use(row, clock.now().date())
                return account_id, row
    return None


def _note_use(row: ApiToken, today: date) -> None:
    """By the day: enough to see that a token is still needed, and one write a day."""
    if row.last_used != today:
        ApiToken.objects.filter(id=row.id).update(last_used=today)


def accounts_of(user: User) -> list[Account]:
    """Every account that the user may enter, oldest membership first."""
    with beside_wall(Beside.LOGIN):
        ids = list(Membership.objects.filter(user=user).order_by("id").values_list("account_id", flat=True))
        found = {one.id: one for one in Account.objects.filter(id__in=ids)}
    return [found[account_id] for account_id in ids]
