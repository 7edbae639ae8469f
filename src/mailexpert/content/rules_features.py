"""Which features of caniemail's collection a mail uses: our own matcher, by the names that it gives them."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from mailexpert.content.rules_names import names

DECLARATION = re.compile(r"(?<![\w-])([a-z-]+)\s*:\s*([^;{}]+)", re.IGNORECASE)
SELECTORS = re.compile(r"([^{}@;]+)\{")
# Features that several properties or words stand for; the rest follows from its name.
WRITTEN = {
    "css-at-media-device-pixel-ratio": r"@media[^{]*device-pixel-ratio",
    "css-at-media-hover": r"@media[^{]*\(\s*(?:any-)?hover",
    "css-at-media-orientation": r"@media[^{]*\(\s*orientation",
    "css-at-media-prefers-color-scheme": r"@media[^{]*prefers-color-scheme",
    "css-at-media-prefers-reduced-motion": r"@media[^{]*prefers-reduced-motion",
    "css-unit-percent": r"\d%",
    "css-unit-initial": r":\s*initial\b",
    "css-unit-calc": r"calc\(",
    "css-important": r"!\s*important",
    "css-variables": r"var\(\s*--",
    "css-rgb": r"\brgb\(",
    "css-rgba": r"\brgba\(",
    "css-modern-color": r"\b(?:oklch|oklab|lch|lab|hwb|color)\(",
    "css-linear-gradient": r"linear-gradient\(",
    "css-radial-gradient": r"radial-gradient\(",
    "css-conic-gradient": r"conic-gradient\(",
    "css-display-flex": r"display\s*:\s*(?:inline-)?flex",
    "css-display-grid": r"display\s*:\s*(?:inline-)?grid",
    "css-display-none": r"display\s*:\s*none",
    "css-intrinsic-size": r":\s*(?:min|max|fit)-content",
    "css-sytem-ui": r"font[^;}]*system-ui",
    "css-left-right-top-bottom": r"(?<![\w-])(?:left|right|top|bottom)\s*:",
    "css-margin-inline-block": r"margin-(?:inline|block)\s*:",
    "css-margin-inline-start-end": r"margin-inline-(?:start|end)\s*:",
    "css-margin-block-start-end": r"margin-block-(?:start|end)\s*:",
    "css-padding-inline-block": r"padding-(?:inline|block)\s*:",
    "css-padding-inline-start-end": r"padding-inline-(?:start|end)\s*:",
    "css-padding-block-start-end": r"padding-block-(?:start|end)\s*:",
    "css-border-inline-block": r"border-(?:inline|block)\s*:",
    "css-border-radius-logical": r"border-(?:start|end)-(?:start|end)-radius\s*:",
    "css-column-layout-properties": r"(?<![\w-])column(?:s|-gap|-rule|-span|-width|-fill)\s*:",
    "css-scroll-snap": r"scroll-snap-\w+\s*:",
}
ELEMENTS = {
    "html-h1-h6": "h1, h2, h3, h4, h5, h6",
    "html-lists": "ul, ol, dl",
    "html-semantics": "article, section, header, footer, nav, main, aside, figure, figcaption, mark, time",
    "html-anchor-links": 'a[href^="#"]',
    "html-mailto-links": 'a[href^="mailto:"]',
    "html-image-maps": "map, img[usemap]",
    "html-loading-attribute": "[loading]",
    "html-button-submit": "button",
    "html-input-text": "input",
    "html-meta-color-scheme": 'meta[name="color-scheme"]',
    "css-inert-attribute": "[inert]",
}
ATTRIBUTES = names(
    "align aria-describedby aria-hidden aria-label aria-labelledby aria-live background cellpadding cellspacing dir "
    "height hidden lang popover required role srcset target valign width"
)
IN_SELECTORS = {
    "css-selector-adjacent-sibling": r"[^\s>~+]\s*\+\s*[^\s]",
    "css-selector-general-sibling": r"[^\s>~+]\s*~\s*[^=\s]",
    "css-selector-attribute": r"\[[\w-]+",
    "css-selector-child": r"[^\s>]\s*>\s*[^\s]",
    "css-selector-class": r"\.[a-z_-][\w-]*",
    "css-selector-id": r"#[a-z_-][\w-]*",
    "css-selector-chaining": r"[.#][\w-]+[.#][\w-]+",
    "css-selector-grouping": r"[^\s,],\s*[^\s,]",
    "css-selector-descendant": r"[\w\])]\s+[\w.#\[*]",
    "css-selector-type": r"(?:^|[\s,>+~])[a-z][\w-]*",
    "css-selector-universal": r"(?<![\w\]])\*(?!=)",
}


def used(css: str, tree: LexborHTMLParser, known: Iterable[str]) -> set[str]:
    """`css`: every style of the mail, those of its elements too."""
    wanted = frozenset(known)
    found = {f"css-{one[1].lower()}" for one in DECLARATION.finditer(css)}
    found |= {f"html-{(node.tag or '').lower()}" for node in tree.css("body *")}
    chosen = " ;\n".join(SELECTORS.findall(css))
    for name, pattern, in_selectors in _patterns(wanted):
        if pattern.search(chosen if in_selectors else css):
            found.add(name)
    return (found | set(_in_tree(tree))) & wanted


def _in_tree(tree: LexborHTMLParser) -> Iterator[str]:
    chosen = {**ELEMENTS, **{f"html-{name}": f"body [{name}]" for name in ATTRIBUTES}}
    for name, selector in chosen.items():
        try:
            if tree.css_first(selector) is not None:
                yield name
        except (SelectolaxError, ValueError):
            continue


@cache
def _patterns(wanted: frozenset[str]) -> tuple[tuple[str, re.Pattern[str], bool], ...]:
    """Each name's pattern, and whether it is looked for in selectors alone."""
    made = []
    for name in sorted(wanted):
        pattern, in_selectors = _pattern(name)
        if pattern:
            made.append((name, re.compile(pattern, re.IGNORECASE), in_selectors))
    return tuple(made)


def _pattern(name: str) -> tuple[str, bool]:
    if name in WRITTEN:
        return WRITTEN[name], False
    if name in IN_SELECTORS:
        return IN_SELECTORS[name], True
    for start, form, in_selectors in (
        ("css-at-", r"@{}\b", False),
        ("css-pseudo-class-", r":{}(?![\w-])", True),
        ("css-pseudo-element-", r"::?{}(?![\w-])", True),
        ("css-unit-", r"(?<![\w#.-])-?(?:\d+|\d*\.\d+){}(?![\w-])", False),
        ("css-function-", r"(?<![\w-]){}\(", False),
    ):
        if name.startswith(start):
            return form.format(re.escape(name.removeprefix(start))), in_selectors
    return "", False
