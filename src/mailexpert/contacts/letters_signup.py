"""The mail that asks somebody who signed up to confirm it. A few sentences and one button; no picture, nothing that is
counted, nothing to buy."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from mailexpert.accounts.models import Account
from mailexpert.base import env
from mailexpert.contacts import actions_signup, actions_terms, queries_signup
from mailexpert.contacts.models import Contact, List
from mailexpert.contacts.models_signup import Signup
from mailexpert.sending import letter


@dataclass(frozen=True, kw_only=True)
class Words:
    subject: str
    paragraphs: tuple[str, ...]
    lists: tuple[str, ...]
    button: str = ""
    url: str = ""
    after: str = ""


def send(signup: Signup) -> str:
    """Hand it to the account's relay, in the form's language; its Message-ID. Raises letter.NotSent, letter.InDoubt."""
    with override(signup.form.language):
        sender = Account.objects.get()
        words = _words(signup, sender.name)
        context = {"letter": words, "sender": sender, "look": queries_signup.look_of(signup.form.accent)}
        return letter.send(
            to=signup.email,
            sender=signup.form.sender,
            subject=words.subject,
            text=render_to_string("contacts/mail/signup.txt", context),
            html=render_to_string("contacts/mail/signup.html", context),
        )


def _words(signup: Signup, sender: str) -> Words:
    wanted = list(List.objects.filter(id__in=signup.list_ids).order_by("name"))
    names = tuple(one.name for one in wanted)
    contact = Contact.objects.filter(email_key=signup.email_key).first()
    if contact is not None and actions_signup.standing_on(contact, signup.list_ids) >= {
        one.id for one in wanted
    }:
        return Words(
            subject=_("You are signed up with %(sender)s already") % {"sender": sender},
            paragraphs=(
                _("Someone, probably you, signed up with this address at %(sender)s, for:")
                % {"sender": sender},
            ),
            lists=names,
            after=_("You are on already, so nothing changes. Was it not you? Then you can leave this mail."),
        )
    return Words(
        subject=_("Confirm that you sign up with %(sender)s") % {"sender": sender},
        paragraphs=(
            _("Someone, probably you, signed up with this address at %(sender)s, for:") % {"sender": sender},
        ),
        lists=names,
        button=_("Look and confirm"),
        url=f"{env.load().base_url}/aanmelden/bevestigen/{actions_signup.token(signup)}",
        after=_(
            "The link opens a page with a button; only that button signs you up. It works for seven days. Was it not "
            "you? Then leave this mail: nothing happens, and your address is deleted after %(days)s days."
        )
        % {"days": actions_terms.signup_days()},
    )
