"""Outcomes and reasons in a marketer's words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mailexpert.core.amounts import number
from mailexpert.reports.queries import Report
from mailexpert.sending import queries_people as people

PACE_OVER = 3  # minutes


@dataclass(frozen=True, kw_only=True)
class Why:
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class WhyGroup:
    key: str
    label: str
    count: int
    tone: str
    shape: str
    rows: list[Why]


def skip_words(reason: int) -> str:
    return {
        1: _("Unsubscribed before their turn"),
        2: _("Suppressed"),
        3: _("No ground to mail them any more"),
        4: _("The mailing was stopped before their turn"),
        5: _("No longer a contact"),
        6: _("The relay can't reach an address with these letters"),
        7: _("Wants no mail until a day they chose"),
        8: _("Wants fewer mails, and had one lately"),
    }.get(reason, _("Another reason"))


def failure_words(code: int) -> str:
    if code in (550, 551, 553):
        return _("The address does not exist or refuses mail")
    if code == 552:
        return _("The mailbox is full, or the mail too large for it")
    if code == 554:
        return _("The receiver refuses the mail")
    if 400 <= code < 500:
        return _("Kept being deferred until we gave up")
    return _("Refused with code %(code)s") % {"code": code}


def kind(name: str) -> str:
    return {
        "skipped": _("skipped"),
        "failed": _("failed"),
        "deferred": _("deferred"),
        "in_doubt": _("in doubt"),
    }[name]


def why(name: str, person: people.Person) -> str:
    """Why this one did not get it; in a mail server's own words where it said some."""
    if name == people.SKIPPED:
        return skip_words(person.code)
    if name == people.FAILED:
        return person.reply or failure_words(person.code)
    if name == people.IN_DOUBT:
        return _("The connection broke before the answer; perhaps it arrived, so it was not sent again")
    return person.reply or _("The receiver asks for patience; we try again")


def why_groups(report: Report, next_try: datetime | None = None) -> list[WhyGroup]:
    """Whoever did not get it, group by group, each adding up to its number in the sum."""
    counts = report.counts
    waits = (
        _("The receiver asks for patience; next attempt at %(at)s") % {"at": clock(next_try)}
        if next_try
        else _("The receiver asks for patience; we try again by ourselves")
    )
    doubts = _("The connection broke before the answer. Perhaps it arrived, so it was not sent again.")
    groups = [
        _group("skipped", counts.skipped, _("Skipped"), "is-skipped", "skip", _skips(report)),
        _group("failed", counts.failed, _("Failed"), "is-broken", "fail", _failures(report)),
        _group("deferred", counts.deferred, _("Deferred"), "is-waiting", "wait", {waits: counts.deferred}),
        _group("in_doubt", counts.in_doubt, _("In doubt"), "is-doubt", "doubt", {doubts: counts.in_doubt}),
    ]
    return [group for group in groups if group.count]


def _skips(report: Report) -> dict[str, int]:
    return {skip_words(code): n for code, n in report.skipped.items()}


def _failures(report: Report) -> dict[str, int]:
    found: dict[str, int] = {}
    for code, n in report.failed.items():
        label = failure_words(code)
        found[label] = found.get(label, 0) + n
    return found


def _group(key: str, count: int, label: str, tone: str, shape: str, rows: dict[str, int]) -> WhyGroup:
    """Of millions the reasons are added up each minute; what came since has a line of its own."""
    lines = [Why(label=name, count=n) for name, n in rows.items()]
    if count > sum(rows.values()):
        lines.append(Why(label=_("In the last minutes"), count=count - sum(rows.values())))
    return WhyGroup(key=key, label=label, count=count, tone=tone, shape=shape, rows=lines)


def reason(code: str) -> str:
    """Why a mailing waits, and what happens next."""
    if not code:
        return ""
    return {
        "relay_unreachable": _(
            "Your relay can't be reached. What was sent is kept; we try again by ourselves until it answers."
        ),
        "relay_refuses": _(
            "Your relay refuses our connection. What was sent is kept; we try again by ourselves. "
            "Look at the relay under Settings & Options."
        ),
        "relay_login": _(
            "Your relay refuses the login. Mend it under Settings & Options; then sending goes on."
        ),
        "relay_tls": _("The connection to your relay can't be secured. Mend it under Settings & Options."),
        "sender_refused": _(
            "Your relay refuses this sender. Mend the sender's domain or choose another sender."
        ),
        "sender_domain": _(
            "The records of your sender's domain are broken in DNS, so sending waits. It goes on by itself once they "
            "are mended; Settings & Options, Sender domains, says how."
        ),
        "quiet_hours": _("It is quiet hours for your account. Sending goes on by itself when they are over."),
        "warm_up": _(
            "Your sender domain or mail server is being warmed up, and a receiver has had all of today's mails. "
            "The rest goes out tomorrow by itself."
        ),
        "provider_waits": _(
            "A receiver asks us to slow down, so its mails go out little by little. The others aren't held up."
        ),
        "cannot_compose": _(
            "No mail can be made of this content. Stop the mailing, copy it and mend the copy."
        ),
    }.get(code, _("Sending waits and goes on by itself."))


def clock(at: datetime) -> str:
    """14.10 uur in Dutch, 14:10 in English."""
    local = timezone.localtime(at)
    return date_format(local, "G.i") + "\u00a0uur" if _is_dutch() else date_format(local, "H:i")


def pace(report: Report) -> str:
    """How fast it goes, as the last full minutes say; nothing while nobody can tell."""
    recent = [
        minute.sent for minute in report.course.minutes[1:-1][-PACE_OVER:]
    ]  # nor is the first a whole one
    if report.mailing.state != "sending" or not recent or not sum(recent):
        return ""
    n = round(sum(recent) / len(recent))
    return _("The pace is %(n)s a minute.") % {"n": number(n)} if n else ""


def _is_dutch() -> bool:
    return (get_language() or "nl").startswith("nl")
