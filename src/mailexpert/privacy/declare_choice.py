"""What is stored about choices on cookies, and the cookies that follow from them (core.register)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from mailexpert.core.register import Column, Cookie, Retention, declare, declare_cookies
from mailexpert.privacy.choice import COOKIE, KEPT

CAMPAIGN_COOKIE = "mailexpert_campaign"

declare(
    "privacy_cookiechoice",
    purpose="essential.legal_obligation",
    ground="legal duty: showing what a visitor agreed to (article 7 GDPR)",
    subject="visitor",
    keep="5 years",
    columns={
        "reference": Column(category="user.device.cookie_id", export=False),
        "purposes": Column(category="user.privacy_preferences", export=False),
        "how": Column(category="user.behavior", export=False),
    },
    technical=("id", "version", "at"),
    retention=Retention(column="at", after=timedelta(days=5 * 366)),
)
declare_cookies(
    Cookie(
        name=COOKIE,
        purpose=_("Keeps what you chose about cookies, so that we don’t ask again."),
        kept=_("half a year"),
        when=_("when you choose"),
        category="user.privacy_preferences",
        use="essential.legal_obligation",
        longest=KEPT,
    ),
    Cookie(
        name=CAMPAIGN_COOKIE,
        purpose=_("Links an advertisement that you clicked with your registration, to know what it cost us."),
        kept=_("90 days, or until you register"),
        when=_("only with your consent, after a click on an advertisement"),
        use="marketing.advertising",
        essential=False,
        longest=timedelta(days=90),
    ),
    Cookie(
        name="_ga",
        purpose=_("Web analytics by Google. What Google does with it is beyond our control."),
        kept=_("two years"),
        when=_("only with your consent"),
        use="analytics.reporting",
        essential=False,
        longest=timedelta(days=731),
        owner="Google Analytics 4",
    ),
    Cookie(
        name="_uetvid",
        purpose=_("Conversion measurement by Microsoft. What Microsoft does with it is beyond our control."),
        kept=_("13 months"),
        when=_("only with your consent"),
        use="marketing.advertising",
        essential=False,
        longest=timedelta(days=400),
        owner="Microsoft Advertising",
    ),
)
