"""What a marketer fills in to write and schedule a mailing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailexpert.content.forms import OneLine
from mailexpert.mail import address
from mailexpert.mailings.models import Mailing
from mailexpert.tracking import queries as tracking
from mailexpert.tracking.models import Mode

LINE_BREAKS = ("\r", "\n", "\0")


def one_line(value: str) -> None:
    """No field that ends up in a header may hold a line break (header injection)."""
    if any(sign in value for sign in LINE_BREAKS):
        raise ValidationError(_("Put this on one line."))


class WriteForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at runtime
    """Everything of a draft but its audience; saved while one types, so only what can't be kept is refused."""

    class Meta:
        model = Mailing
        fields = ("name", "sender", "subject", "preheader", "kind", "source", "tracking", "language")
        labels = {
            "name": _("Name, for yourself"),
            "sender": _("Sender"),
            "subject": _("Subject"),
            "preheader": _("First line in the inbox"),
            "kind": _("Written as"),
            "source": _("Content"),
            "tracking": _("What we measure"),
            "language": _("Language of the mailing"),
        }
        help_texts = {
            "sender": _("A name with its address, like Voedselbank Lindewoud <nieuws@lindewoud.example>"),
        }
        widgets = {
            # Offers what earlier mailings had (compose.html).
            "sender": forms.TextInput(attrs={"list": "senders", "autocomplete": "off"}),
            "subject": OneLine(),
            "preheader": OneLine(),
            "source": forms.Textarea(
                attrs={"rows": 18, "class": "me-mono me-code", "spellcheck": "false", "wrap": "off"}
            ),
        }

    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    language = forms.ChoiceField(
        label=_("Language of the mailing"), choices=[("nl", _("Dutch")), ("en", _("English"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = tracking.limits()
        self.fields["tracking"].choices = [(mode, Mode(mode).label) for mode in limits.modes]  # type: ignore[attr-defined]
        self.initial["tracking"] = limits.allowed(self.instance.tracking)
        if limits.highest == Mode.INDIVIDUAL:
            self.fields["tracking"].help_text = _("Of people who did not agree it stays at clicks, added up.")
        for field in ("name", "sender", "subject", "preheader"):
            self.fields[field].validators.append(one_line)
            self.fields[field].strip = False  # type: ignore[attr-defined]  # a line break must be seen
            # A draft may lack it, a mailing may not: so no "(optional)" beside it.
            self.fields[field].is_needed_later = True  # type: ignore[attr-defined]

    def written(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip()

    def clean_sender(self) -> str:
        value = str(self.cleaned_data["sender"]).strip()
        if value:
            try:
                address.parse_sender(value)
            except address.AddressProblem as problem:
                raise ValidationError(
                    _("This is no sender. Write an address, or a name with the address between < and >.")
                ) from problem
        return value


class AudienceForm(forms.Form):
    """Which lists get it, and whose people don't."""

    lists = forms.MultipleChoiceField(
        label=_("Everyone on"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"form": "write"})
    )
    excluded = forms.MultipleChoiceField(
        label=_("except who is on"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"form": "write"}),
    )

    segments = forms.MultipleChoiceField(
        label=_("of them, only who is in"),
        help_text=_("Several segments: only who is in every one of them."),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"form": "write"}),
    )

    def __init__(
        self,
        *args: Any,
        choices: Iterable[tuple[int, str]],
        segments: Iterable[tuple[int, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segments"].choices = [(str(value), label) for value, label in segments]  # type: ignore[attr-defined]
        self.fields["segments"].is_needed_later = True  # type: ignore[attr-defined]
        offered = [(str(value), label) for value, label in choices]
        for name in ("lists", "excluded"):
            self.fields[name].choices = offered  # type: ignore[attr-defined]
            self.fields[name].is_needed_later = True  # type: ignore[attr-defined]

    def chosen(self, name: str) -> list[int]:
        return [int(value) for value in self.cleaned_data.get(name, [])]


class WhenForm(forms.Form):
    """Now, or at a moment."""

    when = forms.ChoiceField(
        label=_("When"),
        choices=[("now", _("Now")), ("later", _("At a moment I choose"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    day = forms.DateField(
        label=_("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("day", "time"):
            self.fields[name].is_needed_later = True  # type: ignore[attr-defined]  # they show once they are asked

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("when") == "later" and not (data.get("day") and data.get("time")):
            raise ValidationError(_("Choose a date and a time."))
        return data

    def at(self) -> datetime | None:
        """The moment in the installation's time zone; None is now."""
        if self.cleaned_data["when"] == "now":
            return None
        naive = datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return timezone.make_aware(naive)


MOST_TESTERS = 5


class TestMailForm(forms.Form):
    """One address, or a few with commas between them."""

    to = forms.CharField(label=_("Send the test mail to"), max_length=1_300)

    def clean_to(self) -> list[str]:
        given = [each.strip() for each in str(self.cleaned_data["to"]).split(",") if each.strip()]
        if not 1 <= len(given) <= MOST_TESTERS:
            raise ValidationError(_("Give one to five addresses."))
        for each in given:
            validate_email(each)
        return given
