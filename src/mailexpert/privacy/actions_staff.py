"""Signing, and looking into an account with a reason."""

import logging
from datetime import timedelta

from django.db import transaction

from mailexpert.accounts.models import User
from mailexpert.core.scope import account
from mailexpert.privacy.models_policy import Document
from mailexpert.privacy.models_staff import Look, Signature
from mailexpert.privacy.moment import moment
from mailexpert.privacy.queries_policy import in_force
from mailexpert.privacy.queries_staff import has_signed

log = logging.getLogger(__name__)
LASTS = timedelta(minutes=30)
SHORTEST_REASON = 10


class NotSigned(Exception):
    """Who hasn't signed the privacy agreement that holds now sees no customer's data."""


class NoReason(Exception):
    """A look into an account needs a reason that its owner can understand."""


def sign(user: User, name: str, language: str) -> Signature:
    """Below the version that holds now; signing twice changes nothing."""
    text = in_force(Document.STAFF, language)
    with transaction.atomic():
        made, _new = Signature.objects.get_or_create(
            user=user, number=text.number, defaults={"name": name, "fingerprint": text.fingerprint}
        )
    return made


def look_into(account_id: int, user: User, reason: str) -> Look:
    """Open an account's data for half an hour. Raises NotSigned, NoReason; both are logged."""
    if not user.is_staff or not has_signed(user):
        log.warning("user %s has not signed and was refused account %s", user.pk, account_id)
        raise NotSigned(NotSigned.__doc__)
    if len(reason.strip()) < SHORTEST_REASON:
        log.warning("user %s gave no reason and was refused account %s", user.pk, account_id)
        raise NoReason(NoReason.__doc__)
    now = moment()
    with account(account_id):
        return Look.objects.create(
            user_id=user.pk, name=str(user), reason=reason.strip(), at=now, until=now + LASTS
        )
