"""How MailExpert opens its door: allauth's flows with our words, links and mails."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

from mailexpert.accounts import letters
from mailexpert.accounts.actions_devices import COOKIE, end_everywhere, forget_cookie
from mailexpert.accounts.client import client_ip
from mailexpert.accounts.models import User, Word
from mailexpert.accounts.queries import accounts_of
from mailexpert.accounts.rules import device_name
from mailexpert.accounts.words import note_login, tell
from mailexpert.base import env
from mailexpert.core.scope import account

SAID = {
    "account/messages/password_changed.txt": gettext_lazy(
        "Your password has been changed. Other devices and sessions have been logged out."
    ),
    "account/messages/password_set.txt": gettext_lazy("Your password has been set."),
    "account/messages/email_confirmed.txt": gettext_lazy("%(email)s has been confirmed."),
    "account/messages/email_confirmation_failed.txt": gettext_lazy(
        "%(email)s belongs to another login already, so it can’t be confirmed here."
    ),
}


class DoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("This login has been switched off."),
        "duplicate_email": gettext_lazy("You use this address already."),
        "email_password_mismatch": gettext_lazy("The e-mail address or the password isn’t right."),
        "enter_current_password": gettext_lazy("This isn’t your present password."),
        "incorrect_password": gettext_lazy("This isn’t your present password."),
        "invalid_login": gettext_lazy("The e-mail address or the password isn’t right."),
        "invalid_password_reset": gettext_lazy("This link has been used or is too old."),
        "too_many_login_attempts": gettext_lazy(
            "Too many failed attempts. Wait five minutes, then try again."
        ),
        "rate_limited": gettext_lazy("That was too often. Wait a few minutes, then try again."),
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.full_name = form.cleaned_data.get("full_name", "")
        user.language = translation.get_language() or settings.LANGUAGE_CODE
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def set_password(self, user: User, password: str) -> None:
        """A new password also ends what the old one opened."""
        user.set_password(password)
        user.save(update_fields=["password"])
        end_everywhere(user)

    def post_login(self, request: HttpRequest, user: User, **flow: Any) -> Any:
        """A login from a kind of device that wasn't seen before is told to the user by mail."""
        if note_login(user, request.headers.get("User-Agent", "")):
            browser, system = device_name(request.headers.get("User-Agent", ""))
            for mine in accounts_of(user)[:1]:
                with account(mine.id):
                    device = f"{browser} · {system}"
                    tell(
                        Word.Kind.NEW_DEVICE,
                        f"{user.pk}:{device}",
                        "/instellingen/apparaten/",
                        who=str(user),
                        device=device,
                    )
        return super().post_login(request, user, **flow)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            forget_cookie(request.user, request.COOKIES.get(COOKIE, ""))
        request.device_cookie = ""  # type: ignore[attr-defined]
        super().logout(request)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of who gets it."""
        language = getattr(context.get("user"), "language", "") or translation.get_language()
        with translation.override(language):
            letters.write(template_prefix, email, context)

    # Links name our own address: the Host of a request is whatever its sender says.

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return env.load().base_url + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return env.load().base_url + path.replace("UID-KEY", key)

    def send_account_already_exists_mail(self, email: str) -> None:
        url = env.load().base_url + reverse("account_reset_password")
        self.send_mail("account/email/account_already_exists", email, {"password_reset_url": url})

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Only what a person needs to hear; "you have logged in" is plain to see."""
        said = message or SAID.get(message_template or "")
        if said:
            messages.add_message(request, level, str(said) % (message_context or {}), extra_tags=extra_tags)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings:devices")
