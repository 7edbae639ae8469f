"""What can be done with accounts, their members and their keys."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from mailexpert.accounts.agreements import PROCESSING, TERMS, agreement
from mailexpert.accounts.models import Acceptance, Account, ApiToken, Membership, Role, User
from mailexpert.accounts.queries import PREFIX_LENGTH, TOKEN_KEY
from mailexpert.accounts.rules import TOKEN_MARK, slugs
from mailexpert.base import clock, keys
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall

EVERY_SCOPE = tuple(ApiToken.Scope.values)
OPERATOR = "operator"


class NameTaken(Exception):
    """No short name for addresses and commands is left for this account."""


def make_account(*, name: str, owner: User | None = None, slug: str = "", **details: str) -> Account:
    """A new account with its owner; its slug is made from the name. `details`: other columns of it."""
    with beside_wall(Beside.REGISTER), transaction.atomic():
        made = _first_free([slug] if slug else slugs(name), name, details)
        if owner is not None:
            Membership.objects.create(account_id=made.id, user=owner, role=Role.OWNER)
    return made


def _first_free(candidates: Iterable[str], name: str, details: dict[str, str]) -> Account:
    for candidate in candidates:
        if Account.objects.filter(slug=candidate).exists():
            continue
        try:
            with transaction.atomic():
                return Account.objects.create(slug=candidate, name=name, **details)
        except IntegrityError:  # another registration took it in between
            continue
    raise NameTaken(name)


def make_user(email: str, password: str | None = None, **fields: Any) -> User:
    """A user whose address needs no confirmation: made by the operator, the sample or a mailed invitation."""
    with transaction.atomic():
        user = User.objects.create_user(email.lower(), password, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def make_staff(email: str, full_name: str = "") -> User:
    """A staff member of the operator, who sets a password through "forgot my password". Whoever is a user
    already becomes one."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = make_user(email, full_name=full_name, is_staff=True)
    user.is_staff, user.staff_rights = True, list(User.Right.values)  # who has the machine decides
    user.save(update_fields=["is_staff", "staff_rights"])
    with beside_wall(Beside.OPERATE):
        operator = Account.objects.filter(slug=OPERATOR).first()
        if operator is not None:
            Membership.objects.get_or_create(account_id=operator.id, user=user, defaults={"role": Role.ADMIN})
    return user


def accept_agreements(accepting: Account, user: User, language: str, now: datetime) -> None:
    """Write down which texts were accepted for this account."""
    with account(accepting.id):
        for document in (TERMS, PROCESSING):
            text = agreement(document, language)
            Acceptance.objects.create(
                user=user, document=document, version=text.version, language=text.language,
                text_hash=text.text_hash, at=now,
            )  # fmt: skip


def make_token(
    of: Account | int, name: str, scopes: Iterable[str] = EVERY_SCOPE, created_by: User | None = None
) -> str:
    """A new API token of an account. This is the only time that it is whole; only its hash is kept."""
    account_id = of if isinstance(of, int) else of.id
    secret = secrets.token_urlsafe(32)
    with account(account_id):
        ApiToken.objects.create(
            name=name,
            prefix=secret[:PREFIX_LENGTH],
            hash=keys.keyed_hash(secret, TOKEN_KEY),
            scopes=sorted(set(scopes)),
            created_by=created_by,
            created_at=clock.now(),
        )
    return f"{TOKEN_MARK}_{account_id}_{secret}"


def forget_unconfirmed(before: datetime) -> int:
    """Remove registrations whose address nobody ever confirmed; how many users went. Runs beside the wall."""
    nobodies = User.objects.filter(date_joined__lt=before, emailaddress__verified=False).exclude(
        emailaddress__verified=True
    )
    users = list(nobodies)
    for user in users:
        with transaction.atomic():
            mine = list(Membership.objects.filter(user=user).values_list("account_id", flat=True))
            shared = Membership.objects.filter(account_id__in=mine).exclude(user=user)
            Account.objects.filter(id__in=mine).exclude(id__in=shared.values("account_id")).delete()
            user.delete()
    return len(users)
