"""Forms of Instellingen & Opties."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.fields import KvkField, OneLineField, PhoneField, VatField
from mailexpert.accounts.models import Account, ApiToken, Role, User
from mailexpert.accounts.rules import may_give


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    full_name = OneLineField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label=_("Light or dark"), choices=User.Theme.choices, widget=forms.RadioSelect)

    class Meta:
        model = User
        fields = ("full_name", "language", "theme")


class CompanyForm(forms.ModelForm):  # type: ignore[type-arg]
    name = OneLineField(label=_("Name"), max_length=200)
    kvk = KvkField(label=_("KvK number"), max_length=20, required=False)
    vat_number = VatField(label=_("VAT number"), max_length=30, required=False)
    phone = PhoneField(label=_("Phone"), required=False)
    postal_address = forms.CharField(
        label=_("Postal address"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
        help_text=_("Stands below every mailing, because the law asks for it."),
    )
    sender_note = OneLineField(
        label=_("Extra words below your mailings"),
        max_length=200,
        required=False,
        help_text=_("For instance “ANBI, RSIN 123456789”."),
    )

    class Meta:
        model = Account
        fields = ("kind", "name", "kvk", "vat_number", "phone", "postal_address", "sender_note")
        labels: ClassVar[dict[str, Any]] = {"kind": _("For whom is the account?")}
        widgets: ClassVar[dict[str, Any]] = {"kind": forms.RadioSelect}


class SubscriptionsForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("wants_product_updates", "wants_promotions")
        labels: ClassVar[dict[str, Any]] = {
            "wants_product_updates": _("Product updates"),
            "wants_promotions": _("Offers"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "wants_product_updates": _("What is new in MailExpert, at most once a month."),
            "wants_promotions": _("Packages and advantages, now and then."),
        }


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.EDITOR)

    def __init__(self, *args: Any, giver: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.giver = giver
        self.fields["role"].choices = roles_to_give(giver)  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)

    def __init__(self, *args: Any, giver: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_to_give(giver)  # type: ignore[attr-defined]


def roles_to_give(giver: str) -> list[tuple[str, Any]]:
    return [(role, label) for role, label in Role.choices if may_give(giver, role)]


class TokenForm(forms.Form):
    name = OneLineField(label=_("Name"), max_length=100, help_text=_("What uses it, for instance “website”."))
    scopes = forms.MultipleChoiceField(
        label=_("Is allowed to"),
        choices=ApiToken.Scope.choices,
        initial=[ApiToken.Scope.READ],
        widget=forms.CheckboxSelectMultiple,
    )


class JoinForm(forms.Form):
    """A new colleague behind a mailed invitation: the link proves the address, the rest is asked here."""

    full_name = OneLineField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. A few words in a row are easy to keep in mind."),
    )

    def clean(self) -> dict[str, Any]:
        from django.contrib.auth.password_validation import validate_password

        cleaned = super().clean() or {}
        if cleaned.get("password"):
            try:
                validate_password(cleaned["password"], User(full_name=cleaned.get("full_name", "")))
            except ValidationError as problem:
                self.add_error("password", problem)
        return cleaned
