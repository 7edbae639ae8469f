"""Single mails to persons, on behalf of the account: a few sentences and at most one button."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import override

from mailexpert.accounts.models import Account
from mailexpert.contacts.jobs_letters import send_letter
from mailexpert.contacts.models import Letter
from mailexpert.core.jobs import defer


@dataclass(frozen=True, kw_only=True)
class Words:
    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""
    url: str = ""
    after: str = ""


def rendered(language: str, words: Words) -> dict[str, str]:
    with override(language):
        context = {"letter": words, "sender": Account.objects.get()}
        return {
            "subject": " ".join(words.subject.split())[:200],
            "text": render_to_string("contacts/mail/letter.txt", context),
            "html": render_to_string("contacts/mail/letter.html", context),
        }


def write(to: str, language: str, words: Words) -> Letter:
    """Put a mail ready for the worker, in the language of its reader."""
    made = Letter.objects.create(recipient=to, **rendered(language, words))
    defer(send_letter, letter_id=made.id)
    return made
