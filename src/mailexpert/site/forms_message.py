"""Forms of messages to customers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.fields import OneLineField
from mailexpert.site.models import Message

MOMENT = "%Y-%m-%dT%H:%M"


class ServiceForm(forms.Form):
    """Only these fields: when, what, what to do."""

    event = forms.ChoiceField(
        label=_("What is it about?"), choices=Message.Event.choices, widget=forms.RadioSelect
    )
    starts_at = forms.DateTimeField(
        label=_("From"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    ends_at = forms.DateTimeField(
        label=_("Ends"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    body_nl = forms.CharField(label=_("What happens, in Dutch"), widget=forms.Textarea(attrs={"rows": 4}))
    todo_nl = OneLineField(label=_("What one can do, in Dutch"), max_length=300, required=False)
    body_en = forms.CharField(label=_("What happens, in English"), widget=forms.Textarea(attrs={"rows": 4}))
    todo_en = OneLineField(label=_("What one can do, in English"), max_length=300, required=False)


class NewsMailForm(forms.Form):
    subject_nl = OneLineField(label=_("Subject in Dutch"), max_length=150)
    body_nl = forms.CharField(label=_("Text in Dutch"), widget=forms.Textarea(attrs={"rows": 8}))
    subject_en = OneLineField(label=_("Subject in English"), max_length=150)
    body_en = forms.CharField(label=_("Text in English"), widget=forms.Textarea(attrs={"rows": 8}))
