"""What a receipt of an erasure says, for people: the steps by the names that the program has for them are many."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Mapping[str, Promise] = {
    "contacts_contact": _("The contact, with all fields"),
    "contacts_membership": _("Being on lists"),
    "contacts_tagging": _("Labels"),
    "contacts_event": _("Timeline"),
    "contacts_preference": _("Choices about mail"),
    "contacts_signup": _("Sign-ups by form"),
    "contacts_signupterm": _("Sign-ups by form"),
    "contacts_newaddress": _("Changes of address that waited"),
    "contacts_letter": _("Single mails that waited"),
    "contacts_change": _("What imports changed"),
    "privacy_case": _("Words and address in requests"),
    "privacy_evidence": _("Name in the evidence of consent"),
    "sending_reply": _("Replies of mail servers"),
    "sending_retry": _("Attempts that waited"),
    "sending_suppression": _("Blocked address, made a code"),
    "sending_caughtmail": _("Mails in the built-in mail catcher"),
    "tracking_conversionlink": _("Orders and other goals that led to them"),
    "tracking_trail": _("Opens and clicks of their own"),
    "site_customer": _("Place in our own customer list"),
    "off": _("Code that keeps the address away from imports"),
    "exports": _("Exports, made again without this person"),
    "imports": _("Rows in files that waited for their import"),
    "bulks": _("Place in what was done to many at once"),
    "takeaway": _("Files of the whole account, made again without this person"),
    "letter": _("Letter that it is done"),
    "letter in doubt": _("Letter that it is done: not known whether it left"),
}
# What is kept of somebody who is not erased has words too.
KEPT: Mapping[str, Promise] = {
    "privacy_consent": _("Proof of what was agreed to"),
    "sending_delivery": _("Mailings that were sent"),
    "sending_stop": _("Unsubscribing by the link in a mail"),
    "privacy_case": _("Requests"),
}
TEXTS = _("Texts elsewhere that named the address")
OTHER = _("Other data of this person")


@dataclass(frozen=True, kw_only=True)
class Line:
    what: str
    rows: int


def about(table: str) -> str:
    """What a table holds of a person, in their words."""
    return str(KEPT.get(table) or WORDS.get(table) or OTHER)


def lines(counts: Mapping[str, int]) -> list[Line]:
    """In the order of the words above, what means the same to people added up."""
    order = [*dict.fromkeys(map(str, WORDS.values())), str(OTHER), str(TEXTS)]
    found: dict[str, int] = {}
    for step, rows in counts.items():
        what = str(TEXTS if step.startswith("text of ") else WORDS.get(step, OTHER))
        found[what] = found.get(what, 0) + rows
    return [Line(what=what, rows=found[what]) for what in order if found.get(what)]
