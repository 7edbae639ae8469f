"""What a visitor fills in, and what an account fills in to make a form."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mailexpert.contacts import queries_signup, rules_columns, rules_signup, words_signup
from mailexpert.contacts.forms import AddressField, CellField, SeveralField
from mailexpert.contacts.models import Field, List
from mailexpert.contacts.models_signup import SignupForm, SignupQuestion
from mailexpert.mail import address
from mailexpert.sending import queries_domains

MOST_LISTS = 10
LONGEST_ANSWER = 500
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]  # those in which single mails and pages are written
ODD = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}  # controls, and what can't be seen or turns the direction of text


OWN_PAGE = _("On a site that is shown to be yours (Settings & Options, Sites). Empty: a page of ours.")


def one_line(text: str) -> str:
    """Raises ValidationError for signs that nobody types into a name."""
    if any(unicodedata.category(sign) in ODD - {"Cf"} for sign in text) or "\u202e" in text:
        raise forms.ValidationError(_now("This holds signs that can’t be read. Type it again."))
    return " ".join(text.split())


class LineField(forms.CharField):
    def clean(self, value: Any) -> str:
        return one_line(str(super().clean(value) or ""))


class TextField(forms.CharField):
    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "").replace("\r\n", "\n")
        for line in text.split("\n"):
            one_line(line)
        return text.strip()


class VisitorForm(forms.Form):
    """A form as its questions say. One list needs no box: the button is the yes."""

    email = AddressField()
    use_required_attribute = True

    def __init__(
        self, *args: Any, lists: Sequence[List], questions: Sequence[SignupQuestion], **options: Any
    ) -> None:
        options.setdefault("auto_id", "signup-%s")
        super().__init__(*args, **options)
        self.lists, self.questions = lists, questions
        self.fields["email"].widget.attrs |= {
            "autocomplete": "email",
            "inputmode": "email",
            "autocapitalize": "none",
        }
        self.fields["email"].error_messages["required"] = _now("Fill in your e-mail address.")
        if len(lists) > 1:
            self.fields["lists"] = forms.TypedMultipleChoiceField(
                label=_("What do you want to get?"),
                coerce=int,
                choices=[(one.id, f"{one.name} ({str(one.get_purpose_display()).lower()})") for one in lists],
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _now("Choose at least one.")},
            )
        for question in questions:
            self.fields[words_signup.control(question)] = self._control(question)

    @staticmethod
    def _control(question: SignupQuestion) -> forms.Field:
        asked = words_signup.asked(question)
        options: dict[str, Any] = {
            "label": asked.label,
            "required": asked.is_required,
            "help_text": f"{asked.why} ({asked.keep})",
        }
        if question.about == "language":
            return forms.ChoiceField(choices=[("", "–"), *LANGUAGES], **options)
        if question.about:
            made: forms.Field = LineField(max_length=rules_columns.LONGEST_NAME, **options)
            made.widget.attrs["autocomplete"] = (
                "given-name" if question.about == "first_name" else "family-name"
            )
            return made
        return _of_field(question.field, options)

    def wish(self) -> dict[str, Any]:
        """Values as JSON takes them, and the lists."""
        values = {words_signup.control(one): self._kept(one) for one in self.questions}
        list_ids = self.cleaned_data.get("lists") or [one.id for one in self.lists]
        return {"email": self.cleaned_data["email"], "values": values, "list_ids": list_ids}

    def _kept(self, question: SignupQuestion) -> Any:
        value = self.cleaned_data.get(words_signup.control(question))
        return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _of_field(field: Field, options: dict[str, Any]) -> forms.Field:
    choices = [(option, option) for option in field.options]
    if field.kind == Field.Kind.CHOICE:
        return forms.TypedChoiceField(choices=[("", "–"), *choices], empty_value=None, **options)
    if field.kind == Field.Kind.CHOICES:
        return SeveralField(choices=choices, widget=forms.CheckboxSelectMultiple, **options)
    if field.kind == Field.Kind.BOOLEAN:
        answers = [("", "–"), ("t", _("Yes")), ("f", _("No"))]
        return forms.TypedChoiceField(
            choices=answers, empty_value=None, coerce=lambda word: word == "t", **options
        )
    made = AnswerField(field)
    made.required, made.help_text = options["required"], options["help_text"]
    made.widget.is_required = made.required
    return made


class AnswerField(CellField):
    def clean(self, value: Any) -> Any:
        if self.kind == Field.Kind.TEXT:
            value = one_line(str(value or ""))
            if len(value) > LONGEST_ANSWER:
                raise forms.ValidationError(_now("This is too long."))
        if self.required and not str(value or "").strip():
            raise forms.ValidationError(self.error_messages["required"])
        return super().clean(value)


class FormForm(forms.Form):
    """A sign-up form as its account makes it. What it asks beside the address stands in rows of their own
    (`Question`)."""

    name = LineField(
        label=_("Name"), max_length=100, help_text=_("For yourself; your visitors don’t see it.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    lists = forms.TypedMultipleChoiceField(
        label=_("For which lists?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With more than one, your visitor ticks what they want: nothing is ticked beforehand."),
        error_messages={"required": _("Choose at least one list.")},
    )
    title = LineField(label=_("Heading"), max_length=150)
    intro = TextField(
        label=_("What do they get, and how often?"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    button = LineField(label=_("Words on the button"), max_length=60, required=False)
    thanks = TextField(
        label=_("Words after confirming"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    privacy_url = LineField(
        label=_("Address of your privacy notice"),
        max_length=500,
        help_text=_("The law asks you to tell what you do with their data. It stands below the form."),
    )
    privacy_version = LineField(
        label=_("Version or date of that notice"),
        max_length=60,
        required=False,
        help_text=_(
            "Like May 2026. It stands beside the link and in the proof, so that you can show which text held."
        ),
    )
    sender = LineField(
        label=_("Sender of the confirmation mail"),
        max_length=300,
        required=False,
        help_text=_(
            "A name with its address, like Voedselbank Lindewoud <nieuws@lindewoud.example>. Empty: as your last "
            "mailing."
        ),
    )
    sent_url = LineField(
        label=_("Your own page after sending"), max_length=500, required=False, help_text=OWN_PAGE
    )
    thanks_url = LineField(
        label=_("Your own page after confirming"), max_length=500, required=False, help_text=OWN_PAGE
    )
    accent = LineField(
        label=_("Colour"),
        max_length=7,
        required=False,
        help_text=_("Like #0f5c5c. Leave it empty to follow your brand."),
    )
    double_opt_in = forms.BooleanField(
        label=_("Ask for confirmation by mail"),
        required=False,
        initial=True,
        help_text=_("Without it anyone can sign up anyone, and you can hardly show that they said yes."),
    )
    use_required_attribute = False

    def __init__(self, *args: Any, lists: Sequence[List], fields: Sequence[Field], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lists"].choices = [(one.id, one.name) for one in lists]  # type: ignore[attr-defined]
        self.questions = [
            Question(self.data if self.is_bound else None, about=about, label=str(label))
            for about, label in words_signup.OWN.items()
        ] + [
            Question(self.data if self.is_bound else None, field=field, label=field.label) for field in fields
        ]

    def is_valid(self) -> bool:
        """A question that isn't right is told above the form too."""
        right = super().is_valid()
        for one in self.questions:
            if one.is_valid():
                continue
            right = False
            for said in one.errors.values():
                self.add_error(None, f"{one.label}: {said[0]}")
        return right

    def clean_lists(self) -> list[int]:
        taken: list[int] = self.cleaned_data["lists"]
        if len(taken) > MOST_LISTS:
            raise forms.ValidationError(_now("A form is for ten lists at most."))
        return taken

    def clean_privacy_url(self) -> str:
        url = str(self.cleaned_data["privacy_url"])
        if not rules_signup.origin(url):
            raise forms.ValidationError(_now("Write the whole address, with https:// before it."))
        return url

    def clean_sender(self) -> str:
        text = str(self.cleaned_data["sender"])
        if not text:
            return ""
        try:
            parsed = address.parse_sender(text)
        except address.AddressProblem as problem:
            raise forms.ValidationError(
                _now("This is no sender. Write an address, or a name with the address between < and >.")
            ) from problem
        if queries_domains.mail_leaves() and queries_domains.domain_for(parsed.address.text) is None:
            raise forms.ValidationError(
                _now("The domain of this sender isn’t verified yet (Settings & Options, Sender domains).")
            )
        return text

    def clean_sent_url(self) -> str:
        return self._own("sent_url")

    def clean_thanks_url(self) -> str:
        return self._own("thanks_url")

    def _own(self, name: str) -> str:
        url = str(self.cleaned_data[name])
        if url and not queries_signup.leads_on(url):
            raise forms.ValidationError(
                _now(
                    "This page isn’t on a site that is shown to be yours, or has no https:// before it. Show the site "
                    "under Settings & Options, Sites."
                )
            )
        return url

    def clean_accent(self) -> str:
        colour = str(self.cleaned_data["accent"]).strip().lower()
        if colour and not rules_signup.COLOUR(colour):
            raise forms.ValidationError(_now("A colour is written as # with six digits or letters a to f."))
        return colour

    def asked_for(self) -> list[dict[str, Any]]:
        """The questions, as actions_signupform.keep takes them."""
        return [
            {"about": one.about, "field": one.field}
            | {name: one.cleaned_data[name] for name in ("why", "keep", "is_required")}
            for one in self.questions
            if one.cleaned_data.get("ask")
        ]


