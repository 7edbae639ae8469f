"""Writing a template."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mailexpert.content.models import Template
from mailexpert.content.rules import LARGEST_SOURCE
from mailexpert.content.values import Draft

KINDS = [(kind.value, kind.label) for kind in Template.Kind]


LONGEST_LINE = 400


class SourceInput(forms.Textarea):
    """Code: as typed, without the browser's help."""

    def __init__(self) -> None:
        super().__init__(
            attrs={
                "class": "me-code",
                "rows": 24,
                "wrap": "off",
                "spellcheck": "false",
                "autocapitalize": "off",
                "autocomplete": "off",
            }
        )


class OneLine(forms.Textarea):
    """As high as what is written, so that nothing is cut off, but one line: Enter breaks none (content/editor.js)."""

    def __init__(self) -> None:
        super().__init__(
            attrs={
                "class": "me-grow",
                "rows": 1,
                "maxlength": LONGEST_LINE,
                "autocomplete": "off",
                "data-one-line": True,
            }
        )


class DraftForm(forms.Form):
    """What is being written: enough for a preview."""

    kind = forms.ChoiceField(choices=KINDS, widget=forms.HiddenInput)
    subject = forms.CharField(
        label=_("Subject"),
        max_length=LONGEST_LINE,
        required=False,
        widget=OneLine,
        help_text=_("A mailing made from this template begins with it."),
    )
    preheader = forms.CharField(
        label=_("First line in the inbox"),
        max_length=LONGEST_LINE,
        required=False,
        widget=OneLine,
        help_text=_(
            "Mail programs show it beside the subject. Without one they take the first words of the mail."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language of the mail"),
        choices=settings.LANGUAGES,
        help_text=_("A screen reader reads the mail aloud in this language."),
    )
    source = forms.CharField(
        label=_("Source"), max_length=LARGEST_SOURCE, required=False, strip=False, widget=SourceInput
    )

    def draft(self) -> Draft:
        given: dict[str, Any] = self.cleaned_data
        return Draft(**{name: given[name] for name in ("kind", "source", "subject", "preheader", "language")})


class TemplateForm(DraftForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, initial=1)

    field_order = ("name", "subject", "preheader", "language", "source", "kind", "version")


class BlankForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("Only you and your colleagues see it.")
    )
    kind = forms.ChoiceField(
        label=_("What you write in"), choices=KINDS, initial="blocks", widget=forms.RadioSelect
    )
