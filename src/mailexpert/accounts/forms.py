"""Forms at the door, on top of allauth's: our words, and what a registration asks."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.fields import PasswordField
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts import actions
from mailexpert.accounts.actions_devices import bind_session, remember_device
from mailexpert.accounts.fields import KvkField, OneLineField, PhoneField, VatField
from mailexpert.accounts.models import Account, User
from mailexpert.base import clock

PASSWORD_HINT = _("At least 10 characters. A few words in a row are easy to keep in mind.")
EMAIL_LABEL = _("E-mail address")


def _plain(form: forms.Form) -> None:
    """No words inside fields: they vanish while someone types, and our labels say it already."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class LoginForm(allauth.LoginForm):  # type: ignore[misc, name-defined]
    remember = forms.BooleanField(required=False, label=_("Remember me on this device"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["remember"] = self.base_fields["remember"]
        self.fields["login"].label = EMAIL_LABEL
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, redirect_url=redirect_url)
        if self.cleaned_data["remember"] and request.user.is_authenticated:
            known = remember_device(request.user, request.headers.get("User-Agent", ""), clock.now())
            bind_session(known.device, request.session.session_key)
            request.device_cookie = known.cookie  # type: ignore[attr-defined]
        return response


class RegisterForm(allauth.SignupForm):  # type: ignore[misc, name-defined]
    kind = forms.ChoiceField(
        label=_("For whom is the account?"),
        choices=Account.Kind.choices,
        initial=Account.Kind.ORGANISATION,
        widget=forms.RadioSelect,
    )
    organisation = OneLineField(
        label=_("Organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    full_name = OneLineField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    kvk = KvkField(
        label=_("KvK number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    vat_number = VatField(label=_("VAT number"), max_length=30, required=False)
    phone = PhoneField(label=_("Phone"), required=False)
    postal_address = forms.CharField(
        label=_("Postal address"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
        help_text=_("Stands below every mailing, because the law asks for it. You can fill it in later."),
    )
    agreed = forms.BooleanField(
        label=_("I accept the terms and the data processing agreement"),
        error_messages={"required": _("Without these agreements we may not keep your contacts’ data.")},
    )

    field_order = (
        "kind", "organisation", "full_name", "email", "password1", "kvk", "vat_number", "phone",
        "postal_address", "agreed",
    )  # fmt: skip
    company = ("kvk", "vat_number", "phone", "postal_address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["organisation"].required = self.data.get("kind") != Account.Kind.PERSON
        self.fields["organisation"].error_messages["required"] = _("Fill in the name of your organisation.")
        self.fields["email"].label = EMAIL_LABEL
        self.fields["password1"].label = _("Password")
        self.fields["password1"].help_text = PASSWORD_HINT

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            # As long as a registration takes, so that the clock doesn't tell that this address is known.
            User().set_password(self.cleaned_data["password1"])
        with transaction.atomic():
            saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return saved

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        """The account that the new user owns, with what was accepted for it."""
        given, language = self.cleaned_data, translation.get_language() or "nl"
        account = actions.make_account(
            name=given["organisation"] if given["kind"] == Account.Kind.ORGANISATION else given["full_name"],
            owner=user,
            kind=given["kind"],
            language=language,
            **{name: given[name] for name in self.company},
        )
        actions.accept_agreements(account, user, language, clock.now())


class ResetPasswordForm(allauth.ResetPasswordForm):  # type: ignore[misc, name-defined]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["email"].label = EMAIL_LABEL
        self.fields["email"].widget.attrs |= {"autocomplete": "username", "autofocus": True}


class _NewPassword:
    """One field is enough: whoever mistypes it asks for another link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.fields  # type: ignore[attr-defined]
        del fields["password2"]
        _plain(self)  # type: ignore[arg-type]
        fields["password1"].label = _("New password")
        fields["password1"].help_text = PASSWORD_HINT


class ResetPasswordKeyForm(_NewPassword, allauth.ResetPasswordKeyForm):  # type: ignore[misc, name-defined]
    pass


class SetPasswordForm(_NewPassword, allauth.SetPasswordForm):  # type: ignore[misc, name-defined]
    pass


class ChangePasswordForm(_NewPassword, allauth.ChangePasswordForm):  # type: ignore[misc, name-defined]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["oldpassword"].help_text = ""


class ChangeEmailForm(allauth.AddEmailForm):  # type: ignore[misc, name-defined]
    """The password is asked again: who finds a browser open must not be able to take the login over."""

    password = PasswordField(label=_("Present password"), autocomplete="current-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["email"].label = _("New e-mail address")

    def clean_password(self) -> str:
        from allauth.account.adapter import get_adapter

        password = str(self.cleaned_data["password"])
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("incorrect_password")
        return password
