"""The sentences on top of a report (rules_sentence), as people say them."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailexpert.core.amounts import number
from mailexpert.reports.rules_sentence import Said

DIGITS = {"percent": 1, "share": 2}


def say(sentences: Iterable[Said]) -> str:
    return " ".join(_words(said) % _written(said) for said in sentences)


def _written(said: Said) -> dict[str, str]:
    return {name: number(n, DIGITS.get(name, 0)) for name, n in said.numbers.items()}


def _words(said: Said) -> str:
    return (_of_sending(said.about) | _of_trouble(said.about) | _of_readers(said.about))[said.code]


def _of_sending(n: int) -> dict[str, str]:
    return {
        "nobody": _("This mailing had nobody to go to, so nothing was sent."),
        "not_begun": ngettext(
            "Sending has begun; the one person it goes to hasn't had their turn yet.",
            "Sending has begun; none of the %(planned)s people has had their turn yet.",
            n,
        ),
        "under_way": _("The mailing is under way: %(turn)s of %(planned)s people had their turn."),
        "paused": _("The mailing is paused: %(turn)s of %(planned)s people had their turn."),
        "last_ones": ngettext(
            "Everyone had their turn; for %(deferred)s person we try again.",
            "Everyone had their turn; for %(deferred)s people we try again.",
            n,
        ),
        "stopped": ngettext(
            "You stopped this mailing when %(sent)s of %(planned)s people had been sent it.",
            "You stopped this mailing when %(sent)s of %(planned)s people had been sent it.",
            n,
        ),
        "all_sent": ngettext(
            "The mailing was sent to the one person it was meant for.",
            "The mailing was sent to all %(sent)s people.",
            n,
        ),
        "most_sent": _("The mailing was sent to %(sent)s of %(planned)s people."),
        "none_sent": ngettext(
            "The one person this mailing was meant for did not get it.",
            "None of the %(planned)s people got this mailing for sure.",
            n,
        ),
        "all_in_doubt": ngettext(
            "Whether the one person got this mailing is in doubt, so it was not sent again.",
            "Of all %(n)s people it is in doubt whether they got this mailing, so it was not sent again.",
            n,
        ),
        "all_failed": ngettext(
            "The mailing could not be delivered to the one person it was meant for.",
            "The mailing could be delivered to none of the %(n)s people.",
            n,
        ),
        "all_skipped": ngettext(
            "The one person this mailing was meant for was skipped.",
            "All %(n)s people were skipped, so nobody got this mailing.",
            n,
        ),
        "all_deferred": ngettext(
            "The receiver asks for patience; the one person gets the mailing later.",
            "The receivers ask for patience; all %(n)s people get the mailing later.",
            n,
        ),
    }


def _of_trouble(n: int) -> dict[str, str]:
    return {
        "many_failed": ngettext(
            "Much failed: %(n)s mail, %(percent)s%% of those tried. Look below why.",
            "Much failed: %(n)s mails, %(percent)s%% of those tried. Look below why.",
            n,
        ),
        "in_doubt": ngettext(
            "Of %(n)s person it is in doubt whether they got it.",
            "Of %(n)s people it is in doubt whether they got it.",
            n,
        ),
        "deferred": ngettext(
            "For %(n)s person we try again by ourselves.", "For %(n)s people we try again by ourselves.", n
        ),
    }


def _of_readers(n: int) -> dict[str, str]:
    return {
        "not_measured": _("What readers did was not measured."),
        "too_few": _("Clicks are told from %(least)s people on, so that nobody's own click can be seen."),
        "no_clicks": _("Nobody clicked yet."),
        "only_machines": ngettext(
            "No person clicked yet; a machine fetched a link %(machines)s time, which do not count.",
            "No person clicked yet; machines fetched links %(machines)s times, which do not count.",
            n,
        ),
        "clicks": ngettext(
            "It was clicked on %(clicks)s time, %(percent)s per 100 mails sent.",
            "It was clicked on %(clicks)s times, %(percent)s per 100 mails sent.",
            n,
        ),
        "machines_lead": ngettext(
            "People clicked %(clicks)s time, %(percent)s per 100 mails sent; machines fetched links more often, "
            "%(machines)s times, which do not count.",
            "People clicked %(clicks)s times, %(percent)s per 100 mails sent; machines fetched links more often, "
            "%(machines)s times, which do not count.",
            n,
        ),
        "many_stopped": ngettext(
            "%(n)s person unsubscribed, %(percent)s%% of those who got it.",
            "%(n)s people unsubscribed, %(percent)s%% of those who got it.",
            n,
        ),
        "complained": ngettext(
            "%(n)s person marked it as spam, %(share)s%% of those who got it.",
            "%(n)s people marked it as spam, %(share)s%% of those who got it.",
            n,
        ),
        "many_complained": ngettext(
            "%(n)s person marked it as spam, %(share)s%% of those who got it: too many.",
            "%(n)s people marked it as spam, %(share)s%% of those who got it: too many.",
            n,
        ),
    }
