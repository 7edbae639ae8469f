"""What a reader does on the page behind the unsubscribe link."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mailexpert.contacts.actions import end_memberships, object_to_all
from mailexpert.contacts.models import Contact, List, Membership
from mailexpert.privacy import actions as ledger
from mailexpert.privacy.models import Consent
from mailexpert.sending.models import Issue, Stop, Suppression

REGRET = timedelta(hours=24)
BY_PAGE = Membership.EndedBy.PAGE


@dataclass(frozen=True, kw_only=True)
class Subscription:
    list: List
    is_standing: bool


def lists_of(issue: Issue, contact: Contact) -> list[Subscription]:
    """The lists that a mailing went to, as far as this person is or was on them."""
    mine = Membership.objects.filter(contact_id=contact.id, list_id__in=issue.list_ids)
    found = mine.select_related("list").order_by("list__name", "list_id")
    return [Subscription(list=one.list, is_standing=one.ended_at is None) for one in found]


def is_suppressed(contact: Contact) -> bool:
    return Suppression.objects.filter(email_key=contact.email_key).exists()


@transaction.atomic
def stop_lists(contact: Contact, issue: Issue) -> None:
    ask_to_stop(contact, issue)
    end_memberships(contact.id, issue.list_ids, BY_PAGE, issue_id=issue.id)


@transaction.atomic
def stop_all(contact: Contact, issue: Issue) -> None:
    ask_to_stop(contact, issue)
    if not Suppression.objects.filter(
        email_key=contact.email_key, reason=Suppression.Reason.OBJECTION
    ).exists():
        object_to_all(contact, BY_PAGE, issue_id=issue.id)


def ask_to_stop(contact: Contact, issue: Issue) -> None:
    """Append-only, so that the engine sees it within a second, also where no list was left to end."""
    if not Stop.objects.filter(issue_id=issue.id, contact_id=contact.id, via=Stop.Via.PAGE).exists():
        Stop.objects.create(issue_id=issue.id, contact_id=contact.id, via=Stop.Via.PAGE)


def _regretted(contact: Contact, issue: Issue) -> QuerySet[Membership]:
    """What this person ended here by way of this mail, a day long. The ledger knows which; nothing else is ever
    brought back."""
    ended_here = Consent.objects.filter(
        contact_id=contact.id, issue_id=issue.id, act=Consent.Act.ENDED, source="page"
    )
    return Membership.objects.filter(
        contact_id=contact.id,
        ended_by=BY_PAGE,
        ended_at__gte=timezone.now() - REGRET,
        list_id__in=ended_here.values("list_id"),
    )


def can_resume(contact: Contact, issue: Issue) -> bool:
    return _regretted(contact, issue).exists()


@transaction.atomic
def resume(contact: Contact, issue: Issue) -> None:
    """A mistake undone: the lists stand again with the ground they had, and the objection of a moment ago is gone."""
    now = timezone.now()
    back = list(_regretted(contact, issue).select_for_update().order_by("list_id"))
    if not back:
        return
    Membership.objects.filter(contact_id=contact.id, list_id__in=[one.list_id for one in back]).update(
        ended_at=None, ended_by=None
    )
    Suppression.objects.filter(
        email_key=contact.email_key, reason=Suppression.Reason.OBJECTION, at__gte=now - REGRET
    ).delete()
    purposes = dict(List.objects.filter(id__in=[one.list_id for one in back]).values_list("id", "purpose"))
    for one in back:
        ledger.note(
            Consent.Act.RESUMED,
            contact_id=contact.id,
            email_key=contact.email_key,
            source="page",
            list_id=one.list_id,
            issue_id=issue.id,
            purpose=purposes.get(one.list_id, ""),
            ground=one.ground,
            at=now,
        )
