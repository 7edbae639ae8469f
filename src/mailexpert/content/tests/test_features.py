"""The matcher of caniemail's features: each that can be written is found, and nothing that isn't there."""

import importlib.util
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from mailexpert.content import rules_features, rules_support

TOOL = Path(__file__).parents[4] / "tools" / "mailprograms.py"
FEATURES = rules_support.facts()[1]


def used(html: str) -> set[str]:
    return rules_support.used(html, LexborHTMLParser(html))


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<style>@media (prefers-reduced-motion) { p { color: red } }</style>", "css-at-media-prefers-reduced-motion"),
        ("<style>@font-face { font-family: x }</style>", "css-at-font-face"),
        ("<style>@keyframes a { from { opacity: 0 } }</style>", "css-at-keyframes"),
        ("<style>a:hover { color: red }</style>", "css-pseudo-class-hover"),
        ("<style>p::before { content: 'x' }</style>", "css-pseudo-element-before"),
        ("<style>p > a { color: red }</style>", "css-selector-child"),
        ("<style>p + p { color: red }</style>", "css-selector-adjacent-sibling"),
        ("<p style='width:50vw'>a</p>", "css-unit-vw"),
        ("<p style='font-size:1.5rem'>a</p>", "css-unit-rem"),
        ("<p style='width:clamp(1px, 2px, 3px)'>a</p>", "css-function-clamp"),
        ("<p style='color:oklch(40% 0.2 20)'>a</p>", "css-modern-color"),
        ("<p style='position:absolute;left:0'>a</p>", "css-left-right-top-bottom"),
        ("<p style='background:radial-gradient(red, blue)'>a</p>", "css-radial-gradient"),
        ("<a href='#onder'>a</a>", "html-anchor-links"),
        ("<img src=x srcset='y 2x'>", "html-srcset"),
        ("<ul><li>a</li></ul>", "html-lists"),
        ("<figure>a</figure>", "html-semantics"),
        ("<p dir=rtl>a</p>", "html-dir"),
    ],
)  # fmt: skip
def test_a_feature_is_found(html: str, name: str) -> None:
    assert name in used(f"<html><body>{html}</body></html>")


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<p style='color:#12345e'>a</p>", "css-unit-em"),
        ("<p>Het is 12vw breed, :hover en @media</p>", "css-unit-vw"),
        ("<p style='margin-left:4px'>a</p>", "css-left-right-top-bottom"),
        ("<p style='max-width:4px'>a</p>", "css-function-max"),
        ("<p style='width:4px'>a</p>", "css-pseudo-class-hover"),
        ("<!--[if mso]><style>p:hover{}</style><![endif]--><p>a</p>", "css-pseudo-class-hover"),
    ],
)
def test_what_isn_t_used_isn_t_named(html: str, name: str) -> None:
    assert name not in used(f"<html><body>{html}</body></html>")


def test_every_feature_of_the_collection_is_looked_for() -> None:
    """By a pattern of its own, as a property, as an element or as an attribute."""
    patterns = {name for name, _pattern, _where in rules_features._patterns(frozenset(FEATURES))}
    in_trees = {*rules_features.ELEMENTS, *(f"html-{name}" for name in rules_features.ATTRIBUTES)}
    by_name = {
        name
        for name in FEATURES
        if name.startswith("html-")
        or (
            name.startswith("css-")
            and not name.startswith(("css-at-", "css-pseudo-", "css-unit-", "css-selector-"))
        )
    }
    assert set(FEATURES) - patterns - in_trees - by_name == set()


def test_the_page_about_mail_programs_is_as_our_mails_are() -> None:
    spec = importlib.util.spec_from_file_location("mailprograms", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.PAGE.read_text(encoding="utf-8") == tool.matrix(), "python tools/mailprograms.py"
