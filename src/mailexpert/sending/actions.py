"""What one can do with an issue. The delivery engine hears of each of these within a second."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TypedDict, Unpack

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from mailexpert.base import env
from mailexpert.core.scope import current_account
from mailexpert.mail import address, links
from mailexpert.sending import queries, queries_domains
from mailexpert.sending.models import Issue, Shard

RETRY_DOUBTFUL = (Path(__file__).parent / "sql" / "retry_doubtful.sql").read_text()
CHANNEL = "mailexpert_outbox"
State = Issue.State


class NotNow(Exception):
    """The issue is in a state in which this can't be done."""


class NoSenderDomain(Exception):
    """Mail leaves through a real relay only from a verified sender domain of the account."""


class Frozen(TypedDict):
    """What a mailing is, from the moment its sending starts. `sender` is `address` or `Name <address>`;
    `fields` maps each custom field's name to its column in contacts_contact."""

    mailing_id: int | None
    subject: str
    html: str
    text: str
    preheader: str
    sender: str
    reply_to: str
    fields: dict[str, str]
    list_ids: list[int]
    purpose: str
    tracking: str
    language: str
    sender_line: str


@transaction.atomic
def open_issue(
    *, known_links: Sequence[str] = (), lead: Issue | None = None, **frozen: Unpack[Frozen]
) -> Issue:
    """Freeze a mailing, or a version of the one that is the `lead`; `known_links` keep their numbers, so that a link
    has the same in every version. Cut its shards in the same transaction, else the engine finds it empty and done.
    Raises NoSenderDomain."""
    sender = address.parse_sender(frozen["sender"])
    domain = queries_domains.domain_for(sender.address.text)
    if domain is None and queries_domains.mail_leaves():
        raise NoSenderDomain(sender.address.domain)
    numbered = _numbered(frozen, known_links)
    kept = {name: value for name, value in frozen.items() if name not in ("sender", "html", "text")}
    issue = Issue.objects.create(
        sender_name=sender.name,
        sender_address=sender.address.text,
        domain=domain,
        html=numbered.html,
        text=numbered.text,
        links=numbered.targets,
        started_at=Now(),
        lead=lead,
        **kept,
    )
    _tell_engine(issue.id)
    return issue


def _numbered(frozen: Frozen, known: Sequence[str]) -> links.Numbered:
    if frozen["tracking"] == "none":
        return links.Numbered(frozen["html"], frozen["text"], [])
    # Who reads a mailing in the browser clicked on nothing in it.
    return links.number(frozen["html"], frozen["text"], apart=f"{env.load().base_url}/lezen/", known=known)


WORDS = (
    "sender_name", "sender_address", "domain_id", "reply_to", "subject", "html", "text", "preheader", "fields",
    "language",
)  # fmt: skip


@transaction.atomic
def let_go(lead_id: int, words_of: int, begins: datetime) -> None:
    """Those who waited for the outcome of a test get this version, from a moment on. None of them had a turn before,
    and nobody loads an issue of which nothing can be claimed."""
    chosen = Issue.objects.values(*WORDS).get(id=words_of)
    Issue.objects.filter(id=lead_id).update(**chosen)
    Shard.objects.filter(issue_id=lead_id, state=Shard.State.OPEN).update(not_before=begins)
    _tell_engine(lead_id)


def pause(issue_id: int) -> None:
    """Whoever is not on the wire within a second keeps their turn for later."""
    _move(issue_id, {State.SENDING}, State.PAUSED)


def resume(issue_id: int) -> None:
    _move(issue_id, {State.PAUSED}, State.SENDING)


def cancel(issue_id: int) -> None:
    """Stop for good; the engine writes everyone who had no turn down as skipped."""
    _move(issue_id, {State.SENDING, State.PAUSED}, State.CANCELLED)


@transaction.atomic
def retry_doubtful(issue_id: int) -> int:
    """Order an attempt for everyone in doubt; say for how many. A person decides: some may get it twice."""
    issue = Issue.objects.select_for_update().get(id=issue_id)
    if issue.state == State.CANCELLED:
        raise NotNow(NotNow.__doc__)
    with connection.cursor() as cursor:
        cursor.execute(RETRY_DOUBTFUL, {"account": current_account(), "issues": queries.family(issue_id)})
        rows = cursor.fetchall()
    again = {issue for _contact, issue in rows}
    Issue.objects.filter(id__in=again, state=State.DONE).update(state=State.SENDING, finished_at=None)
    _tell_engine(issue_id)
    return len(rows)


@transaction.atomic
def _move(issue_id: int, allowed: set[State], wanted: State) -> None:
    changed = Issue.objects.filter(
        Q(id=issue_id) | Q(lead_id=issue_id), state__in=allowed, finished_at=None
    ).update(state=wanted, reason="")
    if not changed:
        raise NotNow(NotNow.__doc__)
    _tell_engine(issue_id)


def _tell_engine(issue_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(issue_id)])
