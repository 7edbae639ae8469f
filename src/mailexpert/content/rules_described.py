"""A description of a picture, put where a source shows that picture without any words. Pure."""

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any

TAG = re.compile(r"""<(?:img|mj-image)\b(?:[^<>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
HAS_ALT = re.compile(r"\salt\s*=", re.IGNORECASE)
LONGEST = (
    4_000  # characters of one element: what is longer isn't looked at, so that a hostile source costs no time
)
DEEPEST = 20


def filled(kind: str, source: str, file: str, *, alt: str, decorative: bool) -> str:
    """The source with these words at each place that shows `file` (a name like `token.png`) and says nothing of it."""
    if file not in source or kind == "text":
        return source
    if kind == "blocks":
        return _in_blocks(source, file, alt, decorative)
    words = "" if decorative else escape(alt)
    ends = [element.end() for element in _bare(source, file)]
    for end in reversed(ends):
        at = end - (2 if source[end - 2] == "/" else 1)
        source = f'{source[:at].rstrip()} alt="{words}"{source[at:]}'
    return source


def _bare(source: str, file: str) -> Iterator[re.Match[str]]:
    """Elements that show this file and have no `alt`."""
    seen, at = 0, source.find(file)
    while at >= 0:
        opens = source.rfind("<", max(seen, at - LONGEST), at)
        found = TAG.match(source, opens, opens + LONGEST) if opens >= 0 else None
        if found and found.end() > at and not HAS_ALT.search(found[0]):
            yield found
        seen = max(at, found.end() if found else 0)
        at = source.find(file, seen + 1)


def _in_blocks(source: str, file: str, alt: str, decorative: bool) -> str:
    try:
        mail = json.loads(source)
    except (ValueError, RecursionError):
        return source
    changed = False
    for values in _objects(mail):
        if values.get("kind") not in ("image", "product") or file not in str(values.get("src", "")):
            continue
        if str(values.get("alt") or "").strip() or values.get("decorative"):
            continue
        values |= {"decorative": True} if decorative else {"alt": alt[:300]}
        changed = True
    return json.dumps(mail, ensure_ascii=False) if changed else source


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _objects(one, depth + 1)
