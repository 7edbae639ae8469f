"""Which text holds, which is coming, and who was told what."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from mailexpert.accounts import agreements
from mailexpert.privacy.models_policy import Document, Edition, EditionNotice, EditionText, Told
from mailexpert.privacy.rules_policy import LANGUAGES, effect
from mailexpert.privacy.rules_text import Text, fingerprint, read

FIRST = Path(__file__).parent / "editions"
State = Edition.State


@dataclass(frozen=True, kw_only=True)
class Reading:
    """An edition as it is read: `source` is its Markdown."""

    document: str
    number: int
    language: str
    source: str
    state: str
    announced_at: datetime | None = None
    in_force_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def text(self) -> Text:
        return read(self.source)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.source)


class NoEdition(Exception):
    """There is no such edition, or it was never announced."""


@cache
def first_source(document: str, language: str) -> str:
    """The text that MailExpert comes with: version 1, in force from the installation on."""
    own = FIRST / f"{document}.1.{language}.md"
    path = own if own.exists() else agreements.HERE / own.name
    return path.read_text(encoding="utf-8").strip()


def in_force(document: str, language: str) -> Reading:
    found = Edition.objects.filter(document=document, state=State.IN_FORCE).first()
    return reading(found, language) if found else _shipped(document, language)


def agreed(document: str, language: str) -> tuple[int, str]:
    """What a new account accepts."""
    found = in_force(document, language)
    return found.number, found.source


def _shipped(document: str, language: str) -> Reading:
    source = first_source(document, _known(language))
    return Reading(
        document=document, number=1, language=_known(language), source=source, state=State.IN_FORCE
    )


def edition(document: str, number: int, language: str) -> Reading:
    """A version that people have seen, at the address that it keeps for ever. Raises NoEdition."""
    shown = Edition.objects.filter(document=document, number=number).exclude(state=State.DRAFT)
    found = shown.exclude(announced_at=None).first()
    if found is not None:
        return reading(found, language)
    if number == 1 and not Edition.objects.filter(document=document, number=1).exists():
        return _shipped(document, language)
    raise NoEdition(number)


def before(document: str, number: int, language: str) -> Reading | None:
    """What held, or holds, before this version."""
    older = Edition.objects.filter(document=document, number__lt=number).exclude(announced_at=None)
    found = older.exclude(state=State.WITHDRAWN).order_by("-number").first()
    return reading(found, language) if found else None


def reading(found: Edition, language: str) -> Reading:
    return Reading(
        document=found.document,
        number=found.number,
        language=_known(language),
        source=texts(found).get(_known(language), ""),
        state=found.state,
        announced_at=found.announced_at,
        in_force_at=found.in_force_at,
        ended_at=found.ended_at,
    )


def texts(found: Edition) -> dict[str, str]:
    """The latest words in each language."""
    rows = EditionText.objects.filter(edition=found).order_by("language", "revision")
    return {row.language: row.body for row in rows}


def history(document: str) -> list[Edition]:
    """Every version that was announced, the newest first; empty before the first one was installed."""
    return list(Edition.objects.filter(document=document).exclude(announced_at=None).order_by("-number"))


def coming(document: str = Document.POLICY) -> Edition | None:
    """The version that was announced and doesn't hold yet."""
    return Edition.objects.filter(document=document, state=State.ANNOUNCED).first()


def all_coming() -> list[Edition]:
    return list(Edition.objects.filter(state=State.ANNOUNCED).order_by("announced_at"))


def expected_effect(found: Edition, now: datetime) -> datetime:
    """The day of effect, or while notices are still going out the earliest that it can be."""
    outs = [out or now for out in found.notices.values_list("out_at", flat=True)]
    return found.effective_at or effect(outs, found.wanted_at) or now


def told(edition_id: int | None = None) -> list[Told]:
    """What the active account was told, the newest first."""
    rows = Told.objects.order_by("-at")
    return list(rows.filter(edition_id=edition_id) if edition_id else rows)


def channels(found: Edition) -> dict[str, EditionNotice]:
    return {notice.channel: notice for notice in found.notices.order_by("id")}


def _known(language: str) -> str:
    return language if language in LANGUAGES else "nl"
