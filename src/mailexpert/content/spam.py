"""A spam filter's own verdict on a mail, where the operator named one; asked once for the same words."""

import hashlib
from dataclasses import replace
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from mailexpert.base import env, spamfilter
from mailexpert.content.findings import Finding, fine, warn
from mailexpert.content.problems import gettext_noop
from mailexpert.content.queries_readers import reader_values
from mailexpert.content.rules import Compiled
from mailexpert.content.values import Draft
from mailexpert.mail import personalise

GOOD_FOR, BAD_FOR = 600, 60  # seconds
MOST_REASONS = 6
NO_ANSWER = "no answer"

FILTER_HIGH = gettext_noop(
    "%(filter)s gives this mail %(score)s points, and takes mail for spam from %(limit)s. Because of: %(reasons)s."
)
FILTER_FINE = gettext_noop(
    "%(filter)s gives this mail %(score)s points; it takes mail for spam from %(limit)s."
)


def examine(draft: Draft, compiled: Compiled, own: list[Finding]) -> list[Finding]:
    """What we found by our own words; with a filter's verdict in the place of our points."""
    verdict = _judged(draft, compiled)
    if verdict is None:
        return own
    values: dict[str, Any] = {
        "filter": verdict.filter,
        "score": round(verdict.score, 1),
        "limit": f"{verdict.limit:g}",
    }
    reasons = ", ".join(f"{one.words} ({one.points:g})" for one in verdict.reasons[:MOST_REASONS])
    if verdict.score >= verdict.limit / 2:
        made = warn("spam", FILTER_HIGH, **values, reasons=reasons or "–")
    else:
        made = fine("spam", FILTER_FINE, **values)
    return [*(finding for finding in own if finding.code != "spam"), made]


def _judged(draft: Draft, compiled: Compiled) -> spamfilter.Verdict | None:
    where = env.load().spam
    if where is None:
        return None
    try:
        message = _as_mail(draft, compiled)
    except personalise.RenderProblem:
        return None
    key = f"content.spam:{hashlib.sha256(f'{where} {draft} {compiled.html}'.encode()).hexdigest()}"
    known = cache.get(key)
    if known is not None:
        return None if known == NO_ANSWER else known  # type: ignore[no-any-return]
    try:
        found = spamfilter.judge(message, where)
    except spamfilter.NoVerdict:
        cache.set(key, NO_ANSWER, BAD_FOR)
        return None
    cache.set(key, replace(found, reasons=found.reasons[:MOST_REASONS]), GOOD_FOR)
    return found


def _as_mail(draft: Draft, compiled: Compiled) -> bytes:
    """As a reader without fields gets it, with the headers that every mailing has: a filter misses them else."""
    values = reader_values(None, draft.subject, compiled.html)
    mail = EmailMessage()
    mail["Subject"] = " ".join(personalise.render_text(draft.subject, values, unsubscribe_url="#").split())
    mail["From"], mail["To"] = "nieuws@mailexpert.example", "lezer@voorbeeld.example"
    mail["Date"] = format_datetime(timezone.now())
    mail["Message-ID"] = "<proef.8f3a61c2d5e74b90@mailexpert.example>"
    mail["List-Unsubscribe"] = "<https://mailexpert.example/t/u/proef>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    address = "https://mailexpert.example/uitschrijven/proef"
    mail.set_content(personalise.render_text(compiled.text, values, unsubscribe_url=address))
    html = personalise.render_html(compiled.html, values, unsubscribe_url=address)
    mail.add_alternative(html, subtype="html")
    return mail.as_bytes()
