"""When a new version may be announced, and when it may take effect. No Django."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailexpert.privacy.rules_text import read

NOTICE = timedelta(days=30)
LANGUAGES = ("nl", "en")
MOST_UNREACHED = 20  # one in so many customers may be out of reach of mail; more means that the notice failed


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is asked to be announced. `wanted`: the moment it should take effect, if a later one than it could."""

    texts: Mapping[str, str]
    author_ids: Collection[int]
    approver_id: int
    wanted: datetime | None


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a version can't be announced: `code` for programs, `values` for the sentence."""

    code: str
    values: str = ""


def refusals(draft: Draft, *, backed: Collection[str], binds: bool, now: datetime) -> list[Refusal]:
    """Everything that stands against announcing it, so that it can be mended in one go. `backed`: promises that
    have a check; `binds`: whether this document must make them all."""
    found = []
    missing = [language for language in LANGUAGES if not draft.texts.get(language, "").strip()]
    if missing:
        found.append(Refusal(code="language", values=", ".join(missing)))
    if draft.approver_id in draft.author_ids:
        found.append(Refusal(code="four_eyes"))
    if draft.wanted is not None and draft.wanted < now + NOTICE:
        found.append(Refusal(code="too_early"))
    return [*found, *(_unbound(draft, backed, missing) if binds else [])]


def _unbound(draft: Draft, backed: Collection[str], missing: Collection[str]) -> list[Refusal]:
    found = []
    for language in LANGUAGES:
        if language in missing:
            continue
        made = set(read(draft.texts[language]).promises)
        unbacked = sorted(made - set(backed), key=_number)
        if unbacked:
            found.append(Refusal(code="unbacked", values=f"{language}: {', '.join(unbacked)}"))
        silent = sorted(set(backed) - made, key=_number)
        if silent:
            found.append(Refusal(code="silent", values=f"{language}: {', '.join(silent)}"))
    return found


def _number(promise: str) -> int:
    return int(promise[1:])


def effect(outs: Sequence[datetime | None], wanted: datetime | None) -> datetime | None:
    """When it takes effect: 30 days after the last notice went out, or later if that was wanted. While a notice
    has not gone out there is no such day."""
    gone = [at for at in outs if at is not None]
    if not gone or len(gone) < len(outs):
        return None
    earliest = max(gone) + NOTICE
    return max(earliest, wanted) if wanted else earliest


def mail_went_out(*, customers: int, reached: int) -> bool:
    """A mail that nearly everyone got has gone out; who is out of reach is told in the pages, and on record."""
    return (customers - reached) * MOST_UNREACHED <= customers
