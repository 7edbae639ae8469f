"""The forms of sender domains."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mailexpert.sending import actions_domains

PLAIN = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}


class DomainForm(forms.Form):
    name = forms.CharField(
        label=_("Domain"),
        max_length=253,
        help_text=_("What stands behind the @ of your sender, like yourshop.com."),
        widget=forms.TextInput(attrs=PLAIN),
    )

    def clean_name(self) -> str:
        given = str(self.cleaned_data["name"])
        return _domain(given.rpartition("@")[2])


class SpfForm(forms.Form):
    include = forms.CharField(
        label=_("SPF of your provider"),
        max_length=253,
        required=False,
        help_text=_(
            "Like spf.provider.com, when your provider names one. Leave empty to allow the mail server itself."
        ),
        widget=forms.TextInput(attrs=PLAIN),
    )

    def clean_include(self) -> str:
        given = str(self.cleaned_data["include"]).strip().removeprefix("include:")
        return _domain(given) if given else ""


def _domain(given: str) -> str:
    try:
        return actions_domains.read_name(given)
    except actions_domains.NoDomain as problem:
        raise ValidationError(_("This is no domain name. Give it like yourshop.com.")) from problem
