"""What the policy promises, in our own words, and what must be seen for each before it counts as kept.

`means` tells everyone what a breach comes to, `doing` what we do then; both hold whichever part is broken.
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
        means=_(
            "You may have been asked for more than we need, or have had mail before you confirmed your address."
        ),
        doing=_(
            "We take the question away, erase what it brought in, and stop mail to addresses that nobody confirmed."
        ),
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
        means=_("Visits may be counted wrongly, or your full IP address may be kept longer than 7 days."),
        doing=_("We mend the visit log and empty IP addresses that should have gone."),
        parts=_parts(visits=_("the visit log"), cut=_("the end of full IP addresses")),
    ),
    Promise(
        id="A3",
        section=KNOW,
        text=_("We know how your account is used: sites, images, templates and mailings."),
        means=_("What you read about your own usage may not be right; your mailings go out as always."),
        doing=_("We count the usage again from what is really stored."),
        parts=_parts(usage=_("what each account uses")),
    ),
    Promise(
        id="A7",
        section=KNOW,
        text=_("We use IP addresses to find faults and to run the site."),
        means=_(
            "A fault that you meet takes us longer to find, or log lines with your IP address stay over 14 days."
        ),
        doing=_("We mend the web log and delete lines that are too old."),
        parts=_parts(diagnostics=_("finding a fault by its address"), age=_("the end of log lines")),
    ),
    Promise(
        id="A8",
        section=KNOW,
        text=_("We look at browsers and screen sizes to show the site well."),
        means=_("Our pages may fit your screen or browser less well; nothing more is known about you."),
        doing=_("We mend the counting of browsers and screens."),
        parts=_parts(devices=_("the report on browsers and screens")),
    ),
    Promise(
        id="A9",
        section=KNOW,
        text=_("We follow storage and volume to extend in time."),
        means=_(
            "Room for your contacts, pictures and mailings could run short without our seeing it in time."
        ),
        doing=_("We measure storage and volume by hand and extend where a limit is near."),
        parts=_parts(forecast=_("the forecast of storage and volume")),
        every=DAILY,
    ),
    Promise(
        id="A27",
        section=KNOW,
        text=_("We don’t use measurements to find out who you are."),
        means=_("What was measured could be traced to you without your consent."),
        doing=_("We cut the link, erase what it brought together, and tell you if it was about you."),
        parts=_parts(
            register=_("the data register"),
            no_join=_("no path from visits to persons without consent"),
            conversions=_("no order that names a person without consent"),
        ),
    ),
    Promise(
        id="A28",
        section=KNOW,
        text=_("Measurements show searches, traffic and time on the site."),
        means=_("We see less of how our site is used; for you nothing changes."),
        doing=_("We mend the reports and look whether visits come in again."),
        parts=_parts(insight=_("the reports on visits")),
    ),
    Promise(
        id="A4",
        section=MAIL,
        text=_("Your e-mail address gets product news and offers of MailExpert."),
        means=_("You may get product news that you opted out of, or miss news that you want."),
        doing=_("We hold our product news back until the choice of every customer is followed."),
        parts=_parts(
            customers=_("customers kept in step as contacts"), opt_out=_("nobody who opted out is mailed")
        ),
    ),
    Promise(
        id="A5",
        section=MAIL,
        text=_("Below every mailing stands an unsubscribe link; you can stop at any time."),
        means=_("Unsubscribing from a mailing may not work at once; a message to us always does."),
        doing=_("We stop mailings without a working link and unsubscribe by hand who asks us."),
        parts=_parts(
            link=_("the link in composed mails, in text and headers"), one_click=_("the one-click address")
        ),
    ),
    Promise(
        id="A6",
        section=MAIL,
        text=_("We contact you about your account when that is needed."),
        means=_(
            "You may not hear of something about your account in time; look at the notices in your account."
        ),
        doing=_("We mend the notices and send those that waited."),
        parts=_parts(notices=_("account notices"), waiting=_("notices that wait for the relay")),
    ),
    Promise(
        id="A29",
        section=MAIL,
        text=_("We publish testimonials only with consent."),
        means=_("Somebody’s words may stand on our site without their consent."),
        doing=_("We take that testimonial off the site at once and ask for consent again."),
        parts=_parts(consent=_("the consent of each testimonial")),
    ),
    Promise(
        id="A30",
        section=MAIL,
        text=_("Service announcements go to everyone; who doesn’t want them can deactivate the account."),
        means=_("You may miss news of maintenance, or can’t deactivate your account yourself."),
        doing=_("We put maintenance on the news page and deactivate an account by hand for who asks."),
        parts=_parts(announcements=_("service announcements"), deactivation=_("deactivating an account")),
    ),
    Promise(
        id="A10",
        section=SECURITY,
        text=_("Data is protected when it is sent and when it is stored."),
        means=_("Your data may be less well protected on its way or where it is stored."),
        doing=_("We close the gap first, and tell you and the supervisory authority if data leaked."),
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
        means=_("A known weakness in a program may not be mended here yet."),
        doing=_("We install the update, or switch off what is weak until there is one."),
        parts=_parts(packages=_("packages with known leaks or waiting updates")),
        every=DAILY,
    ),
    Promise(
        id="A12",
        section=SECURITY,
        text=_("Only necessary channels are open, and attempts to break in are met."),
        means=_("There may be a way into our systems that should be closed."),
        doing=_("We close the channel and look in the logs whether anybody used it."),
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
        means=_("Files are scanned with older definitions, or refused while there is no scanner."),
        doing=_(
            "We renew the definitions by hand, from a second source if we must, and start the scanner again."
        ),
        parts=_parts(scanner=_("the virus scanner"), definitions=_("the age of the virus definitions")),
    ),
    Promise(
        id="A14",
        section=SECURITY,
        text=_("Disks stand in RAID, against failure."),
        means=_("One more disk that fails could cost data since the last backup."),
        doing=_("We replace the disk, or ask the provider for a new statement."),
        parts=_parts(disks=_("the disks")),
        vouched=True,
    ),
    Promise(
        id="A15",
        section=SECURITY,
        text=_("A backup every day."),
        means=_("After a disaster you could lose more than one day’s work."),
        doing=_("We make a backup by hand and try whether it can be restored."),
        parts=_parts(age=_("the age of the last backup"), restored=_("restoring a backup")),
    ),
    Promise(
        id="A16",
        section=SECURITY,
        text=_("Every employee signs a privacy agreement."),
        means=_("An employee may have access without having signed for your privacy."),
        doing=_("We close that access until the agreement is signed."),
        parts=_parts(signed=_("the signatures of employees")),
    ),
    Promise(
        id="A17",
        section=SECURITY,
        text=_("Questions about security go to a known address."),
        means=_("A question about security may wait longer for its answer than we said."),
        doing=_("We answer what is too late first, and put the address right."),
        parts=_parts(
            contact=_("security.txt and the contact page"), answers=_("answers before their deadline")
        ),
    ),
    Promise(
        id="A18",
        section=COOKIES,
        text=_("A session cookie ends when you close the browser."),
        means=_(
            "You may stay logged in after you close the browser; on a shared computer, log out yourself."
        ),
        doing=_("We mend the cookie and end the sessions that last too long."),
        parts=_parts(session=_("the session cookie that was served")),
    ),
    Promise(
        id="A19",
        section=COOKIES,
        text=_("“Remember me” keeps your access and settings; you can revoke it."),
        means=_(
            "A cookie may stay on your device that we didn’t name, or a remembered device can’t be revoked."
        ),
        doing=_("We take the cookie away or put it on the list, and revoke devices for who asks."),
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
        means=_("A page may not work, or may store a cookie, though you refuse them."),
        doing=_("We mend the page, so that it works without."),
        parts=_parts(without=_("public pages without a cookie")),
    ),
    Promise(
        id="A21",
        section=COOKIES,
        text=_("Third-party cookies load only after consent."),
        means=_("Another company may have seen that you were here, before you chose."),
        doing=_("We switch the tags off until they wait for your choice again."),
        parts=_parts(
            third_parties=_("no third party before a choice"),
            conversions=_("conversions and their cost, with consent"),
        ),
    ),
    Promise(
        id="A22",
        section=COOKIES,
        text=_("We link a conversion to a customer only with consent."),
        means=_("Your registration may be tied to an advertisement without your consent."),
        doing=_("We erase every such link that has no consent."),
        parts=_parts(attribution=_("each link has its consent")),
    ),
    Promise(
        id="A23",
        section=SHARING,
        text=_("Personal data is never lent, rented, sold or made public."),
        means=_("Data may go to a company that isn’t on our list."),
        doing=_("We stop the connection until that company is declared, with a contract."),
        parts=_parts(
            hosts=_("connections to undeclared hosts"), subprocessors=_("a declared company behind each host")
        ),
    ),
    Promise(
        id="A24",
        section=SHARING,
        text=_("We disclose data only where the law demands it."),
        means=_("Data may have been given out without a ground that we can show."),
        doing=_("We give out nothing more, find out what was given, and tell whom it concerns."),
        parts=_parts(disclosures=_("the register of disclosures")),
    ),
    Promise(
        id="A25",
        section=SHARING,
        text=_("Statistics for partners never hold personal data."),
        means=_("A figure for partners may say something about a single account."),
        doing=_("We publish no figures until the check is green, and withdraw the one that is wrong."),
        parts=_parts(statistics=_("the figures for partners")),
    ),
    Promise(
        id="A26",
        section=CHOICE,
        text=_("Under Settings & Options you change your data, subscriptions and package."),
        means=_("You may not be able to change your data, subscriptions or package yourself."),
        doing=_("We change them by hand for who asks, and mend the page."),
        parts=_parts(pages=_("the pages under Settings & Options"), package=_("changing the package")),
    ),
    Promise(
        id="A31",
        section=CHOICE,
        text=_("If the policy changes, you hear it 30 days before."),
        means=_("You may hear of a new policy later than 30 days before."),
        doing=_("The new version waits: its day moves until 30 days after the last notice."),
        parts=_parts(notices=_("the notices of each version")),
    ),
    Promise(
        id="A32",
        section=CHOICE,
        text=_("Read the policy regularly."),
        means=_("You may not be able to read the policy or its results here."),
        doing=_("We put the page back, and send the policy to who asks."),
        parts=_parts(page=_("the public page of promises"), policy=_("the public policy, with its history")),
    ),
)
