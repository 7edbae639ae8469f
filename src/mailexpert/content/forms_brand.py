"""The account's brand, filled in by hand or chosen from what its site shows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mailexpert.content.blocks.kinds import FONTS
from mailexpert.content.models import Image
from mailexpert.content.rules_brand import is_colour, is_pale

FONT_NAMES = [(name, stack.split(",")[0].strip("'")) for name, stack in FONTS.items()]
MOST_IMAGES = 200
OWN_PICTURES = forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/gif,image/webp"})


class Colour(forms.CharField):
    """#rrggbb, chosen with the browser's own means."""

    widget = forms.TextInput(attrs={"type": "color", "class": "form-control-color me-colour"})

    def clean(self, value: Any) -> str:
        given = str(super().clean(value)).lower()
        if not is_colour(given):
            raise forms.ValidationError(_("A colour is written as # with six figures or letters a to f."))
        return given


class BrandForm(forms.Form):
    name = forms.CharField(
        label=_("Name above your mails"),
        max_length=200,
        required=False,
        help_text=_("Beside the logo’s place, and what is read aloud for it."),
    )
    logo = forms.ChoiceField(label=_("Logo"), required=False)
    logo_file = forms.FileField(
        label=_("Or a new logo"),
        required=False,
        widget=OWN_PICTURES,
        help_text=_("JPEG, PNG, GIF or WebP, at most 5 MB. No mail program shows an SVG."),
    )
    logo_width = forms.IntegerField(
        label=_("Width of the logo, in pixels"), min_value=40, max_value=400, initial=160
    )
    accent = Colour(label=_("Your colour"), help_text=_("Buttons, titles and links."))
    ground = Colour(label=_("Colour around the mail"), help_text=_("Light; the mail itself lies on white."))
    font = forms.ChoiceField(
        label=_("Font"),
        choices=FONT_NAMES,
        help_text=_("Fonts that every device has; others are replaced by something else there."),
    )
    reason = forms.CharField(
        label=_("Why people get your mails"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands below each new mail in your language, above the unsubscribe link."),
    )

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        images = Image.objects.order_by("-id").values_list("id", "name")[:MOST_IMAGES]
        choices = [(str(pk), name) for pk, name in images]
        self.fields["logo"].choices = [("", _("No logo: the name in your colour")), *choices]  # type: ignore[attr-defined]

    def clean_ground(self) -> str:
        ground = str(self.cleaned_data["ground"])
        if not is_pale(ground):
            raise forms.ValidationError(
                _("Choose a lighter colour: the small print below the mail lies on it.")
            )
        return ground


class SiteForm(forms.Form):
    site = forms.CharField(
        label=_("Address of your site"),
        max_length=300,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "www.", "autocomplete": "url"}),
    )


class TakeForm(forms.Form):
    """What was chosen from the site."""

    accent = Colour()
    ground = Colour()
    font = forms.ChoiceField(choices=FONT_NAMES)
    logo = forms.CharField(max_length=2000, required=False)
    name = forms.CharField(max_length=200, required=False)
    site = forms.CharField(max_length=300, required=False)
