"""How far an account goes in measuring, as a person chooses it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mailexpert.tracking.models import Mode
from mailexpert.tracking.rules import NEEDS_ASSESSMENT

CHOICES = [
    (Mode.NONE, _("Nothing. Links in your mailings are left as they are.")),
    (Mode.AGGREGATE, _("Clicks, added up. You see how often each link was clicked, never by whom.")),
    (
        Mode.LAST_ACTIVE,
        _(
            "Also the last day on which someone was active. One date per person, overwritten each time; "
            "not of people who refused."
        ),
    ),
    (
        Mode.INDIVIDUAL,
        _(
            "Also who clicked what and when, only of people who agreed to that. It stops when they take it back."
        ),
    ),
]


class MeasuringForm(forms.Form):
    highest = forms.ChoiceField(
        label=_("How far a mailing may go at most"), choices=CHOICES, widget=forms.RadioSelect
    )
    opens = forms.BooleanField(
        label=_("Count opens, by a picture that nobody sees"),
        required=False,
        help_text=_(
            "An indication at best: mail programs fetch pictures by themselves, or never. Turning this off works "
            "at once, also in mails that were sent."
        ),
    )
    assessment = forms.CharField(
        label=_("Your assessment of what this means for people (DPIA)"),
        required=False,
        max_length=500,
        help_text=_(
            "The law asks for one before you follow persons. Say where it lies and of which day it is."
        ),
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["assessment"].is_needed_later = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("highest") in NEEDS_ASSESSMENT and not given.get("assessment"):
            self.add_error(
                "assessment", _("Before persons are followed an assessment is needed (GDPR, article 35).")
            )
        return given
