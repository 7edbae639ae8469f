"""Who works in an account: invited, given a role, removed. Runs inside the account."""

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mailexpert.accounts import letters
from mailexpert.accounts.actions import make_user
from mailexpert.accounts.models import Account, Invitation, Membership, Role, User
from mailexpert.accounts.rules import may_give, outranks
from mailexpert.base import clock, env
from mailexpert.core.scope import account

OPEN_FOR = timedelta(days=7)
SALT = "accounts.invitation"


class NotAllowed(Exception):
    """This can't be done with this member; the message says why."""


def invite(email: str, role: str, by: Membership, of: Account) -> Invitation:
    """Ask someone by mail to join. A second time for the same address replaces the first."""
    if not may_give(by.role, role):
        raise NotAllowed(_("You can’t give a role above your own."))
    if Membership.objects.filter(user__email__iexact=email).exists():
        raise NotAllowed(_("%(email)s is a user of this account already.") % {"email": email})
    with transaction.atomic():
        Invitation.objects.filter(email__iexact=email).delete()
        made = Invitation.objects.create(
            email=email, role=role, language=translation.get_language() or of.language,
            invited_by=by.user, created_at=clock.now(),
        )  # fmt: skip
        letters.write(
            "accounts/invitation",
            email,
            {"name": str(by.user), "account": of.name, "url": env.load().base_url + link(made)},
        )
    return made


def link(invitation: Invitation) -> str:
    """Names account and invitation, signed, so that reading it needs no look beside the wall."""
    token = signing.dumps([invitation.account_id, invitation.pk], salt=SALT)
    return reverse("invitation", args=[token])


def read_link(token: str, now: datetime) -> Invitation | None:
    """The invitation that a mailed link names, while it is open."""
    try:
        account_id, invitation_id = signing.loads(token, salt=SALT, max_age=OPEN_FOR)
    except (signing.BadSignature, ValueError):
        return None
    with account(account_id):
        found: Invitation | None = (
            Invitation.objects.select_related("invited_by").filter(id=invitation_id).first()
        )
    return found if found and found.created_at + OPEN_FOR > now else None


def join(invitation: Invitation, user: User) -> Membership:
    """Make the invited user a member; the invitation is used up."""
    with account(invitation.account_id), transaction.atomic():
        made, _created = Membership.objects.get_or_create(user=user, defaults={"role": invitation.role})
        invitation.delete()
    return made


def join_as_new(invitation: Invitation, full_name: str, password: str) -> User:
    with transaction.atomic():
        user = make_user(
            invitation.email, password, full_name=full_name, language=translation.get_language() or "nl"
        )
        join(invitation, user)
    return user


@transaction.atomic
def change_role(member: Membership, role: str, by: Membership) -> None:
    _refuse_above(member, by)
    if not may_give(by.role, role):
        raise NotAllowed(_("You can’t give a role above your own."))
    if role != Role.OWNER:
        _keep_an_owner(member)
    Membership.objects.filter(id=member.id).update(role=role)


@transaction.atomic
def remove(member: Membership, by: Membership) -> None:
    _refuse_above(member, by)
    _keep_an_owner(member)
    member.delete()


def _refuse_above(member: Membership, by: Membership) -> None:
    if not outranks(by.role, member.role):
        raise NotAllowed(_("You can’t change someone whose role is above yours."))


def _keep_an_owner(member: Membership) -> None:
    """Of two owners who demote each other at once, the lock lets one through."""
    owners = Membership.objects.select_for_update().filter(role=Role.OWNER).order_by("id")
    if [owner.id for owner in owners] == [member.id]:
        raise NotAllowed(_("An account has at least one owner. Make someone else owner first."))
