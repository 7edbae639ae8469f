"""Pictures: taking them in, saying what is to be seen, cutting them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mailexpert.content.rules_image import RATIOS, WIDEST

DECORATION = _("Only decoration, no description needed")


class Seen(forms.CharField):
    """What is to be seen. It may come later, but it isn't optional."""

    is_needed_later = True


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Photo"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/gif,image/webp"}),
        help_text=_(
            "JPEG, PNG, GIF or WebP, at most 5 MB. Place and time that the camera noted are taken out."
        ),
    )
    alt = Seen(
        label=_("What is to be seen"),
        max_length=500,
        required=False,
        help_text=_(
            "For who has pictures switched off or hears the mail. Else it is asked once it is stored."
        ),
    )
    decorative = forms.BooleanField(label=DECORATION, required=False)


class AnswerForm(forms.Form):
    """One picture's answer: what is to be seen, or that it is decoration. Neither, and it waits."""

    alt = Seen(label=_("What is to be seen"), max_length=500, required=False)
    decorative = forms.BooleanField(label=DECORATION, required=False)

    @property
    def is_answered(self) -> bool:
        return bool(self.cleaned_data["alt"].strip() or self.cleaned_data["decorative"])


class DescribeForm(AnswerForm):
    name = forms.CharField(label=_("Name, for yourself"), max_length=200)
    field_order = ("name", "alt", "decorative")


class CutForm(forms.Form):
    ratio = forms.ChoiceField(label=_("Shape"), choices=[(name, name) for name in RATIOS], initial="16:9")
    across = forms.IntegerField(
        label=_("What matters: per cent from the left"), min_value=0, max_value=100, initial=50
    )
    down = forms.IntegerField(
        label=_("What matters: per cent from the top"), min_value=0, max_value=100, initial=50
    )


class ResizeForm(forms.Form):
    width = forms.IntegerField(
        label=_("Width in pixels"),
        min_value=16,
        max_value=WIDEST,
        help_text=_("A mail is 600 wide; twice that is sharp on every screen. The height follows."),
    )


class ReplaceForm(forms.Form):
    file = forms.FileField(
        label=_("The new photo"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/gif,image/webp"}),
        help_text=_("Templates and drafts show it from now on. Mails that were sent keep the old one."),
    )


class HostForm(forms.Form):
    """A host of the account's own, under which its pictures are fetched."""

    host = forms.CharField(
        label=_("Host for your photos"),
        max_length=253,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "beeld.", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Under a sender domain of yours. Leave it empty to use our address."),
    )
