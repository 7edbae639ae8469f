"""A template from elsewhere: a file, a page's address, or its source."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mailexpert.content.rules import LARGEST_SOURCE
from mailexpert.content.rules_bundle import LARGEST

WAYS = ("file", "address", "source")


class TakeInForm(forms.Form):
    file = forms.FileField(
        label=_("A file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,.mjml,.html,.htm,.txt"}),
        help_text=_("MJML, HTML or text, or a zip with its pictures; at most 20 MB."),
    )
    address = forms.CharField(
        label=_("Or the address of a page"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
        help_text=_("The web version of a mail, for one. Its pictures come along into your library."),
    )
    source = forms.CharField(
        label=_("Or its source"),
        max_length=LARGEST_SOURCE,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "me-code-small"}),
        help_text=_("Paste MJML, HTML or text."),
    )
    name = forms.CharField(
        label=_("Name"), max_length=200, required=False, help_text=_("Without one it is called as the file.")
    )
    folder = forms.CharField(label=_("Folder"), max_length=100, required=False)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST:
            raise forms.ValidationError(_("This file is larger than 20 MB, so it isn’t taken."))
        return file

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        ways = [name for name in WAYS if given.get(name) and str(given[name]).strip()]
        if not self.errors and len(ways) != 1:
            raise forms.ValidationError(
                _("Choose one: a file, an address or a source.")
                if ways
                else _("Give a file, an address or a source.")
            )
        return given
