"""Every cookie that MailExpert sets, and why; shown to everyone, and the list that a test holds us to."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mailexpert.accounts.actions_devices import COOKIE, REMEMBERED
from mailexpert.core.register import Cookie, declare_cookies

YEAR = timedelta(days=366)
ACCESS = "essential.service.authentication"

COOKIES = (
    Cookie(
        name=settings.SESSION_COOKIE_NAME,
        purpose=_("Knows that you are logged in while you go from page to page."),
        kept=_("until you close the browser"),
        when=_("when you log in"),
        use=ACCESS,
    ),
    Cookie(
        name=settings.CSRF_COOKIE_NAME,
        purpose=_(
            "Proves that a form was sent from our own page, so that another site can’t do it in your name."
        ),
        kept=_("until you close the browser"),
        when=_("on pages with a form"),
        use="essential.service.security",
    ),
    Cookie(
        name=COOKIE,
        purpose=_("Lets you in again on this device. It never holds your password and changes each time."),
        kept=_("90 days, or until you log out or revoke the device"),
        when=_("only if you choose “Remember me”"),
        use=ACCESS,
        essential=False,
        longest=REMEMBERED,
    ),
    Cookie(
        name=settings.LANGUAGE_COOKIE_NAME,
        purpose=_("Keeps the language you chose."),
        kept=_("one year"),
        when=_("when you change the language"),
        category="user.account.settings",
        use="functional.service",
        essential=False,
        longest=YEAR,
    ),
    Cookie(
        name="mailexpert_theme",
        purpose=_("Keeps whether you chose light or dark."),
        kept=_("one year"),
        when=_("when you change light or dark"),
        category="user.account.settings",
        use="functional.service",
        essential=False,
        longest=YEAR,
    ),
)
declare_cookies(*COOKIES)
