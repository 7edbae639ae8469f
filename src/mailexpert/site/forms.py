"""Forms of the console."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.fields import OneLineField
from mailexpert.tracking.models import Source
from mailexpert.tracking.rules_cost import LARGEST


class EditionForm(forms.Form):
    nl = forms.CharField(label=_("Text in Dutch"), required=False, widget=forms.Textarea(attrs={"rows": 24}))
    en = forms.CharField(
        label=_("Text in English"), required=False, widget=forms.Textarea(attrs={"rows": 24})
    )
    summary_nl = forms.CharField(
        label=_("What changes, in Dutch"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands in the mail and under News."),
    )
    summary_en = forms.CharField(
        label=_("What changes, in English"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wanted_at = forms.DateTimeField(
        label=_("In force not before"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: 30 days after the last notice went out."),
    )

    def bodies(self) -> dict[str, str]:
        given: dict[str, Any] = self.cleaned_data
        return {language: given[language].replace("\r\n", "\n") for language in ("nl", "en")}

    def facts(self) -> dict[str, str | datetime | None]:
        return {name: self.cleaned_data[name] for name in ("summary_nl", "summary_en", "wanted_at")}


class SignForm(forms.Form):
    name = OneLineField(
        label=_("Your full name, as your signature"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    agrees = forms.BooleanField(label=_("I have read this agreement and keep to it."))


class NewsForm(forms.Form):
    title_nl = OneLineField(label=_("Title in Dutch"), max_length=200)
    body_nl = forms.CharField(label=_("Text in Dutch"), widget=forms.Textarea(attrs={"rows": 8}))
    title_en = OneLineField(label=_("Title in English"), max_length=200)
    body_en = forms.CharField(label=_("Text in English"), widget=forms.Textarea(attrs={"rows": 8}))


class CostForm(forms.Form):
    source = forms.ChoiceField(label=_("From"), choices=Source.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Export (CSV)"),
        help_text=_(
            "With columns for day, campaign, keyword, clicks and cost. Days that come again are replaced."
        ),
    )

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            raise forms.ValidationError(_("This file is larger than an export of keywords can be."))
        return given

    def text(self) -> str:
        file = self.cleaned_data["file"]
        file.seek(0)  # the virus scanner was there first
        raw: bytes = file.read()
        for encoding in ("utf-8-sig", "utf-16") if raw[:2] not in (b"\xff\xfe", b"\xfe\xff") else ("utf-16",):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
        return raw.decode("cp1252", errors="replace")


class TagsForm(forms.Form):
    google = forms.RegexField(label="Google Analytics 4", regex=r"^G-[A-Z0-9]{4,14}$", required=False)
    microsoft = forms.RegexField(label="Microsoft Advertising (UET)", regex=r"^\d{4,14}$", required=False)


class PackageForm(forms.Form):
    name = OneLineField(label=_("Name"), max_length=60)
    contacts = forms.IntegerField(label=_("Contacts"), min_value=0, required=False)
    mails = forms.IntegerField(label=_("Mails a month"), min_value=0, required=False)
    megabytes = forms.IntegerField(label=_("Storage in MB"), min_value=0, required=False)
    sites = forms.IntegerField(
        label=_("Sites"), min_value=0, required=False, help_text=_("Empty is no limit, in every field.")
    )

    def limits(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        megabytes = given.pop("megabytes")
        return {**given, "storage": None if megabytes is None else megabytes * 1_000_000}
