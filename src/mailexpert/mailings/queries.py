"""What pages and the API read about mailings."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mailexpert.contacts import queries_segments
from mailexpert.contacts.models import List
from mailexpert.contacts.rules.tree import TreeProblem
from mailexpert.content import queries as content
from mailexpert.content.dress import dressed
from mailexpert.content.models import Template
from mailexpert.content.uses import Use
from mailexpert.core.scope import current_account
from mailexpert.mailings import audience
from mailexpert.mailings.models import Mailing
from mailexpert.sending import queries as sending
from mailexpert.sending.models import Shard

MOST_SENDERS = 8
MOST_WORDS = 8  # of a search; more would only make it slower
TALLY = (Path(__file__).parent / "sql" / "tally.sql").read_text()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A mailing in a list, with its counts once it was started."""

    mailing: Mailing
    counts: sending.Counts | None


@dataclass(frozen=True, kw_only=True)
class TallyRow:
    label: str
    count: int
    minus: bool


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How the number of recipients is made up, as a sum."""

    rows: list[TallyRow]
    mailable: int


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which mailings someone asks for: with these words in name or subject, in this state, older than that one."""

    term: str = ""
    state: str = ""
    before: int | None = None


def newest(wanted: Wanted, limit: int) -> list[Mailing]:
    rows = Mailing.objects.filter(version_of=None).order_by("-id")
    for word in wanted.term.split()[:MOST_WORDS]:
        rows = rows.filter(Q(name__icontains=word) | Q(subject__icontains=word))
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return list((rows.filter(id__lt=wanted.before) if wanted.before else rows)[:limit])


def with_counts(mailings: Iterable[Mailing]) -> list[Row]:
    some = list(mailings)
    families = sending.families(m.issue_id for m in some if m.issue_id)
    counts = sending.counts_by_issue(issue for family in families.values() for issue in family)
    return [
        Row(
            mailing=m,
            counts=sending.Counts.together(counts[one] for one in families[m.issue_id])
            if m.issue_id
            else None,
        )
        for m in some
    ]


def list_choices() -> list[tuple[int, str]]:
    lists = List.objects.filter(archived_at=None).order_by("name")
    return [(found.id, found.name) for found in lists]


def segment_choices() -> list[tuple[int, str]]:
    return [(found.id, found.name) for found in queries_segments.segments()]


def senders() -> list[str]:
    """Whose names the newest mailings went out under, the latest first; each once."""
    newest = Mailing.objects.exclude(sender="").order_by("-id").values_list("sender", flat=True)[:50]
    return list(dict.fromkeys(newest))[:MOST_SENDERS]


def templates() -> list[Template]:
    return list(Template.objects.order_by("-updated_at")[:50])


def tally(mailing: Mailing) -> Tally:
    lists, excluded = mailing.list_ids(), mailing.list_ids(excluded=True)
    if not lists:
        return Tally(rows=[], mailable=0)
    try:
        statement, values = audience.within(TALLY, mailing.segment_ids())
    except TreeProblem:
        return Tally(rows=[], mailable=0)
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {**values, "account": current_account(), "lists": lists, "excluded": excluded}
        )
        on_lists, left_out, outside, without_ground, suppressed, resting, mailable = cursor.fetchone()
    rows = [
        TallyRow(label=_("On these lists"), count=on_lists, minus=False),
        TallyRow(label=_("Also on a list that is left out"), count=left_out, minus=True),
        TallyRow(label=_("Outside the segments"), count=outside, minus=True),
        TallyRow(label=_("Without a ground to mail them"), count=without_ground, minus=True),
        TallyRow(label=_("Suppressed"), count=suppressed, minus=True),
        TallyRow(label=_("Paused, or mailed less often, for now"), count=resting, minus=True),
    ]
    return Tally(rows=[row for row in rows if row.count or not row.minus], mailable=mailable)


def showing(token: str) -> int:
    """How many mailings show a picture: those that were sent, too."""
    return Mailing.objects.filter(source__contains=token).count()


def made_from(template_id: int, most: int) -> list[Use]:
    """The newest mailings that began with this template."""
    rows = Mailing.objects.filter(template_id=template_id).order_by("-id")[:most]
    return [
        Use(name=row.name, url=reverse("mailings:show", args=[row.pk]), state=row.get_state_display())
        for row in rows
    ]


def counts_made_from(template_ids: Iterable[int]) -> dict[int, int]:
    rows = Mailing.objects.filter(template_id__in=list(template_ids)).values("template_id")
    return {row["template_id"]: row["n"] for row in rows.annotate(n=Count("id"))}


def sent_this_month() -> int:
    """How many mails of mailings that were started this month a relay took."""
    first = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = Shard.objects.filter(issue__started_at__gte=first).aggregate(sent=Sum("sent"))
    return found["sent"] or 0


def default_sender() -> str:
    """The sender of the last mailing; for the first one a proposal from the account's name."""
    last = Mailing.objects.exclude(sender="").order_by("-id").values_list("sender", flat=True).first()
    return last or ""


def draft_from(*, name: str, template_id: int | None, starter: str, language: str) -> Mailing:
    """A new draft: from an own template, from one of ours, or empty."""
    template = Template.objects.filter(id=template_id).first() if template_id else None
    begun = template or content.starter_of(starter or "news", language)
    words: dict[str, Any] = {"language": language}
    if begun is not None:
        words |= {
            "kind": begun.kind,
            "source": begun.source if template else dressed(begun.kind, begun.source, begun.language),
            "subject": begun.subject if template else "",
            "preheader": begun.preheader if template else "",
        }
    return Mailing.objects.create(name=name, sender=default_sender(), template=template, **words)
