"""What a check can mend by itself: the words of a draft before and after."""

import re
from dataclasses import replace

from mailexpert.content.values import Draft

BARE_FIELD = re.compile(r"\{\{(-?)\s*contact\.(\w+)\s*(-?)\}\}")
HTTP = re.compile(r"http://(?=[\w.-]+\.[a-z]{2,})", re.IGNORECASE)
AUTOMATIC = frozenset(("link_plain", "field_fallback"))


def mended(draft: Draft, code: str) -> Draft:
    """The draft with every such fault mended; the same draft where there is nothing to do."""
    if code == "link_plain":
        return replace(draft, source=HTTP.sub("https://", draft.source))
    if code == "field_fallback":
        names = ("source", "subject", "preheader")
        return replace(
            draft, **{name: _with_fallback(getattr(draft, name), draft.language) for name in names}
        )
    return draft


def _with_fallback(source: str, language: str) -> str:
    """Single quotes: they stand in JSON as they are."""
    reader = "lezer" if language == "nl" else "reader"

    def filled(found: re.Match[str]) -> str:
        if found[2] == "email":
            return found[0]
        fallback = reader if found[2] == "first_name" else ""
        return f"{{{{{found[1]} contact.{found[2]} | default: '{fallback}' {found[3]}}}}}"

    return BARE_FIELD.sub(filled, source)
