"""What a sign-up form says, in the form's language: the same on the page, in the code for another site, and in the
proof."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from mailexpert.accounts.models import Account
from mailexpert.contacts import actions_terms
from mailexpert.contacts.models import List
from mailexpert.contacts.models_signup import Signup, SignupForm, SignupQuestion, SignupText

OWN = {
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "language": gettext_lazy("Language"),
}
KEEP = {
    None: gettext_lazy("as long as you are in our records"),
    12: gettext_lazy("one year"),
    24: gettext_lazy("two years"),
    60: gettext_lazy("five years"),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question as it is read. `name` is that of its control."""

    name: str
    label: str
    why: str
    keep: str
    is_required: bool


@dataclass(frozen=True, kw_only=True)
class Words:
    title: str
    intro: str
    lists: Sequence[tuple[int, str, str]]
    questions: Sequence[Asked]
    button: str
    who: str
    kept: str
    rights: str
    confirms: str
    privacy: str
    privacy_url: str

    @property
    def has_choice(self) -> bool:
        """One box for each purpose; of a single list the button is the yes."""
        return len(self.lists) > 1

    @property
    def body(self) -> str:
        """Everything in one text, as the proof keeps it."""
        boxes = [f"[ ] {name} ({purpose})" for _id, name, purpose in self.lists]
        return "\n".join(
            [
                self.title,
                self.intro,
                *(boxes if self.has_choice else [box[4:] for box in boxes]),
                "E-mail",
                *(f"{one.label}: {one.why} ({one.keep})" for one in self.questions),
                f"[{self.button}]",
                self.who,
                self.confirms,
                self.kept,
                self.rights,
                f"{self.privacy}: {self.privacy_url}",
            ]
        )


def of_form(
    form: SignupForm, account: Account, lists: Sequence[List], questions: Sequence[SignupQuestion]
) -> Words:
    with override(form.language):
        address = ", ".join(line.strip() for line in account.postal_address.splitlines() if line.strip())
        return Words(
            title=form.title,
            intro=form.intro,
            lists=[(one.id, one.name, str(one.get_purpose_display()).lower()) for one in lists],
            questions=[asked(one) for one in questions],
            button=form.button or _("Sign up"),
            who=_("This form is from %(sender)s.") % {"sender": f"{account.name}, {address}"},
            kept=_(
                "Your address is used until you unsubscribe, with one click in every mail, and kept until you have it "
                "erased."
            ),
            rights=_(
                "You can see, correct and erase what is kept about you, and take back your yes at any time."
            ),
            confirms=_(
                "You get a mail first. Only the button behind it signs you up; without that your address is deleted "
                "after %(days)s days."
            )
            % {"days": actions_terms.signup_days()}
            if form.double_opt_in
            else "",
            privacy=_privacy(form, account.name),
            privacy_url=form.privacy_url,
        )


def _privacy(form: SignupForm, sender: str) -> str:
    if not form.privacy_version:
        return _("How %(sender)s handles your data") % {"sender": sender}
    facts = {"sender": sender, "version": form.privacy_version}
    return _("How %(sender)s handles your data (%(version)s)") % facts


def asked(question: SignupQuestion) -> Asked:
    return Asked(
        name=control(question),
        label=str(OWN[question.about]) if question.about else question.field.label,
        why=question.why,
        keep=_("kept: %(how_long)s") % {"how_long": KEEP[question.keep_months]},
        is_required=question.is_required,
    )


def control(question: SignupQuestion) -> str:
    """The name of its control: first_name, last_name, language, or the column of the field."""
    return str(question.about or question.field.slot)


def fingerprint(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def evidence(signup: Signup, form: SignupForm, text: SignupText, by: str) -> str:
    """The line of the ledger, with the fingerprint of the words that were read. `by`: how it was confirmed."""
    with override(form.language):
        facts = {
            "form": form.name,
            "revision": text.revision,
            "hash": text.hash,
            "at": _moment(signup.at),
            "where": signup.origin or signup.via,
            "network": signup.network or "?",
        }
        said = [
            _("Form %(form)s, version %(revision)s, words sha256:%(hash)s.") % facts,
            _("Signed up %(at)s at %(where)s, from network %(network)s.") % facts,
        ]
        if signup.mailed_at is not None and by == "button":
            # Without its domain: the ledger masks whatever looks like an address.
            mark = signup.message_id.strip("<>").partition("@")[0]
            mail = {"mailed": _moment(signup.mailed_at), "id": mark}
            said.append(_("Confirmation mail %(id)s of %(mailed)s.") % mail)
        if by == "button" and signup.confirmed_at is not None:
            said.append(
                _("Confirmed with the button behind it %(at)s.") % {"at": _moment(signup.confirmed_at)}
            )
        return " ".join(said)


def _moment(at: object) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
