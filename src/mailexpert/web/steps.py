"""From an empty account to its first mailing, in four steps on the dashboard."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailexpert.contacts.models import Contact
from mailexpert.content.models import Template
from mailexpert.mailings.models import Mailing
from mailexpert.sending.models import Issue
from mailexpert.web.context import Link


@dataclass(frozen=True, kw_only=True)
class Step:
    title: str | Promise
    text: str | Promise
    button: str | Promise
    url: str
    done: bool
    current: bool


# The room that the step leads to, and its words.
STEPS = (
    (
        "contacts",
        _("Bring in your contacts"),
        _("From a CSV file, with the ground on which you may mail them. Or type in the first few yourself."),
        _("Add contacts"),
    ),
    (
        "content",
        _("Choose what your mail looks like"),
        _("Take the template that lies ready, or bring your own in MJML or HTML."),
        _("Choose a template"),
    ),
    (
        "mailings",
        _("Write your first mailing"),
        _("What your reader gets stands beside what you write. Mail yourself a test first."),
        _("Write a mailing"),
    ),
    (
        "mailings",
        _("Send it"),
        _("We check it with you, ask once, and then account for every single person."),
        _("To your mailing"),
    ),
)


def first_steps(navigation: list[Link]) -> list[Step]:
    """The four steps with the next one marked; nothing once they are all behind you."""
    urls = {link.key: link.url for link in navigation}
    done = taken()
    if done[-1]:
        return []
    following = done.index(False)
    return [
        Step(
            title=title,
            text=text,
            button=button,
            url=urls.get(room, "/"),
            done=done[index],
            current=index == following,
        )
        for index, (room, title, text, button) in enumerate(STEPS)
    ]


def taken() -> list[bool]:
    return [
        Contact.objects.exists(),
        Template.objects.exists(),
        Mailing.objects.exists(),
        sent_a_mailing(),
    ]


def sent_a_mailing() -> bool:
    return Issue.objects.filter(kind=Issue.Kind.MAILING).exists()
