"""Mailings: write, check, send, hold, stop, read what came of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Router, Schema, Status

from mailexpert.api.answers import READ, WRITE, WRITE_ONE
from mailexpert.api.paging import PagingQuery, page
from mailexpert.api.problems import Problem
from mailexpert.api.shapes import (
    CheckOut,
    DoubtfulOrdered,
    DoubtfulPage,
    Id,
    MailingIn,
    MailingOut,
    ReportOut,
    SendIn,
)
from mailexpert.contacts.models import List, Segment
from mailexpert.content.models import Template
from mailexpert.mail import address
from mailexpert.mailings import actions, checks, rules
from mailexpert.mailings import shown_experiments as tested
from mailexpert.mailings.actions_drafts import remember_decision
from mailexpert.mailings.models import Mailing
from mailexpert.reports import disclosure, rules_sentence, words_sentence
from mailexpert.reports import queries as reports
from mailexpert.reports.words_places import places
from mailexpert.sending import queries as sending
from mailexpert.sending import queries_domains as domains
from mailexpert.sending import queries_doubt
from mailexpert.sending.queries_complaints import complained
from mailexpert.tracking import queries as tracking

router = Router(tags=["mailings"])


class MailingPage(Schema):
    items: list[MailingOut]
    next: int | None


@router.get("", response={200: MailingPage, **READ})
def mailings(request: HttpRequest, paging: PagingQuery) -> dict[str, object]:
    """Your mailings, newest first."""
    items, following = page(Mailing.objects.filter(version_of=None).select_related("issue"), paging)
    return {"items": [shown(mailing) for mailing in items], "next": following}


@router.post("", response={201: MailingOut, **WRITE})
def make_mailing(request: HttpRequest, wanted: MailingIn) -> Status[dict[str, Any]]:
    """Write a draft, from a template of yours or from HTML."""
    _check(wanted)
    made = Mailing.objects.create(
        name=wanted.name,
        subject=wanted.subject,
        sender=wanted.sender,
        tracking=wanted.tracking,
        **_words(wanted),
    )
    actions.choose_audience(made, wanted.lists, wanted.exclude_lists, wanted.segments)
    return Status(201, shown(made))


@router.get("/{mailing_id}", response={200: MailingOut, **READ})
def one_mailing(request: HttpRequest, mailing_id: Path[Id]) -> dict[str, Any]:
    """One mailing, with its state and counts: planned = waiting + deferred + sent + skipped + failed + in_doubt."""
    return shown(_found(mailing_id))


@router.post("/{mailing_id}/send", response={202: MailingOut, **WRITE_ONE})
def send(request: HttpRequest, mailing_id: Path[Id], wanted: SendIn | None = None) -> Status[dict[str, Any]]:
    """Send now, or at a moment. What the checks warned of is kept with the maker of the token."""
    at = _moment(wanted)

    def go(mailing: Mailing) -> None:
        warned, _content = checks.look_over(mailing)
        with transaction.atomic():
            if at is None:
                actions.start(mailing)
            else:
                actions.schedule(mailing, at)
            remember_decision(mailing.id, warned, by=request.token.created_by_id)  # type: ignore[attr-defined]

    return Status(202, _do(mailing_id, go))


@router.post("/{mailing_id}/pause", response={202: MailingOut, **WRITE_ONE})
def pause(request: HttpRequest, mailing_id: Path[Id], wanted: SendIn | None = None) -> Status[dict[str, Any]]:
    """Hold it: nobody else gets it until it is resumed, or until a moment."""
    return Status(202, _do(mailing_id, lambda m: actions.pause(m, _moment(wanted))))


@router.post("/{mailing_id}/resume", response={202: MailingOut, **WRITE_ONE})
def resume(request: HttpRequest, mailing_id: Path[Id]) -> Status[dict[str, Any]]:
    """Let it go on."""
    return Status(202, _do(mailing_id, actions.resume))


@router.post("/{mailing_id}/cancel", response={202: MailingOut, **WRITE_ONE})
def cancel(request: HttpRequest, mailing_id: Path[Id]) -> Status[dict[str, Any]]:
    """Stop it for good: who had no turn is skipped."""
    return Status(202, _do(mailing_id, actions.cancel))


@router.post("/{mailing_id}/checks", response={200: list[CheckOut], **WRITE_ONE})
def look_over(request: HttpRequest, mailing_id: Path[Id]) -> list[rules.Check]:
    """What is wrong before it is sent, and where: `subject`, `source:<line>`, `block:<number>`. A `block` must be
    mended; a `warn` is yours to judge. The pages behind the links are asked, which may take some seconds."""
    mailing = _found(mailing_id)
    checks.look_at_pages(mailing)
    found, _content = checks.look_over(mailing)
    return found


@router.get("/{mailing_id}/report", response={200: ReportOut, **READ})
def report(request: HttpRequest, mailing_id: Path[Id]) -> dict[str, Any]:
    """What came of it: counts, clicks per link, why people were skipped or refused. What is null isn't told: fewer than
    20 people could have done it."""
    mailing = _found(mailing_id)
    if mailing.issue_id is None:
        nothing = dict.fromkeys(("links", "hours", "devices", "countries", "providers", "domains"), ())
        return {"mailing": shown(mailing), "summary": "", "skipped": {}, "failed": {}, **nothing}
    found = reports.report(mailing)
    where = places(found)
    return {
        "mailing": shown(mailing),
        "summary": words_sentence.say(rules_sentence.sentences(found.facts)),
        "links": reports.links(found),
        "hours": found.told.hours,
        "devices": found.told.properties.get("devices", ()),
        "countries": found.told.properties.get("countries", ()),
        "providers": where.providers,
        "domains": where.domains,
        "skipped": {SKIPPED.get(code, "other"): n for code, n in found.skipped.items()},
        "failed": {str(code): n for code, n in found.failed.items()},
        "versions": tested.as_members(mailing),
    }


@router.get("/{mailing_id}/doubtful", response={200: DoubtfulPage, **READ})
def doubtful(request: HttpRequest, mailing_id: Path[Id], paging: PagingQuery) -> dict[str, Any]:
    """Of whom nobody knows whether they got it: an engine died, or the relay never answered. Oldest contact first.
    `may_go_again` is true from 15 minutes after the attempt was lost."""
    mailing = _found(mailing_id)
    if mailing.issue_id is None:
        return {"items": [], "next": None}
    rows = queries_doubt.doubtful(mailing.issue_id, after=paging.cursor or 0, limit=paging.limit + 1)
    items = [
        {"contact": row.contact_id, "email": row.email, "since": row.since, "may_go_again": row.may_go_again}
        for row in rows[: paging.limit]
    ]
    return {"items": items, "next": items[-1]["contact"] if len(rows) > paging.limit else None}


@router.post("/{mailing_id}/doubtful/send", response={202: DoubtfulOrdered, **WRITE_ONE})
def send_doubtful_again(request: HttpRequest, mailing_id: Path[Id]) -> Status[dict[str, Any]]:
    """Give everyone in doubt who may have one another attempt. Some may get the mailing twice; it never happens
    without this order."""
    mailing = _found(mailing_id)
    try:
        ordered = actions.send_doubtful_again(mailing)
    except rules.NotNow as problem:
        raise Problem(409, "Not now", f"The mailing is {problem}.") from problem
    return Status(202, {"ordered": ordered, "mailing": shown(_found(mailing_id))})


SKIPPED = {
    1: "unsubscribed",
    2: "suppressed",
    3: "no_ground",
    4: "cancelled",
    5: "gone",
    6: "address_unsupported",
}


def shown(mailing: Mailing) -> dict[str, Any]:
    """A mailing as the API shows it; one whose issue is done is closed first."""
    if mailing.has_moved_on:
        actions.follow(mailing.id)
        mailing.refresh_from_db()
    return {
        **{name: getattr(mailing, name) for name in PLAIN},
        "reason": mailing.issue.reason if mailing.is_under_way else "",
        "lists": mailing.list_ids(),
        "exclude_lists": mailing.list_ids(excluded=True),
        "segments": mailing.segment_ids(),
        "counts": _counts(mailing),
    }


PLAIN = (
    "id", "name", "subject", "sender", "state", "tracking", "scheduled_at", "started_at", "finished_at",
)  # fmt: skip


def _counts(mailing: Mailing) -> dict[str, int | None]:
    nothing: dict[str, int | None] = dict.fromkeys((*SUM, *HITS), 0)
    nothing |= {"unsubscribed": 0, "bounced": 0, "complained": 0}
    if mailing.issue_id is None:
        return nothing
    counts = sending.counts(mailing.issue_id)
    sums = disclosure.told_sums(mailing, counts)
    return {
        **nothing,
        **{name: getattr(counts, name) for name in SUM},
        **{name: getattr(sums, name) if sums else None for name in HITS},
        "unsubscribed": sending.unsubscribed(mailing.issue_id),
        "complained": complained(mailing.issue_id),
    }


HITS = ("opens", "clicks", "machine_opens", "machine_clicks")
SUM = ("planned", "waiting", "sent", "skipped", "failed", "deferred", "in_doubt")


def _found(mailing_id: int) -> Mailing:
    return get_object_or_404(Mailing.objects.select_related("issue"), id=mailing_id, version_of=None)


def _check(wanted: MailingIn) -> None:
    if (wanted.template is None) == (wanted.html is None):
        raise Problem(422, "Template or HTML", "Give either `template` or `html`.")
    present = Segment.objects.filter(id__in=wanted.segments).values_list("id", flat=True)
    if gone := set(wanted.segments) - set(present):
        raise Problem(422, "No such segment", f"There is no segment {min(gone)}.")
    limits = tracking.limits()
    if limits.allowed(wanted.tracking) != wanted.tracking:
        modes = ", ".join(f"`{mode}`" for mode in limits.modes)
        raise Problem(
            422,
            "More than the account measures",
            f"Give one of {modes}, or allow more in the account's settings.",
        )
    asked = {*wanted.lists, *wanted.exclude_lists}
    known = set(List.objects.filter(id__in=asked, archived_at=None).values_list("id", flat=True))
    if asked - known:
        raise Problem(422, "No such list", f"There is no list {min(asked - known)}.")
    try:
        address.parse_sender(wanted.sender)
    except address.AddressProblem as problem:
        raise Problem(422, "No sender", "Give `sender` as an address or as `Name <address>`.") from problem
    _check_sender(wanted.sender)


def _check_sender(sender: str) -> None:
    """On a verified domain of the account; not asked while mail stays on this machine."""
    found = address.parse_sender(sender).address
    if domains.mail_leaves() and domains.domain_for(found.text) is None:
        raise Problem(
            422, "No verified sender domain", f"{found.domain} is no verified sender domain of this account."
        )


def _words(wanted: MailingIn) -> dict[str, Any]:
    if wanted.html is not None:
        return {
            "kind": "html", "source": wanted.html, "preheader": wanted.preheader, "language": wanted.language,
        }  # fmt: skip
    template = Template.objects.filter(id=wanted.template or 0).first()
    if template is None:
        raise Problem(422, "No such template", f"There is no template {wanted.template}.")
    return {
        "template": template,
        "kind": template.kind,
        "source": template.source,
        "preheader": wanted.preheader or template.preheader,
        "language": template.language,
    }


def _do(mailing_id: int, step: Callable[[Mailing], None]) -> dict[str, Any]:
    mailing = _found(mailing_id)
    try:
        step(mailing)
    except actions.CannotSend as problem:
        blocks = [vars(check) for check in problem.checks if check.level == "block"]
        raise Problem(409, "Not sent: a check blocks it", str(problem), checks=blocks) from problem
    except rules.BadTime as problem:
        raise Problem(
            422, "Moment out of reach", "Choose a moment between now and a year from now."
        ) from problem
    except rules.NotNow as problem:
        raise Problem(409, "Not now", f"The mailing is {problem}.") from problem
    return shown(_found(mailing_id))


def _moment(wanted: SendIn | None) -> datetime | None:
    at = wanted.at if wanted else None
    if at is not None and at.tzinfo is None:
        raise Problem(
            422, "Moment without a zone", "Give `at` with its time zone, like 2026-11-26T09:30:00+01:00."
        )
    return at
