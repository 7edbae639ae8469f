"""The operator's customers as contacts of its own account, kept in step: who comes, who leaves, who wants which
mail. A choice made under Instellingen & Opties and one made by the link in a mail are worth the same; whichever
differs from what was last agreed is the new one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from mailexpert.accounts.actions import OPERATOR
from mailexpert.accounts.models import Account, User
from mailexpert.accounts.models import Membership as AccountMember
from mailexpert.contacts import actions as contacts
from mailexpert.contacts.models import Contact, List, Membership
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy.models import Ground
from mailexpert.sending.models import Suppression
from mailexpert.site.models import Customer, CustomerList, MailKind

LANGUAGES = ("nl", "en")
PURPOSES = {MailKind.SERVICE: "service", MailKind.UPDATES: "newsletter", MailKind.PROMOTIONS: "offers"}
GROUNDS = {
    MailKind.SERVICE: Ground.CONTRACT,
    MailKind.UPDATES: Ground.SOFT_OPT_IN,
    MailKind.PROMOTIONS: Ground.CONSENT,
}
NAMES = {
    (MailKind.SERVICE, "nl"): "Klanten: berichten over de dienst",
    (MailKind.SERVICE, "en"): "Customers: service announcements",
    (MailKind.UPDATES, "nl"): "Klanten: productnieuws",
    (MailKind.UPDATES, "en"): "Customers: product news",
    (MailKind.PROMOTIONS, "nl"): "Klanten: aanbiedingen",
    (MailKind.PROMOTIONS, "en"): "Customers: offers",
}
SOURCE = "settings"
Lists = dict[tuple[str, str], int]


class NoOperator(Exception):
    """There is no operator's account on this installation."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """A user as the operator mails them."""

    user_id: int
    email: str
    full_name: str
    language: str
    updates: bool
    promotions: bool

    @property
    def names(self) -> dict[str, str]:
        first, _space, last = self.full_name.strip().partition(" ")
        return {"first_name": first[:100], "last_name": last[:100], "language": self.language}


def operator_id() -> int:
    with beside_wall(Beside.CUSTOMERS):
        found = Account.objects.filter(slug=OPERATOR).values_list("id", flat=True).first()
    if found is None:
        raise NoOperator(NoOperator.__doc__)
    return found


def accounts_of_users() -> dict[int, list[int]]:
    """The customers' accounts by user; who gave notice, and the operator itself, are none."""
    found: dict[int, list[int]] = {}
    with beside_wall(Beside.CUSTOMERS):
        staying = Account.objects.filter(closing_at=None).exclude(slug=OPERATOR).values("id")
        rows = AccountMember.objects.filter(account_id__in=staying, user__is_active=True)
        for user_id, account_id in rows.values_list("user_id", "account_id").order_by("account_id"):
            found.setdefault(user_id, []).append(account_id)
    return found


def people() -> dict[int, Person]:
    rows = User.objects.filter(id__in=accounts_of_users(), emailaddress__verified=True).distinct()
    return {
        user.pk: Person(
            user_id=user.pk,
            email=user.email,
            full_name=user.full_name,
            language=user.language if user.language in LANGUAGES else "nl",
            updates=user.wants_product_updates,
            promotions=user.wants_promotions,
        )
        for user in rows
    }


def lists() -> Lists:
    """The list of each kind and language; made where it isn't there yet. Inside the operator's account."""
    known = {(row.kind, row.language): row.list_id for row in CustomerList.objects.all()}
    standing = set(List.objects.filter(id__in=known.values()).values_list("id", flat=True))
    for (kind, language), name in NAMES.items():
        if known.get((kind, language)) in standing:
            continue
        made = contacts.make_list(name, PURPOSES[kind])
        CustomerList.objects.update_or_create(kind=kind, language=language, defaults={"list_id": made.id})
        known[(kind, language)] = made.id
    return known


def keep_in_step() -> int:
    """Bring every customer in step; how many there are."""
    wanted = people()
    with account(operator_id()), transaction.atomic():
        # One at a time: two that bring the same people in would clash.
        CustomerList.objects.select_for_update().order_by("id").first()
        ours, known = lists(), {row.user_id: row for row in Customer.objects.all()}
        for user_id in known.keys() - wanted.keys():
            _leave(known[user_id])
        standing = _standing(ours.values())
        for user_id, person in wanted.items():
            row = known.get(user_id)
            if row is None:
                _enter(person, ours)
            else:
                _meet(person, row, ours, standing.get(row.contact_id, set()))
    return len(wanted)


