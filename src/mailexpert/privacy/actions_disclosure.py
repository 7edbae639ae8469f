"""Giving an account's data to an authority or a court: a legal ground, two people who approve, then a file; never
before."""

import json
import logging
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction

from mailexpert.accounts.models import Account, Membership, User
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy.models_staff import Disclosure, DisclosureVoice
from mailexpert.privacy.moment import moment

log = logging.getLogger(__name__)
NEEDED = 2
State = Disclosure.State


class NotApproved(Exception):
    """A disclosure needs a legal ground and the approval of two different people."""


class SpokenBefore(Exception):
    """One person has one voice."""


def ask(
    *, account_id: int, requester: str, ground: str, reference: str, asked_for: str, by: User
) -> Disclosure:
    """Enter a request. Raises NotApproved where the ground or its reference is missing."""
    if ground not in Disclosure.Ground.values or not reference.strip():
        log.warning("a disclosure without a legal ground was refused")
        raise NotApproved(NotApproved.__doc__)
    return Disclosure.objects.create(
        subject_account_id=account_id, requester=requester, ground=ground, reference=reference.strip(),
        asked_for=asked_for, entered_by_id=by.pk, entered_by_name=str(by),
    )  # fmt: skip


@transaction.atomic
def judge(disclosure_id: int, by: User, *, approves: bool, words: str) -> Disclosure:
    """One voice; a no ends it, the second yes opens it. Raises SpokenBefore, NotApproved."""
    found = Disclosure.objects.select_for_update().get(id=disclosure_id)
    if found.state != State.ASKED:
        raise NotApproved(found.state)
    try:
        with transaction.atomic():
            DisclosureVoice.objects.create(
                disclosure=found, user_id=by.pk, name=str(by), approves=approves, words=words
            )
    except IntegrityError as problem:
        log.warning("user %s spoke twice on disclosure %s", by.pk, disclosure_id)
        raise SpokenBefore(SpokenBefore.__doc__) from problem
    if not approves:
        found.state = State.REFUSED
    elif found.voices.filter(approves=True).count() >= NEEDED:
        found.state = State.APPROVED
    found.save(update_fields=["state"])
    return found


@transaction.atomic
def give(disclosure_id: int, by: User) -> str:
    """What is given, as JSON, and the register's line about it. Raises NotApproved, which is logged."""
    found = Disclosure.objects.select_for_update().get(id=disclosure_id)
    voices = found.voices.filter(approves=True).values("user_id").distinct().count()
    if found.state != State.APPROVED or voices < NEEDED:
        log.warning("user %s asked for data of disclosure %s without two approvals", by.pk, disclosure_id)
        raise NotApproved(NotApproved.__doc__)
    data = _account_data(found.subject_account_id)
    found.state, found.given_at = State.GIVEN, moment()
    found.given = ", ".join(f"{name} ({len(rows)})" for name, rows in data.items())
    found.save(update_fields=["state", "given_at", "given"])
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def note_told(disclosure_id: int, *, at: datetime | None, why_not: str) -> None:
    """Whether the person was told, or why that may not be."""
    Disclosure.objects.filter(id=disclosure_id).update(person_told_at=at, why_not_told=why_not)


def _account_data(account_id: int) -> dict[str, list[dict[str, object]]]:
    """Who the account is and who its users are; contacts are the account's to give, not ours."""
    names = (
        "id",
        "slug",
        "name",
        "kind",
        "kvk",
        "vat_number",
        "postal_address",
        "phone",
        "country",
        "created_at",
    )
    with account(account_id):
        accounts = list(Account.objects.values(*names))
    with beside_wall(Beside.DISCLOSE):
        members = Membership.objects.filter(account_id=account_id)
        users = list(
            members.values("user__full_name", "user__email", "role", "created_at", "user__last_login")
        )
    return {"account": accounts, "users": users}