class Question(forms.Form):
    """One thing that a form may ask beside the address: with why, and how long it is kept."""

    ask = forms.BooleanField(label=_("Ask it"), required=False)
    why = LineField(label=_("Why do you ask it?"), max_length=200, required=False)
    keep = forms.TypedChoiceField(
        label=_("How long is it kept?"),
        choices=[(str(months or ""), words) for months, words in words_signup.KEEP.items()],
        coerce=int,
        empty_value=None,
        required=False,
    )
    is_required = forms.BooleanField(label=_("Must be filled in"), required=False)
    use_required_attribute = False

    def __init__(
        self, data: Any, *, label: str, about: str = "", field: Field | None = None, **options: Any
    ) -> None:
        self.about, self.field, self.label = about, field, label
        super().__init__(data, prefix=about or (field.slot if field else ""), **options)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("ask") and not found.get("why") and "why" not in self.errors:
            self.add_error("why", _now("Say why you ask this; it stands beside the question."))
        return found

    def fill(self, kept: SignupQuestion) -> None:
        self.initial = {
            "ask": True,
            "why": kept.why,
            "keep": str(kept.keep_months or ""),
            "is_required": kept.is_required,
        }


def initial(form: SignupForm) -> dict[str, Any]:
    names = (
        "name", "language", "title", "intro", "button", "thanks", "privacy_url", "privacy_version", "sender",
        "sent_url", "thanks_url", "accent", "double_opt_in",
    )  # fmt: skip
    return {name: getattr(form, name) for name in names} | {"lists": form.list_ids}
