"""What the policy promises, in our own words, and what must be seen for each before it counts as kept.

The sentence of a part says what its check looks at; a room registers the check with `core.promises.check`."""

from django.utils.translation import gettext_noop as _

from mailexpert.core.promises import DAILY, Part, Promise, declare

KNOW, MAIL, SECURITY, COOKIES, SHARING, CHOICE = "know", "mail", "security", "cookies", "sharing", "choice"
SECTIONS = {
    KNOW: _("What we know about you"),
    MAIL: _("Mail from us"),
    SECURITY: _("Security"),
    COOKIES: _("Cookies"),
    SHARING: _("Sharing with others"),
    CHOICE: _("You decide"),
}


def _parts(**labels: str) -> tuple[Part, ...]:
    return tuple(Part(key=key, label=label) for key, label in labels.items())


declare(
    Promise(
        id="A1",
        section=KNOW,
        text=_("We ask for your name, address, e-mail, phone or company details when you start."),
        parts=_parts(
            fields=_("the fields of the registration form"),
            confirmed=_("no mail before the address is confirmed"),
        ),
    ),
    Promise(
        id="A2",
        section=KNOW,
        text=_(
            "Web logs keep your visit: time, pages, duration, origin, browser and, briefly, your IP address."
        ),
        parts=_parts(visits=_("the visit log"), cut=_("the end of full IP addresses")),
    ),
    Promise(
        id="A3",
        section=KNOW,
        text=_("We know how your account is used: sites, images, templates and mailings."),
        parts=_parts(usage=_("what each account uses")),
    ),
    Promise(
        id="A7",
        section=KNOW,
        text=_("We use IP addresses to find faults and to run the site."),
        parts=_parts(diagnostics=_("finding a fault by its address"), age=_("the end of log lines")),
    ),
    Promise(
        id="A8",
        section=KNOW,
        text=_("We look at browsers and screen sizes to show the site well."),
        parts=_parts(devices=_("the report on browsers and screens")),
    ),
    Promise(
        id="A9",
        section=KNOW,
        text=_("We follow storage and volume to extend in time."),
        parts=_parts(forecast=_("the forecast of storage and volume")),
        every=DAILY,
    ),
    Promise(
        id="A27",
        section=KNOW,
        text=_("We don’t use measurements to find out who you are."),
        parts=_parts(
            register=_("the data register"), no_join=_("no path from visits to persons without consent")
        ),
    ),
    Promise(
        id="A28",
        section=KNOW,
        text=_("Measurements show searches, traffic and time on the site."),
        parts=_parts(insight=_("the reports on visits")),
    ),
    Promise(
        id="A4",
        section=MAIL,
        text=_("Your e-mail address gets product news and offers of MailExpert."),
        parts=_parts(
            customers=_("customers kept in step as contacts"), opt_out=_("nobody who opted out is mailed")
        ),
    ),
    Promise(
        id="A5",
        section=MAIL,
        text=_("Below every mailing stands an unsubscribe link; you can stop at any time."),
        parts=_parts(
            link=_("the link in composed mails, in text and headers"), one_click=_("the one-click address")
        ),
    ),
    Promise(
        id="A6",
        section=MAIL,
        text=_("We contact you about your account when that is needed."),
        parts=_parts(notices=_("account notices"), waiting=_("notices that wait for the relay")),
    ),
    Promise(
        id="A29",
        section=MAIL,
        text=_("We publish testimonials only with consent."),
        parts=_parts(consent=_("the consent of each testimonial")),
    ),
    Promise(
        id="A30",
        section=MAIL,
        text=_("Service announcements go to everyone; who doesn’t want them can deactivate the account."),
        parts=_parts(announcements=_("service announcements"), deactivation=_("deactivating an account")),
    ),
    Promise(
        id="A10",
        section=SECURITY,
        text=_("Data is protected when it is sent and when it is stored."),
        parts=_parts(
            wall=_("the wall between accounts"),
            transit=_("encryption on the way"),
            rest=_("secrets where they are stored"),
        ),
    ),
    Promise(
        id="A11",
        section=SECURITY,
        text=_("Systems and programs are up to date."),
        parts=_parts(packages=_("packages with known leaks or waiting updates")),
        every=DAILY,
    ),
    Promise(
        id="A12",
        section=SECURITY,
        text=_("Only necessary channels are open, and attempts to break in are met."),
        parts=_parts(
            listening=_("open ports"),
            firewall=_("the firewall"),
            attempts=_("guessing, scanning and flooding"),
        ),
    ),
    Promise(
        id="A13",
        section=SECURITY,
        text=_("Viruses are searched for at once; definitions are renewed several times a day."),
        parts=_parts(scanner=_("the virus scanner"), definitions=_("the age of the virus definitions")),
    ),
    Promise(
        id="A14",
        section=SECURITY,
        text=_("Disks stand in RAID, against failure."),
        parts=_parts(disks=_("the disks")),
        vouched=True,
    ),
    Promise(
        id="A15",
        section=SECURITY,
        text=_("A backup every day."),
        parts=_parts(age=_("the age of the last backup"), restored=_("restoring a backup")),
    ),
    Promise(
        id="A16",
        section=SECURITY,
        text=_("Every employee signs a privacy agreement."),
        parts=_parts(signed=_("the signatures of employees")),
    ),
    Promise(
        id="A17",
        section=SECURITY,
        text=_("Questions about security go to a known address."),
        parts=_parts(
            contact=_("security.txt and the contact page"), answers=_("answers before their deadline")
        ),
    ),
    Promise(
        id="A18",
        section=COOKIES,
        text=_("A session cookie ends when you close the browser."),
        parts=_parts(session=_("the session cookie that was served")),
    ),
    Promise(
        id="A19",
        section=COOKIES,
        text=_("“Remember me” keeps your access and settings; you can revoke it."),
        parts=_parts(
            device=_("the cookie of a remembered device"),
            declared=_("no cookie that isn’t declared"),
            explained=_("how to delete cookies, told in the page"),
        ),
    ),
    Promise(
        id="A20",
        section=COOKIES,
        text=_("Who refuses cookies can use the site all the same."),
        parts=_parts(without=_("public pages without a cookie")),
    ),
    Promise(
        id="A21",
        section=COOKIES,
        text=_("Third-party cookies load only after consent."),
        parts=_parts(
            third_parties=_("no third party before a choice"),
            conversions=_("conversions and their cost, with consent"),
        ),
    ),
    Promise(
        id="A22",
        section=COOKIES,
        text=_("We link a conversion to a customer only with consent."),
        parts=_parts(attribution=_("each link has its consent")),
    ),
    Promise(
        id="A23",
        section=SHARING,
        text=_("Personal data is never lent, rented, sold or made public."),
        parts=_parts(
            hosts=_("connections to undeclared hosts"), subprocessors=_("a declared company behind each host")
        ),
    ),
    Promise(
        id="A24",
        section=SHARING,
        text=_("We disclose data only where the law demands it."),
        parts=_parts(disclosures=_("the register of disclosures")),
    ),
    Promise(
        id="A25",
        section=SHARING,
        text=_("Statistics for partners never hold personal data."),
        parts=_parts(statistics=_("the figures for partners")),
    ),
    Promise(
        id="A26",
        section=CHOICE,
        text=_("Under Settings & Options you change your data, subscriptions and package."),
        parts=_parts(pages=_("the pages under Settings & Options"), package=_("changing the package")),
    ),
    Promise(
        id="A31",
        section=CHOICE,
        text=_("If the policy changes, you hear it 30 days before."),
        parts=_parts(notices=_("the notices of each version")),
    ),
    Promise(
        id="A32",
        section=CHOICE,
        text=_("Read the policy regularly."),
        parts=_parts(page=_("the public page of promises"), policy=_("the public policy, with its history")),
    ),
)
