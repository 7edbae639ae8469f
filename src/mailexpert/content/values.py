"""What passes between this room's parts."""

from dataclasses import dataclass

from mailexpert.content.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A mail that is being written, saved or not."""

    kind: str
    source: str
    subject: str = ""
    preheader: str = ""
    language: str = "nl"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What one reader gets. With problems there is nothing to show; `removed` names what was left out."""

    subject: str = ""
    preheader: str = ""
    html: str = ""
    text: str = ""
    problems: tuple[Problem, ...] = ()
    removed: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Starter:
    """A template that comes with MailExpert."""

    slug: str
    name: str
    description: str
    kind: str
    language: str
    subject: str
    preheader: str
    source: str


@dataclass(frozen=True, kw_only=True)
class FieldChoice:
    """A field that can be put into a mail, and how it is written."""

    label: str
    code: str
    name: str = ""
