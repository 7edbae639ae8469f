"""Form fields that more than one form asks for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.rules import clean_kvk, clean_vat, is_one_line


class OneLineField(forms.CharField):
    """A name or another text that may stand in a mail's header."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not is_one_line(text):
            raise ValidationError(_("Write this on one line, without special control characters."))
        return " ".join(text.split())


class KvkField(forms.CharField):
    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        number = clean_kvk(text) if text else ""
        if number is None:
            raise ValidationError(_("A KvK number has eight digits, like 12345678."))
        return number


class VatField(forms.CharField):
    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        number = clean_vat(text) if text else ""
        if number is None:
            raise ValidationError(_("A VAT number begins with its country, like NL123456789B01."))
        return number


class PhoneField(forms.RegexField):
    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        options["error_messages"] = {"invalid": _("Write a phone number with digits, like 06 12345678.")}
        super().__init__(r"^\+?[\d ()/.\-]{6,30}$", **options)
