"""A goal, and the rules for the account's sites, as a person writes them."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mailexpert.mail import goals
from mailexpert.mail.attribution import LEAST_DAYS, MOST_DAYS, word
from mailexpert.tracking.actions_goals import Wanted
from mailexpert.tracking.models import Goal

PLAIN = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
UTM = re.compile(r"[a-z0-9_.-]{1,50}")
KINDS = [
    (Goal.Kind.PAGE, _("A page is reached, like the one that says thank you")),
    (Goal.Kind.EVENT, _("Something happens on a page, like a download")),
    (Goal.Kind.VALUE, _("An order or gift, with its amount")),
]


class GoalForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Like “Order” or “Brochure asked for”.")
    )
    kind = forms.ChoiceField(
        label=_("What counts"), choices=KINDS, widget=forms.RadioSelect, initial=Goal.Kind.PAGE
    )
    pattern = forms.CharField(
        label=_("The page"),
        required=False,
        max_length=goals.LONGEST_PATTERN,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=_(
            "For a page: its address after the name of the site, like /thanks. A * stands for anything."
        ),
    )
    event = forms.CharField(
        label=_("The name that the page calls"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=_("For an event or an order: letters, figures and - _ . like “order”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("pattern", "event"):  # one of them, by what counts
            self.fields[name].is_needed_later = True  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == Goal.Kind.PAGE:
            given["event"] = ""
            if not goals.is_pattern(given.get("pattern", "")):
                self.add_error(
                    "pattern", _("Write the page as /thanks or /shop/*/done, with at most five *.")
                )
        elif "kind" in given:
            given["pattern"], given["event"] = "", goals.name(given.get("event", ""))
            if not given["event"]:
                self.add_error(
                    "event", _("Write a name of letters and figures, without spaces, like “order”.")
                )
        return given

    def wanted(self) -> Wanted:
        return Wanted(**self.cleaned_data)


class RulesForm(forms.Form):
    window_days = forms.IntegerField(
        label=_("Days between a click and what came of it"),
        min_value=LEAST_DAYS,
        max_value=MOST_DAYS,
        help_text=_("The last click counts, when it was at most so many days before. From 1 to 30."),
    )
    utm = forms.BooleanField(
        label=_("Put utm words on the links to your sites"),
        required=False,
        help_text=_(
            "For the statistics that you have yourself. Only on links to your own sites, and not where a link has "
            "them already. The campaign is the name of the mailing."
        ),
    )
    utm_source = forms.CharField(label="utm_source", max_length=50, widget=forms.TextInput(attrs=PLAIN))
    utm_medium = forms.CharField(label="utm_medium", max_length=50, widget=forms.TextInput(attrs=PLAIN))

    def clean_utm_source(self) -> str:
        return _utm(self.cleaned_data["utm_source"])

    def clean_utm_medium(self) -> str:
        return _utm(self.cleaned_data["utm_medium"])


def _utm(text: str) -> str:
    found = word(text)
    if not UTM.fullmatch(found):
        raise forms.ValidationError(_("Letters, figures and - _ . alone, like “email”."))
    return found
