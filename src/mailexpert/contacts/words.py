"""Sentences about contacts in the language of whoever reads them."""

from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from mailexpert.contacts.models import Import, Refusal
from mailexpert.core.amounts import number
from mailexpert.privacy.models import Consent
from mailexpert.privacy.rules import MEASUREMENT

DECLARED = gettext_lazy("I declare that these people gave this ground, and that I can show it")
FAILURES = {
    "file_gone": gettext_lazy(
        "The file was no longer there when its turn came. Nothing was brought in. Upload it again."
    ),
    "field_gone": gettext_lazy(
        "A field that this file was to fill was deleted meanwhile. Nothing was brought in. Upload the file again and "
        "choose where that column goes."
    ),
    "bsn": gettext_lazy(
        "A column holds citizen service numbers (BSN), which only those may keep whom a law allows it. Nothing was "
        "brought in. Leave that column out."
    ),
    "package": gettext_lazy(
        "The new contacts in this file don’t fit in your package. Nothing was brought in. Take a larger package, "
        "which counts at once, or bring in fewer people."
    ),
    "stuck": gettext_lazy(
        "No worker finished the import within 12 hours. Nothing was brought in. Start it again."
    ),
    "unexpected": gettext_lazy(
        "Something went wrong while reading. Nothing was brought in, your contacts are as before."
    ),
}


def act(line: Consent) -> str:
    """What a line of the ledger says, where it isn't about a list too."""
    if line.purpose == MEASUREMENT:
        given = line.act in (Consent.Act.GIVEN, Consent.Act.RESUMED)
        return _("Agreed to be measured") if given else _("No longer agrees to be measured")
    if line.source == "merge" and line.list_id is None:
        return _("Became part of another contact")
    return line.get_act_display()


def of_a_sale(*, bought: str, ordered: str, could_refuse: str) -> str:
    """The evidence of an existing customer: what was sold, when, and how they could refuse then."""
    facts = {"bought": bought, "ordered": ordered, "could_refuse": could_refuse}
    return (
        _("Bought: %(bought)s. When or in which order: %(ordered)s. Could refuse: %(could_refuse)s.") % facts
    )


def of_an_import(batch: Import) -> str:
    """The evidence of a file: the sentence, which file it was, and what was declared with it."""
    said = [batch.evidence]
    if batch.file_hash:
        facts = {"name": batch.file_name, "hash": batch.file_hash}
        said.append(_("File %(name)s, SHA-256 %(hash)s.") % facts)
    if batch.is_declared:
        said.append(_("Declared with it: %(words)s.") % {"words": DECLARED})
    return " ".join(filter(None, said))


def failure(code: str) -> str:
    return str(FAILURES.get(code, FAILURES["unexpected"]))


def erased_before() -> str:
    return _("This person was erased at their own request, and comes back only by signing up themselves.")


def refusal(refused: Refusal) -> str:
    """Why a row was not taken."""
    value = {"value": refused.detail}
    match refused.reason:
        case "no_address":
            return _("There is no e-mail address in this row.")
        case "address":
            return _("‘%(value)s’ is not an e-mail address.") % value
        case "too_many_columns":
            return _(
                "There are more values than columns. A value that holds the separator needs quotes around it."
            )
        case "quotes":
            return _("A quotation mark isn’t closed, or stands in the middle of a quoted value.")
        case "erased":
            return erased_before()
        case "too_long":
            return _("This row is too long to be a contact.")
        case "value_too_long":
            return _("A value is too long: a name may have 200 characters, another field 2,000.")
        case "unreadable":
            return _(
                "This row holds signs that can’t be read. The file may have another encoding than it seems."
            )
        case "number":
            return _("‘%(value)s’ is not a number.") % value
        case "date":
            return _("‘%(value)s’ is not a date. Write 2026-11-24 or 24-11-2026.") % value
        case "boolean":
            return _("‘%(value)s’ is neither yes nor no.") % value
        case "choice":
            return _("‘%(value)s’ is none of the choices of this field.") % value
        case "language":
            return _("‘%(value)s’ is not a language. Write nl or en.") % value
        case "time_zone":
            return _("‘%(value)s’ is not a time zone. Write a place, as in Europe/Amsterdam.") % value
    return refused.reason


def language(code: str) -> str:
    """A language by its name, or its code where it has none here."""
    try:
        return str(get_language_info(code)["name_translated"]).capitalize()
    except KeyError:
        return code


def no_bsn() -> str:
    return _(
        "A citizen service number (BSN) may be kept only by whom a law allows it, so there is no field for it here."
    )


def segment_gone() -> str:
    return _("The segment is gone, or a rule of it names something that is. Nothing was done.")


def bulk_title(verb: str, of: str) -> str:
    """What is done to many at once."""
    told = {
        "tag": _("Give label ‘%(name)s’"),
        "untag": _("Take label ‘%(name)s’ away"),
        "join": _("Put on list ‘%(name)s’"),
        "leave": _("Unsubscribe from list ‘%(name)s’"),
    }
    return told[verb] % {"name": of}


def bulk_said(verb: str, n: int, of: str) -> str:
    """What came of it."""
    match verb:
        case "untag":
            said = ngettext(
                "Label ‘%(name)s’ taken from %(n)s contact.", "Label ‘%(name)s’ taken from %(n)s contacts.", n
            )
        case "join":
            said = ngettext(
                "%(n)s contact was put on ‘%(name)s’.", "%(n)s contacts were put on ‘%(name)s’.", n
            )
        case "leave":
            said = ngettext(
                "%(n)s contact is unsubscribed from ‘%(name)s’.",
                "%(n)s contacts are unsubscribed from ‘%(name)s’.",
                n,
            )
        case _tag:
            said = ngettext(
                "Label ‘%(name)s’ given to %(n)s contact.", "Label ‘%(name)s’ given to %(n)s contacts.", n
            )
    return said % {"name": of, "n": number(n)}
