"""Every cookie that MailExpert sets, and why; shown to everyone, and the list that a test holds us to."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.actions_devices import COOKIE


@dataclass(frozen=True, kw_only=True)
class Cookie:
    name: str
    purpose: str | Promise
    kept: str | Promise
    when: str | Promise


COOKIES = (
    Cookie(
        name=settings.SESSION_COOKIE_NAME,
        purpose=_("Knows that you are logged in while you go from page to page."),
        kept=_("until you close the browser"),
        when=_("when you log in"),
    ),
    Cookie(
        name=settings.CSRF_COOKIE_NAME,
        purpose=_(
            "Proves that a form was sent from our own page, so that another site can’t do it in your name."
        ),
        kept=_("one year"),
        when=_("on pages with a form"),
    ),
    Cookie(
        name=COOKIE,
        purpose=_("Lets you in again on this device. It never holds your password and changes each time."),
        kept=_("90 days, or until you log out or revoke the device"),
        when=_("only if you choose “Remember me”"),
    ),
    Cookie(
        name=settings.LANGUAGE_COOKIE_NAME,
        purpose=_("Keeps the language you chose."),
        kept=_("one year"),
        when=_("when you change the language"),
    ),
    Cookie(
        name="mailexpert_theme",
        purpose=_("Keeps whether you chose light or dark."),
        kept=_("one year"),
        when=_("when you change light or dark"),
    ),
)
