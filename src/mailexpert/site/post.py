"""Mail from the operator to its customers: ordinary mailings of its own account, through the one engine."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from mailexpert.contacts.models import Membership
from mailexpert.mail.address import AddressProblem, parse_sender
from mailexpert.mailings import actions as mailings
from mailexpert.mailings.models import Mailing

NOWHERE = "MailExpert <post@mailexpert.example>"


class NotSent(Exception):
    """The mailing can't leave; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """What a mail says. `button` leads to `url`."""

    subject: str
    paragraphs: Sequence[str]
    button: str = ""
    url: str = ""
    after: str = ""


def send(word: Word, *, name: str, language: str, list_ids: Iterable[int]) -> int | None:
    """Start a mailing to these lists, inside the operator's account; its id, or None when nobody is on them.
    Raises NotSent."""
    to = list(list_ids)
    if not Membership.objects.filter(list_id__in=to, ended_at=None).exists():
        return None
    made = Mailing.objects.create(
        name=name[:200],
        subject=word.subject[:400],
        sender=sender(),
        kind=Mailing.Kind.HTML,
        source=source(word, language),
        tracking=Mailing.Tracking.NONE,
        language=language,
    )
    mailings.choose_audience(made, to)
    try:
        mailings.start(made)
    except mailings.CannotSend as problem:
        mailings.delete_draft(made)
        raise NotSent(str(problem)) from problem
    return made.id


def sender() -> str:
    """The installation's own address; a machine without a domain has none that a mail could come from."""
    try:
        parse_sender(settings.DEFAULT_FROM_EMAIL)
    except AddressProblem:
        return NOWHERE
    return settings.DEFAULT_FROM_EMAIL


def source(word: Word, language: str) -> str:
    with translation.override(language):
        return render_to_string("site/mail/word.html", {"word": word})
