"""The words of the letters about a person's request, in the language that is active."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailexpert.contacts.letters import Words
from mailexpert.privacy.models import Case

Kind = Case.Kind


def day(value: date) -> str:
    return date_format(value, "j F Y")


def received(case: Case, sender: str, url: str) -> Words:
    facts = {"sender": sender, "what": case.get_kind_display(), "due": day(case.due_on)}
    return Words(
        subject=_("Your request has arrived"),
        paragraphs=(
            _("%(sender)s got your request: %(what)s.") % facts,
            _("You get an answer by %(due)s at the latest. It costs nothing, and no copy "
              "of an identity document is asked.")
            % facts,
        ),
        button=_("To your preferences") if url else "",
        url=url,
        after=_("Wasn’t it you? Answer this mail."),
    )  # fmt: skip


def extended(case: Case, sender: str) -> Words:
    facts = {
        "sender": sender,
        "received": day(case.received_on),
        "due": day(case.due_on),
        "reason": case.reason,
    }
    return Words(
        subject=_("Your request takes more time"),
        paragraphs=(
            _("On %(received)s %(sender)s got your request. It takes longer than a month.") % facts,
            _("Why: %(reason)s") % facts,
            _("You get an answer by %(due)s at the latest.") % facts,
            _complain(),
        ),
    )


def refused(case: Case, sender: str) -> Words:
    facts = {"sender": sender, "received": day(case.received_on), "reason": case.reason}
    return Words(
        subject=_("About your request"),
        paragraphs=(
            _("On %(received)s %(sender)s got your request. It isn’t carried out.") % facts,
            _("Why: %(reason)s") % facts,
            _complain(),
        ),
    )


def _complain() -> str:
    return _(
        "Don’t you agree? You can complain to the Autoriteit Persoonsgegevens (autoriteitpersoonsgegevens.nl) or go to "
        "court."
    )


def done(case: Case, sender: str, url: str) -> Words:
    """By what was asked for; the link leads to the person's own page."""
    facts = {"sender": sender}
    said = {
        Kind.ACCESS: _(
            "The link leads to everything that %(sender)s keeps about you here: what, why and how long."
        ),
        Kind.PORTABILITY: _(
            "The link leads to your data, as JSON and as a CSV file that other software can read."
        ),
        Kind.CORRECTION: _("%(sender)s corrected your data. The link shows how it stands now."),
        Kind.RESTRICTION: _(
            "From now on %(sender)s stores your data and does nothing else with it: no mail comes."
        ),
        Kind.OBJECTION: _(
            "From now on %(sender)s sends you no mail and does not measure you, after an import either."
        ),
        Kind.ERASURE: _(
            "%(sender)s erased your data. What stays is a code that keeps your address away, and the proof that this "
            "was done."
        ),
    }
    link = url if case.kind != Kind.ERASURE else ""
    return Words(
        subject=_("Your request is done"),
        paragraphs=(said[Kind(case.kind)] % facts,),
        button=_("See my data") if link else "",
        url=link,
        after=_("The link is yours and works for 90 days.") if link else "",
    )


def nobody(case: Case, sender: str) -> Words:
    """Somebody asked about an address that isn't there."""
    return Words(
        subject=_("Your request is done"),
        paragraphs=(_("%(sender)s keeps nothing here under this e-mail address.") % {"sender": sender},),
    )


def lifted(sender: str) -> Words:
    """Article 18, paragraph 3: the person hears it before."""
    return Words(
        subject=_("Your data is used again"),
        paragraphs=(
            _("At your request %(sender)s only stored your data. From now on it is used again, for the lists that you "
              "are on.")
            % {"sender": sender},
            _complain(),
        ),
    )  # fmt: skip
