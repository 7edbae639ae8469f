"""Contrast by day and in dark mode, on the styles as they stand in the mail after inlining."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from mailexpert.content.blocks.look import contrast
from mailexpert.content.findings import Finding, Written, fine, warn
from mailexpert.content.problems import gettext_noop

DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;]+)")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
DARK = re.compile(
    r"@media[^{]*prefers-color-scheme\s*:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}", re.IGNORECASE
)
RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)")
NAMED = {
    "white": "#ffffff",
    "black": "#000000",
    "red": "#ff0000",
    "gray": "#808080",
    "grey": "#808080",
    "yellow": "#ffff00",
}
UNSEEN = frozenset(("style", "script", "title", "head"))
HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|font-size\s*:\s*[01]px", re.IGNORECASE)
NORMAL, LARGE = 4.5, 3.0  # WCAG 2.2, 1.4.3
MOST_NODES = 20_000

LIGHT_FAULT = gettext_noop("“%(words)s” is hard to read: its contrast is %(ratio)s, and 4.5 is needed.")
DARK_FAULT = gettext_noop(
    "In dark mode “%(words)s” is hard to read: its contrast is %(ratio)s, and 4.5 is needed."
)
NO_DARK = gettext_noop(
    "The mail names no dark colours of its own, so each mail program makes its own choice."
)
CONTRAST_FINE = gettext_noop("All text can be read, by day and in dark mode.")


@dataclass(frozen=True, kw_only=True)
class _Ink:
    colour: str = "#000000"
    ground: str = "#ffffff"
    size: float = 16.0
    bold: bool = False


def examine(tree: LexborHTMLParser, written: Written) -> Iterator[Finding]:
    css = " ".join(node.text(deep=True) or "" for node in tree.css("style"))
    dark = DARK.search(css)
    light_faults = _faults(tree, {})
    dark_faults = _faults(tree, _overrides(tree, dark[1])) if dark else []
    for code, sentence, faults in (
        ("contrast", LIGHT_FAULT, light_faults),
        ("contrast_dark", DARK_FAULT, dark_faults),
    ):
        if faults:
            words, ratio = min(faults, key=lambda fault: fault[1])
            yield warn(code, sentence, written.place(words), words=words[:60], ratio=round(ratio, 1))
    if not dark and len(tree.css("[style*=color], [bgcolor]")) > 2:
        yield warn("dark_missing", NO_DARK)
    if not light_faults and not dark_faults:
        yield fine("contrast", CONTRAST_FINE)


def _overrides(tree: LexborHTMLParser, css: str) -> dict[int, dict[str, str]]:
    """What a dark style sheet makes of each element. Ours are all !important, so order is all that counts."""
    found: dict[int, dict[str, str]] = {}
    for selectors, declarations in RULE.findall(css):
        changed = _declared(declarations)
        for selector in selectors.split(","):
            try:
                nodes = tree.css(selector.strip()) if selector.strip() else []
            except (SelectolaxError, ValueError):
                continue
            for node in nodes:
                found.setdefault(node.mem_id, {}).update(changed)
    return found


def _declared(css: str) -> dict[str, str]:
    return {name.lower(): value.replace("!important", "").strip() for name, value in DECLARATION.findall(css)}


def _faults(tree: LexborHTMLParser, overrides: Mapping[int, Mapping[str, str]]) -> list[tuple[str, float]]:
    faults: list[tuple[str, float]] = []
    if tree.body is None:
        return faults
    waiting: list[tuple[LexborNode, _Ink]] = [(tree.body, _Ink())]
    count = 0
    while waiting and count < MOST_NODES:
        count += 1
        node, around = waiting.pop()
        style = node.attributes.get("style") or ""
        if (node.tag or "") in UNSEEN or HIDDEN.search(style):
            continue
        ink = _inked(node, style, around, overrides.get(node.mem_id, {}))
        child = node.first_child
        while child is not None:
            if child.is_text_node:
                faults += _fault(child.text_content or "", ink)
            elif not child.is_comment_node:
                waiting.append((child, ink))
            child = child.next
    return faults


def _fault(text: str, ink: _Ink) -> Iterator[tuple[str, float]]:
    words = " ".join(text.split())
    if not re.search(r"\w", words):
        return
    ratio = contrast(ink.colour, ink.ground)
    is_large = ink.size >= 24 or (ink.bold and ink.size >= 18.66)
    if ratio < (LARGE if is_large else NORMAL):
        yield words, ratio


def _inked(node: LexborNode, style: str, around: _Ink, override: Mapping[str, str]) -> _Ink:
    given = {**_declared(style), **override}
    ground = given.get("background-color") or given.get("background") or node.attributes.get("bgcolor") or ""
    size = re.match(r"(\d+(?:\.\d+)?)px", given.get("font-size", ""))
    weight = given.get("font-weight", "")
    is_heavy = (node.tag or "") in ("strong", "b", "h1", "h2", "h3", "th")
    return replace(
        around,
        colour=_hex(given.get("color") or node.attributes.get("color") or "") or around.colour,
        ground=_hex(ground) or around.ground,
        size=float(size[1]) if size else around.size,
        bold=weight in ("bold", "700", "600", "800", "900") or is_heavy or (around.bold and not weight),
    )


def _hex(value: str) -> str:
    """Nothing for what isn't a plain colour: a picture or a gradient has no contrast of its own."""
    value = value.strip().lower()
    word = value.split(" ")[0]
    if word in NAMED:
        return NAMED[word]
    found = re.match(r"#([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])", value)
    if found:
        digits = found[1]
        return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))
    rgb = RGB.match(value)
    return "#" + "".join(f"{min(255, int(part)):02x}" for part in rgb.groups()) if rgb else ""
