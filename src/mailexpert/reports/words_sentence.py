"""The sentences on top of a report (rules_sentence), as people say them."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from mailexpert.core.amounts import number
from mailexpert.reports.rules_sentence import Said

DIGITS = {"percent": 1, "share": 2}
ABOUT = "about"  # how many a sentence is about, which says whether it is one or many
WORDS: dict[str, str | Promise] = {
    "nobody": _("This mailing had nobody to go to, so nothing was sent."),
    "not_begun": ngettext_lazy(
        "Sending has begun; the one person it goes to hasn't had their turn yet.",
        "Sending has begun; none of the %(planned)s people has had their turn yet.",
        ABOUT,
    ),
    "under_way": _("The mailing is under way: %(turn)s of %(planned)s people had their turn."),
    "paused": _("The mailing is paused: %(turn)s of %(planned)s people had their turn."),
    "last_ones": ngettext_lazy(
        "Everyone had their turn; for %(deferred)s person we try again.",
        "Everyone had their turn; for %(deferred)s people we try again.",
        ABOUT,
    ),
    "stopped": ngettext_lazy(
        "This mailing was stopped after it went to %(sent)s of %(planned)s people.",
        "This mailing was stopped after it went to %(sent)s of %(planned)s people.",
        ABOUT,
    ),
    "all_sent": ngettext_lazy(
        "The mailing was sent to the one person it was meant for.",
        "The mailing was sent to all %(sent)s people.",
        ABOUT,
    ),
    "most_sent": _("The mailing was sent to %(sent)s of %(planned)s people."),
    "none_sent": ngettext_lazy(
        "The one person this mailing was meant for did not get it.",
        "None of the %(planned)s people got this mailing for sure.",
        ABOUT,
    ),
    "all_in_doubt": ngettext_lazy(
        "Whether the one person got this mailing is in doubt, so it was not sent again.",
        "Of all %(n)s people it is in doubt whether they got this mailing, so it was not sent again.",
        ABOUT,
    ),
    "all_failed": ngettext_lazy(
        "The mailing could not be delivered to the one person it was meant for.",
        "The mailing could be delivered to none of the %(n)s people.",
        ABOUT,
    ),
    "all_skipped": ngettext_lazy(
        "The one person this mailing was meant for was skipped.",
        "All %(n)s people were skipped, so nobody got this mailing.",
        ABOUT,
    ),
    "all_deferred": ngettext_lazy(
        "The receiver asks for patience; the one person gets the mailing later.",
        "The receivers ask for patience; all %(n)s people get the mailing later.",
        ABOUT,
    ),
    "many_failed": ngettext_lazy(
        "Much failed: %(n)s mail, %(percent)s%% of those tried. Look below why.",
        "Much failed: %(n)s mails, %(percent)s%% of those tried. Look below why.",
        ABOUT,
    ),
    "in_doubt": ngettext_lazy(
        "Of %(n)s person it is in doubt whether they got it.",
        "Of %(n)s people it is in doubt whether they got it.",
        ABOUT,
    ),
    "deferred": ngettext_lazy(
        "For %(n)s person we try again by ourselves.",
        "For %(n)s people we try again by ourselves.",
        ABOUT,
    ),
    "not_measured": _("What readers did was not measured."),
    "too_few": _("Clicks are told from %(least)s people on, so that nobody's own click can be seen."),
    "no_clicks": _("Nobody clicked yet."),
    "only_machines": ngettext_lazy(
        "No person clicked yet; a machine fetched a link %(machines)s time, which do not count.",
        "No person clicked yet; machines fetched links %(machines)s times, which do not count.",
        ABOUT,
    ),
    "clicks": ngettext_lazy(
        "It was clicked on %(clicks)s time, %(percent)s per 100 mails sent.",
        "It was clicked on %(clicks)s times, %(percent)s per 100 mails sent.",
        ABOUT,
    ),
    "machines_lead": ngettext_lazy(
        "People clicked %(clicks)s time, %(percent)s per 100 mails sent; machines fetched links more often, "
        "%(machines)s times, which do not count.",
        "People clicked %(clicks)s times, %(percent)s per 100 mails sent; machines fetched links more often, "
        "%(machines)s times, which do not count.",
        ABOUT,
    ),
    "many_stopped": ngettext_lazy(
        "%(n)s person unsubscribed, %(percent)s%% of those who got it.",
        "%(n)s people unsubscribed, %(percent)s%% of those who got it.",
        ABOUT,
    ),
    "complained": ngettext_lazy(
        "%(n)s person marked it as spam, %(share)s%% of those who got it.",
        "%(n)s people marked it as spam, %(share)s%% of those who got it.",
        ABOUT,
    ),
    "many_complained": ngettext_lazy(
        "%(n)s person marked it as spam, %(share)s%% of those who got it: too many.",
        "%(n)s people marked it as spam, %(share)s%% of those who got it: too many.",
        ABOUT,
    ),
}


def say(sentences: Iterable[Said]) -> str:
    return " ".join(WORDS[said.code] % _written(said) for said in sentences)


def _written(said: Said) -> dict[str, int | str]:
    written = {name: number(n, DIGITS.get(name, 0)) for name, n in said.numbers.items()}
    return {ABOUT: said.about, **written}
