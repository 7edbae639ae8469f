"""What is filled in about requests of persons."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mailexpert.base import clock
from mailexpert.contacts.forms import AddressField
from mailexpert.contacts.forms_preferences import LANGUAGES
from mailexpert.privacy.models import Case

KINDS = [(kind.value, kind.label) for kind in Case.Kind]
# On a person's own page "stop everything" and the downloads are the others.
BY_LINK = [
    (Case.Kind.CORRECTION.value, _("Correct something about me")),
    (Case.Kind.ACCESS.value, _("Tell me what I don’t find here")),
    (Case.Kind.RESTRICTION.value, _("Store my data, and don’t use it")),
    (Case.Kind.ERASURE.value, _("Erase everything about me")),
]


class OwnRequestForm(forms.Form):
    kind = forms.ChoiceField(label=_("What do you ask?"), choices=BY_LINK, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What should they know?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        required=False,
    )


class RequestForm(forms.Form):
    """A request that came in by mail, telephone or letter."""

    email = AddressField(help_text=_("Of the person who asks. They get the answer there."))
    kind = forms.ChoiceField(label=_("What do they ask?"), choices=KINDS, widget=forms.RadioSelect)
    received = forms.DateField(
        label=_("Came in on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The month begins on this day."),
    )
    language = forms.ChoiceField(label=_("Language of the answer"), choices=LANGUAGES)
    text = forms.CharField(
        label=_("What did they write or say?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5_000,
        required=False,
    )

    def clean_received(self) -> Any:
        day = self.cleaned_data["received"]
        if day > clock.now().date():
            raise forms.ValidationError(gettext("This day is still to come."))
        return day


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        help_text=_("The person reads this sentence in the letter."),
    )
