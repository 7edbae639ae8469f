"""Which mail programs don't show what a mail uses, by the facts of caniemail.com (data/support.json)."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from mailexpert.content import rules_features
from mailexpert.content.findings import Finding, fine, warn
from mailexpert.content.problems import gettext_noop
from mailexpert.content.rules_names import names

DATA = Path(__file__).parent / "data" / "support.json"
OUTLOOK_ONLY = re.compile(r"<!--\[if.*?<!\[endif\]-->", re.DOTALL)
# Where they are missing the mail still stands: square corners, no shadow, one column, its light colours.
GRACEFUL = names(
    "css-at-media css-at-media-prefers-color-scheme css-at-media-hover css-border-radius css-box-shadow "
    "css-color-scheme css-text-shadow css-background-size css-background-position css-background-repeat "
    "css-hyphens css-max-height css-min-height css-min-width css-overflow css-overflow-wrap css-word-wrap "
    "css-outline css-opacity css-table-layout css-border-spacing css-caption-side css-cursor css-word-spacing "
    "css-white-space css-transition css-pseudo-class-hover css-font-stretch css-font-kerning css-clear "
    "css-selector-adjacent-sibling css-selector-attribute css-selector-child css-pseudo-class-link "
    "css-pseudo-class-visited css-selector-class css-selector-id css-selector-type css-selector-descendant "
    "css-selector-grouping css-selector-chaining css-selector-universal css-selector-general-sibling "
    "html-aria-label html-meta-color-scheme html-target "
    "css-visibility css-text-decoration-color css-text-decoration-style css-box-sizing css-max-width"
)
UNSUPPORTED = gettext_noop("%(clients)s don’t show this: %(features)s.")
SUPPORTED = gettext_noop(
    "Gmail, Outlook, Apple Mail, Thunderbird and Proton show everything that this mail uses."
)


@cache
def facts() -> tuple[list[tuple[str, str]], dict[str, tuple[str, str]]]:
    """The mail programs, and for each feature its title and a letter a program: y, a (partly), n, u (unknown)."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    return [tuple(one) for one in data["clients"]], {
        name: tuple(one) for name, one in data["features"].items()
    }


def used(html: str, tree: LexborHTMLParser) -> set[str]:
    """The features in a mail, by caniemail's names. What only Outlook reads is for Outlook."""
    html = OUTLOOK_ONLY.sub("", html)
    css = " ; ".join(
        [
            # Blocks say the same again and again; each is looked through once.
            *dict.fromkeys(node.attributes.get("style") or "" for node in tree.css("[style]")),
            *(node.text(deep=True) or "" for node in tree.css("style")),
        ]
    )
    return rules_features.used(css, tree, facts()[1])


def missing(html: str, tree: LexborHTMLParser) -> dict[str, list[str]]:
    """For each feature that matters, the programs that don't show it."""
    clients, features = facts()
    found = {}
    for name in sorted(used(html, tree) - GRACEFUL):
        lacking = [
            client for (_key, client), letter in zip(clients, features[name][1], strict=True) if letter == "n"
        ]
        if lacking:
            found[features[name][0]] = lacking
    return found


def examine(html: str, tree: LexborHTMLParser) -> Iterator[Finding]:
    found = missing(html, tree)
    if not found:
        yield fine("support", SUPPORTED)
        return
    clients = sorted({client for lacking in found.values() for client in lacking})
    yield warn("support", UNSUPPORTED, clients=", ".join(clients), features=", ".join(list(found)[:8]))