def _standing(list_ids: Iterable[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    rows = Membership.objects.filter(list_id__in=list(list_ids), ended_at=None)
    for contact_id, list_id in rows.values_list("contact_id", "list_id"):
        found.setdefault(contact_id, set()).add(list_id)
    return found


def _enter(person: Person, ours: Lists) -> None:
    contact = Contact.objects.filter(email_key=person.email.lower()).first()
    if contact is None:
        contact = contacts.add_contact(person.email, person.names, source=SOURCE)
    Customer.objects.filter(contact_id=contact.id).delete()
    row = Customer.objects.create(
        user_id=person.user_id, contact_id=contact.id, email_key=person.email.lower(),
        full_name=person.full_name, language=person.language, updates=person.updates,
        promotions=person.promotions,
    )  # fmt: skip
    _put(contact, row, ours, set())


def _meet(person: Person, row: Customer, ours: Lists, standing: set[int]) -> None:
    """Three sides: the user's settings, the lists, and what both were when they last met."""
    contact = Contact.objects.filter(id=row.contact_id).first()
    if contact is None:  # someone erased it by hand
        row.delete()
        _enter(person, ours)
        return
    chosen = {}
    for kind in (MailKind.UPDATES, MailKind.PROMOTIONS):
        before, setting = getattr(row, kind), getattr(person, kind)
        listed = bool({ours[kind, language] for language in LANGUAGES} & standing)
        chosen[kind] = setting if setting != before else listed
    stopped = Suppression.objects.filter(email_key=contact.email_key, reason__in=Suppression.BY_PERSON)
    if stopped.exists():
        # "Stop everything" and a complaint end all that can be stopped; word about the service goes on, so the block
        # must not.
        stopped.delete()
        chosen = dict.fromkeys(chosen, False)
    _settle(person, chosen)
    now = {
        "full_name": person.full_name, "language": person.language, "email_key": person.email.lower(),
        "updates": chosen[MailKind.UPDATES], "promotions": chosen[MailKind.PROMOTIONS],
    }  # fmt: skip
    changed = {name: value for name, value in now.items() if getattr(row, name) != value}
    if changed:
        _rename(contact, person)
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
    _put(contact, row, ours, standing)


def _settle(person: Person, chosen: dict[Any, bool]) -> None:
    """What the link in a mail ended is seen under Instellingen & Opties."""
    if (person.updates, person.promotions) != (chosen[MailKind.UPDATES], chosen[MailKind.PROMOTIONS]):
        User.objects.filter(pk=person.user_id).update(
            wants_product_updates=chosen[MailKind.UPDATES], wants_promotions=chosen[MailKind.PROMOTIONS]
        )


def _rename(contact: Contact, person: Person) -> None:
    clash = Contact.objects.filter(email_key=person.email.lower()).exclude(id=contact.id)
    for other in clash.values_list("id", flat=True):
        contacts.erase_contact(other)
    contacts.change_contact(contact.id, person.email, person.names)


def _put(contact: Contact, row: Customer, ours: Lists, standing: set[int]) -> None:
    """On the lists of what was chosen, in the person's language, and off the others."""
    wanted = {ours[MailKind.SERVICE, row.language]}
    wanted |= {
        ours[kind, row.language] for kind in (MailKind.UPDATES, MailKind.PROMOTIONS) if getattr(row, kind)
    }
    by_id = {list_id: kind for (kind, _language), list_id in ours.items()}
    for list_id in wanted - standing:
        kind = MailKind(by_id[list_id])
        contacts.sign_up(
            contact, List.objects.get(id=list_id), ground=GROUNDS[kind], source=SOURCE,
            evidence=f"Instellingen & Opties: {kind.label}",
        )  # fmt: skip
    gone = (standing & by_id.keys()) - wanted
    if gone:
        contacts.end_memberships(contact.id, gone, Membership.EndedBy.HAND)


def _leave(row: Customer) -> None:
    """Who belongs to no account any more gets no mail, and isn't kept."""
    if Contact.objects.filter(id=row.contact_id).exists():
        contacts.erase_contact(row.contact_id)
    row.delete()
