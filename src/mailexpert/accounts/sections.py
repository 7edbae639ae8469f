"""The sections of Instellingen & Opties."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Section:
    url_name: str
    icon: str
    title: str | Promise
    text: str | Promise
    role: str = "viewer"

    @property
    def url(self) -> str:
        """Empty while the room that owns the page isn't there."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


YOU = (
    Section(
        url_name="settings:profile",
        icon="user",
        title=_("Profile"),
        text=_("Your name, e-mail address, language, light or dark."),
    ),
    Section(
        url_name="account_change_password",
        icon="lock",
        title=_("Password"),
        text=_("Choose another password."),
    ),
    Section(
        url_name="settings:devices",
        icon="devices",
        title=_("Devices"),
        text=_("Where you stay logged in, and how to end that."),
    ),
    Section(
        url_name="settings:subscriptions",
        icon="mail",
        title=_("Mails from MailExpert"),
        text=_("Which mails you want from us."),
    ),
)
ACCOUNT = (
    Section(
        url_name="settings:words",
        icon="bell",
        title=_("Word about the account"),
        text=_("Limits, imports, domains, logins: what happened, and what you want a mail about."),
    ),
    Section(
        url_name="settings:company",
        icon="building",
        title=_("Organisation"),
        text=_("Name, KvK, VAT, and the address below your mailings."),
    ),
    Section(
        url_name="settings:users",
        icon="users",
        title=_("Users"),
        text=_("Who works in this account, and what they may do."),
    ),
    Section(
        url_name="settings:package",
        icon="gauge",
        title=_("Package & usage"),
        text=_("What you use and what is included."),
    ),
    Section(
        url_name="sending:relay",
        icon="server",
        title=_("Outgoing mail"),
        text=_("The mail server that your mailings leave through."),
        role="admin",
    ),
    Section(
        url_name="sending:domains",
        icon="world-check",
        title=_("Sender domains"),
        text=_("The domains you send from: their keys, their records, and whether DNS shows them."),
    ),
    Section(
        url_name="settings:sites",
        icon="world",
        title=_("Sites"),
        text=_("Your web sites, shown to be yours, that forms may lead to."),
    ),
    Section(
        url_name="tracking:sites",
        icon="activity",
        title=_("Measuring on your sites"),
        text=_("A script for your own site, so that orders and other goals are counted for your mailings."),
    ),
    Section(
        url_name="settings:tokens",
        icon="key",
        title=_("API tokens"),
        text=_("Keys for programs that work in this account."),
        role="admin",
    ),
)
PRIVACY = (
    Section(
        url_name="contacts:cases",
        icon="shield-check",
        title=_("Requests"),
        text=_("What people ask by right, with the day by which you answer."),
    ),
    Section(
        url_name="tracking:measuring",
        icon="chart-line",
        title=_("Measuring"),
        text=_("How far your mailings measure: nothing, clicks, opens, persons who agreed."),
        role="admin",
    ),
    Section(
        url_name="site:testimonial",
        icon="star",
        title=_("Testimonial"),
        text=_("What you say about MailExpert, shown only as long as you agree."),
        role="admin",
    ),
    Section(
        url_name="settings:leave",
        icon="logout",
        title=_("Take along & leave"),
        text=_("Everything of this account in one file, and ending the account."),
        role="owner",
    ),
    Section(
        url_name="settings:privacy",
        icon="shield-check",
        title=_("Privacy"),
        text=_("What we keep about you, why and how long, and what you agreed to."),
    ),
    Section(
        url_name="settings:cookies",
        icon="file-text",
        title=_("Cookies"),
        text=_("Which cookies are set, why, and how you delete them."),
    ),
)
GROUPS = ((_("You"), YOU), (_("Account"), ACCOUNT), (_("Privacy"), PRIVACY))
