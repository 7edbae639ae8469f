"""What a person fills in about themselves."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mailexpert.contacts.actions_preferences import Choice, Standing
from mailexpert.contacts.forms import AddressField
from mailexpert.contacts.rules_preferences import BadDay, pause_until

LANGUAGES = [("nl", "Nederlands"), ("en", "English")]  # each in its own words
PAUSES = [
    ("no", _("No pause")),
    ("month", _("A month")),
    ("quarter", _("Three months")),
    ("day", _("Until a day that I choose")),
]
OFTEN = [
    ("", _("Everything")),
    ("7", _("At most one mailing a week")),
    ("31", _("At most one mailing a month")),
]


class PreferencesForm(forms.Form):
    lists = forms.MultipleChoiceField(
        label=_("What do you want to get?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    pause = forms.ChoiceField(label=_("Take a break"), choices=PAUSES, widget=forms.RadioSelect)
    until = forms.DateField(
        label=_("The day on which mail comes again"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    often = forms.ChoiceField(label=_("How often?"), choices=OFTEN, widget=forms.RadioSelect, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    measured = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, lists: Sequence[Standing], sentence: str, today: date, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["lists"].choices = [  # type: ignore[attr-defined]
            (str(one.list.id), f"{one.list.name} ({one.list.get_purpose_display()})") for one in lists
        ]
        for name in ("lists", "pause", "until", "often", "language"):
            self.fields[name].is_needed_later = True  # type: ignore[attr-defined]
        self.fields["measured"].label = sentence

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        try:
            found["paused_until"] = pause_until(found.get("pause", "no"), found.get("until"), self.today)
        except BadDay:
            self.add_error("until", gettext("Choose a day after today, within a year."))
        return found

    def choice(self) -> Choice:
        told = self.cleaned_data
        return Choice(
            lists={int(number) for number in told["lists"]},
            paused_until=told["paused_until"],
            every_days=int(told["often"]) if told["often"] else None,
            language=told["language"],
            measured=told["measured"],
        )


class NewAddressForm(forms.Form):
    email = AddressField(label=_("New e-mail address"))
