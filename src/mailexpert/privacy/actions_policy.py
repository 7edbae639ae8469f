"""Editions from draft to effect: written by one, approved by another, announced in four ways, in force after 30
days."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from mailexpert.accounts.models import User
from mailexpert.core.scope import account
from mailexpert.privacy import rules_policy as rules
from mailexpert.privacy.models_policy import Document, Edition, EditionNotice, EditionText, Told
from mailexpert.privacy.moment import moment
from mailexpert.privacy.queries_policy import first_source, texts
from mailexpert.privacy.rules_text import fingerprint

State = Edition.State
Channel = EditionNotice.Channel
SHOWN_AT_ONCE = (Channel.LOGIN, Channel.BANNER)  # pages ask which version is coming


class Refused(Exception):
    """The edition can't be announced; `reasons` says why, each in a sentence."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class NotNow(Exception):
    """The edition is in a state in which this can't be done."""


def install() -> None:
    """Version 1 of every document is in force from the installation on. Repeatable."""
    for document in Document:
        with transaction.atomic():
            if Edition.objects.filter(document=document).exists():
                continue
            now = moment()
            made = Edition.objects.create(
                document=document, number=1, state=State.IN_FORCE, announced_at=now, effective_at=now,
                in_force_at=now,
            )  # fmt: skip
            for language in rules.LANGUAGES:
                _write(made, language, first_source(document, language), None)


@transaction.atomic
def draft(document: str, author: User) -> Edition:
    """A new version that begins with the words of the last one."""
    install()
    newest = Edition.objects.filter(document=document).aggregate(n=Max("number"))["n"]
    last = (
        Edition.objects.filter(document=document).exclude(state=State.WITHDRAWN).order_by("-number").first()
    )
    made = Edition.objects.create(
        document=document, number=newest + 1, author=author, author_name=str(author)
    )
    for language, body in (texts(last) if last else {}).items():
        _write(made, language, body, author)
    return made


@transaction.atomic
def write(edition_id: int, bodies: Mapping[str, str], author: User, **facts: object) -> None:
    """Keep new words of a draft; `facts` are summary_nl, summary_en and wanted_at."""
    found = _locked(edition_id, State.DRAFT)
    known = texts(found)
    for language, body in bodies.items():
        if known.get(language, "") != body:
            _write(found, language, body, author)
    if facts:
        Edition.objects.filter(id=found.id).update(**facts)


def _write(found: Edition, language: str, body: str, author: User | None) -> None:
    last = EditionText.objects.filter(edition=found, language=language).aggregate(n=Max("revision"))["n"] or 0
    EditionText.objects.create(
        edition=found, language=language, revision=last + 1, body=body, fingerprint=fingerprint(body),
        author=author,
    )  # fmt: skip


@transaction.atomic
def announce(edition_id: int, approver: User, backed: Collection[str]) -> Edition:
    """Approve a draft and begin to tell everyone. Raises Refused with every reason."""
    found = _locked(edition_id, State.DRAFT)
    now = moment()
    asked = rules.Draft(
        texts=texts(found),
        author_ids=_authors(found),
        approver_id=approver.pk,
        wanted=found.wanted_at,
    )
    binds = found.document == Document.POLICY
    reasons = [_said(one) for one in rules.refusals(asked, backed=backed, binds=binds, now=now)]
    if Edition.objects.filter(document=found.document, state=State.ANNOUNCED).exists():
        reasons.append(_("Another version is announced already. Only one can be on its way."))
    if reasons:
        raise Refused(reasons)
    _move(found, State.ANNOUNCED, announced_at=now, approver=approver, approver_name=str(approver))
    if found.document == Document.STAFF:
        _take_effect(found, now)  # nobody outside is told: staff sign the new text before they go on
        return found
    for channel in Channel:
        at_once = now if channel in SHOWN_AT_ONCE else None
        EditionNotice.objects.create(edition=found, channel=channel, out_at=at_once)
    return found


def _authors(found: Edition) -> set[int]:
    """Whoever wrote any of its words."""
    rows = EditionText.objects.filter(edition=found).exclude(author=None)
    written = set(rows.values_list("author_id", flat=True))
    return written | ({found.author_id} if found.author_id else set())


@transaction.atomic
def withdraw(edition_id: int) -> None:
    """What was announced doesn't come; its text and its record stay."""
    found = _locked(edition_id, State.DRAFT, State.ANNOUNCED)
    _move(found, State.WITHDRAWN, ended_at=moment())


def note_out(notice: EditionNotice) -> None:
    EditionNotice.objects.filter(id=notice.id, out_at=None).update(out_at=moment(), trouble="")


def note_trouble(notice: EditionNotice, words: str) -> None:
    """It has not gone out, or doesn't stand any more: the day of effect moves."""
    EditionNotice.objects.filter(id=notice.id).update(out_at=None, trouble=words, tried_at=moment())


def note_told(
    account_id: int,
    edition_id: int,
    channel: str,
    act: Told.Act,
    *,
    user_id: int = 0,
    at: datetime | None = None,
) -> bool:
    """A line in the account's record, once; whether it is new."""
    with account(account_id):
        try:
            with transaction.atomic():
                Told.objects.create(
                    edition_id=edition_id, channel=channel, act=act, user_id=user_id, at=at or moment()
                )
        except IntegrityError:
            return False
    return True


def advance() -> None:
    """Set each announced version's day of effect, and let it take effect when that day has come."""
    for edition_id in Edition.objects.filter(state=State.ANNOUNCED).values_list("id", flat=True):
        with transaction.atomic():
            now = moment()
            found = _locked(edition_id, State.ANNOUNCED)
            outs = list(found.notices.values_list("out_at", flat=True))
            at = rules.effect(outs, found.wanted_at)
            if at != found.effective_at:
                _move(found, State.ANNOUNCED, effective_at=at)
            if at is not None and at <= now:
                _take_effect(found, now)


def _take_effect(found: Edition, now: datetime) -> None:
    past = Edition.objects.filter(document=found.document, state=State.IN_FORCE)
    past.update(state=State.PAST, ended_at=now)
    _move(found, State.IN_FORCE, in_force_at=now, effective_at=found.effective_at or now)


def _locked(edition_id: int, *states: str) -> Edition:
    found = Edition.objects.select_for_update().get(id=edition_id)
    if found.state not in states:
        raise NotNow(found.state)
    return found


def _move(found: Edition, state: str, **fields: object) -> None:
    found.state = state
    for name, value in fields.items():
        setattr(found, name, value)
    found.save(update_fields=["state", *fields])


def _said(refusal: rules.Refusal) -> str:
    """The reason in words."""
    words = {
        "language": _(
            "The text is missing in: %(values)s. A version is announced in both languages or not at all."
        ),
        "four_eyes": _("You wrote on this version yourself. Someone else has to approve it."),
        "too_early": _("The wanted day is too early: 30 days lie between the last notice and the effect."),
        "unbacked": _("No check stands behind these promises (%(values)s), so we can’t make them."),
        "silent": _("These promises are missing from the text (%(values)s)."),
    }
    return words[refusal.code] % {"values": refusal.values}
