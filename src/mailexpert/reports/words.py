"""Outcomes and reasons in a marketer's words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mailexpert.mailings.models import Mailing
from mailexpert.reports.queries import Report
from mailexpert.sending import queries as sending

MOST_POINTS = 120


@dataclass(frozen=True, kw_only=True)
class Why:
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class WhyGroup:
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
        4: _("Stopped before their turn"),
        5: _("No longer a contact"),
        6: _("The relay can't reach an address with these letters"),
    }.get(reason, _("Another reason"))


def failure_words(code: int) -> str:
    if code in (550, 551, 553):
        return _("The address does not exist or refuses mail")
    if code == 552:
        return _("The mailbox is full")
    if code == 554:
        return _("The receiver refuses the mail")
    if 400 <= code < 500:
        return _("Kept being deferred until we gave up")
    return _("Refused with code %(code)s") % {"code": code}


def outcome(number: int) -> str:
    return {2: _("failed"), 3: _("skipped"), 4: _("in doubt")}.get(number, _("deferred"))


def why(person: "sending.NotSent") -> str:
    if person.outcome == 3:
        return skip_words(person.code)
    if person.outcome == 2:
        return person.reply or failure_words(person.code)
    if person.outcome == 4:
        return _("The connection broke before the answer; perhaps it arrived, so it was not sent again")
    return _("The receiver asks for patience; we try again")


def why_groups(report: Report) -> list[WhyGroup]:
    """Whoever did not get it, group by group, each adding up to its number in the sum."""
    counts = report.counts
    skipped = [
        Why(label=skip_words(code), count=n)
        for code, n in sorted(report.skipped.items(), key=lambda x: -x[1])
    ]
    failed: dict[str, int] = {}
    for failure in report.failures:
        failed[failure_words(failure.code)] = failed.get(failure_words(failure.code), 0) + failure.count
    groups = [
        WhyGroup(label=_("Skipped"), count=counts.skipped, tone="is-skipped", shape="skip", rows=skipped),
        WhyGroup(
            label=_("Failed"),
            count=counts.failed,
            tone="is-broken",
            shape="fail",
            rows=[Why(label=label, count=n) for label, n in failed.items()],
        ),
        WhyGroup(
            label=_("Deferred"),
            count=counts.deferred,
            tone="is-waiting",
            shape="wait",
            rows=[
                Why(
                    label=_("The receiver asks for patience; we try again by ourselves"),
                    count=counts.deferred,
                )
            ],
        ),
        WhyGroup(
            label=_("In doubt"),
            count=counts.in_doubt,
            tone="is-doubt",
            shape="doubt",
            rows=[
                Why(
                    label=_(
                        "The connection broke before the answer. Perhaps it arrived, so it was not sent again."
                    ),
                    count=counts.in_doubt,
                )
            ],
        ),
    ]
    return [group for group in groups if group.count]


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
            "Your sender domain is being warmed up, and a receiver has had all of today's mails. "
            "The rest goes out tomorrow by itself."
        ),
        "provider_waits": _(
            "A receiver asks us to slow down, so its mails go out little by little. The others aren't held up."
        ),
        "cannot_compose": _(
            "No mail can be made of this content. Stop the mailing, copy it and mend the copy."
        ),
    }.get(code, _("Sending waits and goes on by itself."))


def per_minute(mailing: Mailing) -> dict[str, Any] | None:
    """The line of what was sent per minute, for the chart; nothing for a mailing of a minute or two."""
    minutes = {minute.at: minute.sent for minute in sending.per_minute(mailing.started_issue_id)}
    if mailing.is_under_way and minutes:
        minutes.pop(max(minutes))  # the minute that isn't over would look like a fall
    if len(minutes) < 3:
        return None
    first, last = min(minutes), max(minutes)
    step = max((last - first) // MOST_POINTS, timedelta(minutes=1))
    rows: list[tuple[str, float | None]] = []
    at = first
    while at <= last:
        found = [sent for minute, sent in minutes.items() if at <= minute < at + step]
        rows.append((f"{timezone.localtime(at):%H.%M}", sum(found) / (step / timedelta(minutes=1))))
        at += step
    says = _("Sent per minute, from %(first)s to %(last)s; at most %(most)s.") % {
        "first": rows[0][0],
        "last": rows[-1][0],
        "most": round(max(value or 0 for _label, value in rows)),
    }
    return {"says": says, "rows": rows, "step": _("Minute"), "unit": _("sent"), "tone": "line-green"}
