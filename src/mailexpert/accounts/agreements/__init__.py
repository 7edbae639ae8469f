"""The agreements of an account: their texts as files, named by version and by the hash of what was shown."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

HERE = Path(__file__).parent
VERSION = "1"
TERMS, PROCESSING = "terms", "processing"


@dataclass(frozen=True, kw_only=True)
class Agreement:
    document: str
    version: str
    language: str
    title: str
    text: str

    @property
    def text_hash(self) -> str:
        return hashlib.blake2b(self.text.encode(), digest_size=32).hexdigest()

    @property
    def html(self) -> SafeString:
        """Headings and paragraphs; the files hold nothing else."""
        parts = []
        for block in self.text.split("\n\n")[1:]:
            heading = block.startswith("## ")
            parts.append(f"<h2>{escape(block[3:])}</h2>" if heading else linebreaks(block, autoescape=True))
        return mark_safe("\n".join(parts))  # noqa: S308  (escaped above, from our own files)


Source = Callable[[str, str], tuple[int, str]]

_sources: list[Source] = []


def ask(source: Source) -> None:
    """Who knows which version is in force (the privacy room): it answers with its number and its words."""
    _sources[:] = [source]


def agreement(document: str, language: str) -> Agreement:
    """The version that is in force; the shipped one where nobody knows of another."""
    language = language if language in {"nl", "en"} else "nl"
    number, text = _sources[0](document, language) if _sources else (1, shipped(document, language))
    title = text.splitlines()[0].removeprefix("# ")
    return Agreement(document=document, version=str(number), language=language, title=title, text=text)


@cache
def shipped(document: str, language: str) -> str:
    return (HERE / f"{document}.{VERSION}.{language}.md").read_text(encoding="utf-8").strip()
