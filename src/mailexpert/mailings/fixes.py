"""What a check can mend by itself: the words of a draft before and after."""

import re
from collections.abc import Mapping
from dataclasses import replace

from mailexpert.content.values import Draft
from mailexpert.mailings import fixes_markup

BARE_FIELD = re.compile(r"\{\{(-?)\s*contact\.(\w+)\s*(-?)\}\}")
HTTP = re.compile(r"http://(?=[\w.-]+\.[a-z]{2,})", re.IGNORECASE)
MARKS = re.compile(r"!(?:\s*!)+")
SMALL = re.compile(r"(font-size\s*[:=]\s*[\"']?\s*)(\d+(?:\.\d+)?)(px)", re.IGNORECASE)
SMALLEST, HIDES = 14, 2  # pixels; at two or less something is hidden on purpose
MARKUP = {
    "link_line": fixes_markup.with_lines,
    "table_scope": fixes_markup.with_scopes,
    "table_role": fixes_markup.with_roles,
}
AUTOMATIC = frozenset(
    ("link_plain", "link_moved", "field_fallback", "subject_capitals", "subject_marks", "text_small", *MARKUP)
).union(
    ("image_moves",)  # in the library: content.checks.let_pictures_stop
)


def mended(draft: Draft, code: str, *, moved: Mapping[str, str] | None = None) -> Draft:
    """The draft with every such fault mended; the same draft where there is nothing to do. `moved`: where pages are
    now that the mail links to by an older address."""
    if code in MARKUP:
        return replace(draft, source=MARKUP[code](draft.source))
    if code == "link_moved":
        return replace(draft, source=fixes_markup.with_targets(draft.source, moved or {}))
    if code == "link_plain":
        return replace(draft, source=HTTP.sub("https://", draft.source))
    if code == "field_fallback":
        names = ("source", "subject", "preheader")
        return replace(
            draft, **{name: _with_fallback(getattr(draft, name), draft.language) for name in names}
        )
    if code == "subject_capitals":
        return replace(draft, subject=_calm(draft.subject))
    if code == "subject_marks":
        return replace(draft, subject=_one_mark(draft.subject))
    if code == "text_small":
        return replace(draft, source=SMALL.sub(_larger, draft.source))
    return draft


def _calm(subject: str) -> str:
    """As a sentence; what stands between braces is code."""
    parts = re.split(r"(\{\{.*?\}\}|\{%.*?%\})", subject)
    calm = [part if part.startswith(("{{", "{%")) else part.lower() for part in parts]
    first = next(
        (n for n, part in enumerate(calm) if part.strip() and not part.startswith(("{{", "{%"))), None
    )
    if first == 0:
        calm[0] = calm[0][:1].upper() + calm[0][1:]
    return "".join(calm)


def _one_mark(subject: str) -> str:
    """The last one stays."""
    once = MARKS.sub("!", subject)
    head, mark, tail = once.rpartition("!")
    return head.replace("!", ".") + mark + tail


def _larger(found: re.Match[str]) -> str:
    return f"{found[1]}{SMALLEST}{found[3]}" if HIDES < float(found[2]) < SMALLEST else found[0]


def _with_fallback(source: str, language: str) -> str:
    """Single quotes: they stand in JSON as they are."""
    reader = "lezer" if language == "nl" else "reader"

    def filled(found: re.Match[str]) -> str:
        if found[2] == "email":
            return found[0]
        fallback = reader if found[2] == "first_name" else ""
        return f"{{{{{found[1]} contact.{found[2]} | default: '{fallback}' {found[3]}}}}}"

    return BARE_FIELD.sub(filled, source)
