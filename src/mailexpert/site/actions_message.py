"""The operator's mails to its customers: product news and offers by who may write them; word about the service by one
who writes and another who reads."""

import logging
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from mailexpert.accounts.models import User
from mailexpert.base import env
from mailexpert.core.scope import account
from mailexpert.privacy.moment import moment
from mailexpert.site import customers, post, rules_message
from mailexpert.site.models import MailKind, Message

log = logging.getLogger(__name__)
State = Message.State
RIGHTS = {MailKind.SERVICE: "announce", MailKind.UPDATES: "promote", MailKind.PROMOTIONS: "promote"}


class Refused(Exception):
    """It may not go on; `reasons` says why, each in a sentence."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def offer(message: Message) -> None:
    """Lay word about the service before a second reader. Raises Refused."""
    texts = {name: getattr(message, name) for name in ("body_nl", "body_en", "todo_nl", "todo_en")}
    found = rules_message.faults(
        texts, event=message.event, starts_at=message.starts_at, ends_at=message.ends_at
    )
    if found:
        log.warning("message %s about the service was refused: %s", message.pk, ", ".join(found))
        word = rules_message.promotional(" ".join(texts.values()))
        raise Refused([_fault(code, word) for code in found])
    Message.objects.filter(id=message.id, state__in=(State.DRAFT, State.REFUSED)).update(state=State.OFFERED)


def refuse(message: Message, reader: User, why: str) -> None:
    """The second reader says no: it goes back to its author, with the reason."""
    Message.objects.filter(id=message.id, state=State.OFFERED).update(
        state=State.REFUSED, reader=reader, refused_because=why[:300]
    )


def send(message: Message, by: User) -> int:
    """Start its mailings; how many. Word about the service needs a second reader. Raises Refused."""
    if not by.may(RIGHTS[MailKind(message.kind)]):
        log.warning("user %s has no right to send message %s", by.pk, message.pk)
        raise Refused([_("You don’t have the right to send this.")])
    if message.kind == MailKind.SERVICE:
        _check_second_reader(message, by)
    elif message.state != State.DRAFT:
        raise Refused([_("It was sent already.")])
    customers.keep_in_step()
    with account(customers.operator_id()), transaction.atomic():
        found = Message.objects.select_for_update().get(id=message.id)
        if found.state == State.SENT:
            raise Refused([_("It was sent already.")])
        try:
            made = [_send(found, language) for language in customers.LANGUAGES]
        except post.NotSent as problem:
            raise Refused([str(problem)]) from problem
        mailings = [one for one in made if one is not None]
        reader = by if message.kind == MailKind.SERVICE else None
        Message.objects.filter(id=found.id).update(
            state=State.SENT, sent_at=moment(), mailings=mailings, reader=reader
        )
    return len(mailings)


def _check_second_reader(message: Message, by: User) -> None:
    if message.state != State.OFFERED:
        raise Refused([_("A second reader has to see it first.")])
    if message.author_id == by.pk:
        log.warning("user %s wanted to be the second reader of their own message %s", by.pk, message.pk)
        raise Refused([_("You wrote this yourself. Someone else has to read it before it leaves.")])


def _send(message: Message, language: str) -> int | None:
    target = customers.lists()[message.kind, language]
    with translation.override(language):
        said = word(message, language)
    return post.send(said, name=f"{message} ({language})", language=language, list_ids=[target])


def word(message: Message, language: str) -> post.Word:
    """What the reader gets, in the language that is active."""
    body = _paragraphs(getattr(message, f"body_{language}"))
    if message.kind != MailKind.SERVICE:
        return post.Word(subject=getattr(message, f"subject_{language}"), paragraphs=body)
    todo = getattr(message, f"todo_{language}").strip()
    when = _when(message)
    doing = _("What you can do: %(todo)s") % {"todo": todo} if todo else ""
    return post.Word(
        subject=_subject(message),
        paragraphs=[part for part in (when, *body, doing) if part],
        button=_("News of the service"),
        url=env.load().base_url + reverse("site:news"),
        after=_("Word about the service goes to every customer and holds no promotion. Who no longer wants it can end "
                "the account under Settings & Options."),
    )  # fmt: skip


def _subject(message: Message) -> str:
    day = date_format(localtime(message.starts_at), "j F Y") if message.starts_at else ""
    event = str(message.get_event_display())
    return _("%(event)s on %(day)s") % {"event": event, "day": day} if day else event


def _when(message: Message) -> str:
    if message.starts_at is None:
        return ""
    values: dict[str, Any] = {"start": date_format(localtime(message.starts_at), "j F Y H:i")}
    if message.ends_at is None:
        return _("From %(start)s.") % values
    values["end"] = date_format(localtime(message.ends_at), "j F Y H:i")
    return _("From %(start)s to %(end)s.") % values


def _paragraphs(text: str) -> list[str]:
    return [" ".join(block.split()) for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]


def _fault(code: str, word: str) -> str:
    words = {
        "language": _("The text is missing in one of the languages."),
        "long": _("The text is too long: 400 characters are enough to say when, what and what to do."),
        "promotion": _("This reads like a promotion (“%(word)s”), which this may not hold.") % {"word": word},
        "link": _("Word about the service holds no links of its own."),
        "time": _("Planned maintenance has a beginning and an end."),
        "order": _("The end lies before the beginning."),
    }
    return words[code]
