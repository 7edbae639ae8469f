"""What a person does in the preference centre. What these write counts as said by the person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mailexpert.accounts.models import Account
from mailexpert.contacts import letters, tokens
from mailexpert.contacts.actions import change_contact, end_memberships, sign_up
from mailexpert.contacts.letters import Words
from mailexpert.contacts.models import Contact, Event, List, Membership, NewAddress, Preference
from mailexpert.mail.address import mask
from mailexpert.privacy import actions as ledger
from mailexpert.privacy.models import Consent, Ground
from mailexpert.privacy.rules import MEASUREMENT
from mailexpert.sending.models import Suppression

SOURCE = "preferences"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """All that the page asks. `lists`: those that are ticked, of the ones it showed."""

    lists: Collection[int]
    paused_until: date | None
    every_days: int | None
    language: str
    measured: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One list on the page."""

    list: List
    is_standing: bool


def lists_of(contact: Contact) -> list[Standing]:
    """The lists that this person is or was on; one that is put away only while it still stands."""
    mine = Membership.objects.filter(contact_id=contact.id).select_related("list")
    return [
        Standing(list=one.list, is_standing=one.ended_at is None)
        for one in mine.order_by("list__name", "list_id")
        if one.ended_at is None or one.list.archived_at is None
    ]


def preference_of(contact: Contact) -> Preference:
    return Preference.objects.filter(contact_id=contact.id).first() or Preference(contact_id=contact.id)


def is_asked(contact: Contact) -> bool:
    """Asked whether they still want mail, and not answered yet."""
    chosen = preference_of(contact)
    return chosen.asked_at is not None and (chosen.kept_at is None or chosen.kept_at < chosen.asked_at)


def keep(contact: Contact, now: datetime) -> None:
    Preference.objects.update_or_create(contact_id=contact.id, defaults={"kept_at": now, "updated_at": now})


def is_measured(contact: Contact) -> bool:
    return has_said_of_measuring(contact) is True


def has_said_of_measuring(contact: Contact) -> bool | None:
    """Whether this person agreed to be measured individually: what the ledger said last. None: nothing was said."""
    lines = Consent.objects.filter(contact_id=contact.id)
    last = lines.filter(act=Consent.Act.OBJECTED) | lines.filter(purpose=MEASUREMENT)
    found = last.order_by("-id").first()
    return None if found is None else found.act == Consent.Act.GIVEN


def measurement_words(sender: str) -> str:
    """The exact sentence that is agreed to; kept as evidence."""
    said = _("%(sender)s may see which mails I open and which links I click, to judge its own mailings.")
    return said % {"sender": sender}


@transaction.atomic
def save(
    contact: Contact, choice: Choice, *, shown: Collection[int], issue_id: int | None, now: datetime
) -> None:
    """`shown`: the lists that stood on the page; nothing happens to others."""
    _save_lists(contact, choice, shown=shown, issue_id=issue_id)
    _save_measurement(contact, choice, now)
    before = preference_of(contact)
    changed = [
        name
        for name, old, new in (
            ("paused_until", before.paused_until, choice.paused_until),
            ("every_days", before.every_days, choice.every_days),
            ("language", contact.language, choice.language),
        )
        if old != new
    ]
    if contact.language != choice.language:
        Contact.objects.filter(id=contact.id).update(language=choice.language, updated_at=now)
    Preference.objects.update_or_create(
        contact_id=contact.id,
        defaults={
            "paused_until": choice.paused_until,
            "every_days": choice.every_days,
            "kept_at": now,
            "updated_at": now,
        },
    )
    if changed:
        Event.objects.create(
            contact_id=contact.id, kind=Event.Kind.CHANGED, detail=",".join(changed), by_id=None
        )


def _save_lists(contact: Contact, choice: Choice, *, shown: Collection[int], issue_id: int | None) -> None:
    standing = {one.list.id: one for one in lists_of(contact) if one.list.id in shown}
    left = [n for n, one in standing.items() if one.is_standing and n not in choice.lists]
    if left:
        end_memberships(contact.id, left, Membership.EndedBy.PAGE, issue_id=issue_id)
    joined = [one.list for n, one in standing.items() if not one.is_standing and n in choice.lists]
    if joined:
        # An objection is the person's own, so they alone take it back. A bounce or complaint stays.
        Suppression.objects.filter(email_key=contact.email_key, reason=Suppression.Reason.OBJECTION).delete()
    for into in joined:
        words = _("Ticked in the preference centre: %(list)s (%(purpose)s).") % {
            "list": into.name, "purpose": into.get_purpose_display(),
        }  # fmt: skip
        sign_up(contact, into, ground=Ground.CONSENT, evidence=words, source=SOURCE)


def _save_measurement(contact: Contact, choice: Choice, now: datetime) -> None:
    if choice.measured == is_measured(contact):
        return
    words = measurement_words(Account.objects.get().name)
    ledger.note(
        Consent.Act.GIVEN if choice.measured else Consent.Act.ENDED,
        contact_id=contact.id,
        email_key=contact.email_key,
        source=SOURCE,
        purpose=MEASUREMENT,
        ground=Ground.CONSENT,
        evidence_id=ledger.keep_evidence(source=SOURCE, text=words) if choice.measured else None,
        at=now,
    )


@transaction.atomic
def ask_new_address(contact: Contact, email: str, language: str, now: datetime) -> None:
    """A mail to the new address, with a button that leads to one. The present address is told too, so that nobody
    takes over somebody else's mail unseen. Until the button nothing changes."""
    wanted, _is_new = NewAddress.objects.update_or_create(
        contact_id=contact.id, defaults={"email": email, "asked_at": now}
    )
    sender = Account.objects.get().name
    letters.write(
        email,
        language,
        Words(
            subject=_("Confirm your new e-mail address"),
            paragraphs=(
                _("You want to get the mails of %(sender)s at this address from now on.")
                % {"sender": sender},
                _("The link works for seven days. Until you confirm, nothing changes."),
            ),
            button=_("Confirm my address"),
            url=tokens.new_address_url(wanted),
            after=_("Wasn’t it you? Then you can leave this mail; nothing happens."),
        ),
    )
    letters.write(
        contact.email,
        language,
        Words(
            subject=_("Somebody asked to mail you at another address"),
            paragraphs=(
                _("In your preferences at %(sender)s somebody, probably you, asked to be mailed at %(new)s.")
                % {"sender": sender, "new": mask(email)},
                _("Nothing changes until it is confirmed there."),
            ),
            button=_("To your preferences"),
            url=tokens.preferences_url(contact),
            after=_("Wasn’t it you? Take the request back in your preferences."),
        ),
    )


def drop_new_address(contact: Contact) -> None:
    NewAddress.objects.filter(contact_id=contact.id).delete()


@transaction.atomic
def confirm_new_address(wanted_id: int) -> Contact | None:
    """The button behind the mail: from now on mail goes there, what was agreed to goes along. None when the request
    was taken back or is over. Raises AddressTaken."""
    wanted = NewAddress.objects.select_for_update().filter(id=wanted_id).first()
    if wanted is None:
        return None
    change_contact(wanted.contact_id, wanted.email, {}, by_person=True)
    wanted.delete()
    return Contact.objects.get(id=wanted.contact_id)
