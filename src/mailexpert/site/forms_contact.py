"""Asking us something, and what staff enter about promises."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.fields import OneLineField
from mailexpert.privacy.models import Attestation, Question, SecurityContact, Subprocessor

LONGEST_VOUCHING = timedelta(days=400)
LONGEST_CONTACT = timedelta(days=366)  # RFC 9116 advises less than a year ahead


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    name = OneLineField(label=_("Your name"), required=False, max_length=100)
    website = forms.CharField(
        required=False, widget=forms.HiddenInput
    )  # people leave it empty, machines don't

    class Meta:
        model = Question
        fields = ("about", "name", "email", "text")
        widgets = {"about": forms.RadioSelect, "text": forms.Textarea(attrs={"rows": 8})}


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Goes by mail to who asked, with the question below it."),
    )


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AttestationForm(forms.ModelForm):  # type: ignore[type-arg]
    name = OneLineField(label=_("Who vouches"), max_length=200)
    document = OneLineField(
        label=_("Document"),
        max_length=300,
        help_text=_("Title and number of the contract or statement, and where it lies."),
    )

    class Meta:
        model = Attestation
        fields = ("name", "capacity", "document", "signed_on", "expires_on")
        widgets = {"signed_on": DayInput(), "expires_on": DayInput()}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        signed, expires = given.get("signed_on"), given.get("expires_on")
        if signed and signed > timezone.localdate():
            self.add_error("signed_on", _("This day is still to come."))
        if signed and expires and not signed < expires <= signed + LONGEST_VOUCHING:
            self.add_error("expires_on", _("Choose a day after the signature, 400 days at most."))
        return given


class SecurityContactForm(forms.ModelForm):  # type: ignore[type-arg]
    expires_at = forms.DateField(label=_("Valid until"), widget=DayInput())

    class Meta:
        model = SecurityContact
        fields = ("address", "expires_at")

    def clean_expires_at(self) -> Any:
        day = self.cleaned_data["expires_at"]
        today = timezone.localdate()
        if not today < day <= today + LONGEST_CONTACT:
            raise ValidationError(_("Choose a day within a year from now."))
        return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


class SubprocessorForm(forms.ModelForm):  # type: ignore[type-arg]
    hosts = forms.CharField(
        label=_("Hosts"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The hosts that we reach it by, one a line."),
    )

    class Meta:
        model = Subprocessor
        fields = (
            "name", "postal_address", "country", "contact", "purpose_nl", "purpose_en", "hosts", "since", "ended_on",
        )  # fmt: skip
        widgets = {"since": DayInput(), "ended_on": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["hosts"] = "\n".join(self.instance.hosts)

    def clean_hosts(self) -> list[str]:
        return sorted(
            {line.strip().lower() for line in self.cleaned_data["hosts"].splitlines() if line.strip()}
        )
