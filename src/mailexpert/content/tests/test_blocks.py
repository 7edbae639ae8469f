"""Blocks: typed data in, a mail out; what is wrong is refused and its block named."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from mailexpert.content import problems
from mailexpert.content.blocks import kinds, look, read, rich
from mailexpert.content.problems import SourceError
from mailexpert.content.rules import Compiled, compile_source
from mailexpert.content.rules_preview import has_dark
from mailexpert.content.tests.block_samples import SAMPLES, block, mail, whole
from mailexpert.mail.footer import with_footer

every_kind = pytest.mark.parametrize("kind", list(kinds.KINDS))


def compiled(source: str, language: str = "nl") -> Compiled:
    return compile_source("blocks", source, title="Onderwerp", language=language, preheader="Eerst")


def refusals(source: str) -> list[tuple[int, str]]:
    with pytest.raises(SourceError) as refused:
        compiled(source)
    return [(problem.line, problem.sentence) for problem in refused.value.problems]


def test_every_kind_has_a_sample() -> None:
    assert set(SAMPLES) == set(kinds.KINDS)


@every_kind
def test_a_block_has_the_same_links_in_both_parts(kind: str) -> None:
    made = compiled(mail(block(kind)))
    targets = {str(a.attributes["href"]) for a in LexborHTMLParser(made.html).css("a")}
    assert targets
    for target in targets:
        assert target in made.text


@every_kind
def test_an_empty_block_leaves_nothing_behind(kind: str) -> None:
    text = compiled(mail({"kind": kind})).text
    shown = text.split("Je krijgt deze mail")[0].replace("Voedselbank Lindewoud", "").strip()
    assert shown in ("", "------------------------", "▶ Bekijk de video")


@every_kind
def test_a_block_stands_on_layout_tables_that_a_screen_reader_skips(kind: str) -> None:
    tree = LexborHTMLParser(compiled(mail(block(kind))).html)
    for table in tree.css("table"):
        assert table.attributes.get("role") == "presentation" or table.css("th")
    assert all(image.attributes.get("alt") is not None for image in tree.css("img"))


def test_a_mail_of_blocks_names_its_dark_colours_and_its_language() -> None:
    html = compiled(whole(), "en").html
    assert has_dark(html)
    assert "[data-ogsc]" in html
    article = LexborHTMLParser(html).css_first("[role=article]")
    assert article is not None
    assert article.attributes["lang"] == "en"


def test_the_footer_stands_below_without_being_a_block() -> None:
    made = compiled(mail())
    html, text = with_footer(made.html, made.text, "nl", "Voedselbank, Molenpad 12")
    assert html.count(">Uitschrijven<") == 1
    assert "Molenpad 12" in text
    assert refusals(mail({"kind": "footer"})) == [(1, problems.BLOCK_UNKNOWN)]


def test_each_wrong_block_is_named_by_its_number() -> None:
    wrong: list[dict[str, Any]] = [
        {"kind": "heading", "text": 4},
        {"kind": "button", "label": "x" * 301},
        {"kind": "divider", "colour": "red"},
        {"kind": "columns", "columns": [[{"kind": "columns"}]]},
        {"kind": "table", "rows": [["a", "b"], ["c"]]},
        {"kind": "text", "condition": {"field": "x'y", "test": "is"}},
    ]
    assert refusals(mail(*wrong)) == [
        (1, problems.BLOCK_VALUE),
        (2, problems.BLOCK_LONG),
        (3, problems.BLOCK_UNKNOWN_FIELD),
        (4, problems.BLOCK_NOT_INSIDE),
        (5, problems.BLOCK_ROWS),
        (6, problems.BLOCK_CONDITION),
    ]


def test_wrong_liquid_is_named_by_its_block() -> None:
    blocks = [
        block("heading"),
        {"kind": "text", "html": "<p>{{ a | foo }}</p>"},
        {"kind": "text", "html": "{% if a %}"},
    ]
    assert refusals(mail(*blocks)) == [(2, problems.UNKNOWN_FILTER), (3, problems.SYNTAX)]


@pytest.mark.parametrize("source", ["{", "[]", '{"blocks": 3}', "[" * 90_000, '"x"', "NaN"])
def test_what_is_no_mail_of_blocks_is_refused(source: str) -> None:
    assert refusals(source)[0][1] in (problems.BLOCKS_NO_JSON, problems.BLOCKS_SHAPE)


def test_more_blocks_than_anyone_reads_are_refused() -> None:
    assert refusals(mail(*[{"kind": "divider"}] * 201)) == [(0, problems.BLOCKS_TOO_MANY)]


def test_a_condition_shows_a_block_to_some() -> None:
    source = mail(block("quote", condition={"field": "city", "test": "is", "value": "Ede"}))
    made = compiled(source)
    assert "{% if contact.city == 'Ede' %}" in made.html
    assert "{% if contact.city == 'Ede' %}" in made.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<p>a <b>b</b> c</p>", "<p>a <strong>b</strong> c</p>"),
        ("<div onclick=x>a<br>b</div><p></p>", "<p>a<br>b</p>"),
        ('<a href="javascript:x">a</a>', "<p>a</p>"),
        ('<a href="lindewoud.nl">a</a>', '<p><a href="https://lindewoud.nl">a</a></p>'),
        ("a</mj-text><script>x</script><mj-raw>b", "<p>ab</p>"),
        ("{{ a | default: '<' }} & {{ b }}", "<p>{{ a | default: '<' }} &amp; {{ b }}</p>"),
        ("<ul><li>een</li><li>twee</li></ul>", "<p>een</p><p>twee</p>"),
        ("a&nbsp;&nbsp;b", "<p>a b</p>"),
    ],
)
def test_a_text_keeps_paragraphs_and_little_else(given: str, kept: str) -> None:
    assert rich.paragraphs(given) == kept


@given(st.text(alphabet="<>/=\"' abp&;{%}|mj-textstrong", max_size=120))
def test_whatever_is_typed_stays_inside_its_block(typed: str) -> None:
    made = rich.paragraphs(typed)
    assert rich.paragraphs(made) == made
    assert "<mj-" not in made
    assert "</mj-" not in made


def test_free_html_is_cleaned_and_ends_nothing_of_ours() -> None:
    made = compiled(
        mail(
            {"kind": "code", "html": "<p onclick=x>a</mj-text></mj-column><script>b</script>"}, block("text")
        )
    )
    assert "onclick" not in made.html
    assert "<script" not in made.html
    assert [(p.line, p.sentence) for p in made.removed] == [
        (1, problems.REMOVED_HANDLER),
        (1, problems.REMOVED_ELEMENT),
    ]


@pytest.mark.parametrize("accent", ["#ffff00", "#000000", "#ffffff", "#0f5c5c", "#888888", "#ff0000"])
def test_whatever_the_brand_s_colour_words_can_be_read(accent: str) -> None:
    assert look.contrast(look.on(accent), accent) >= look.ENOUGH
    for ground in (look.SHEET, look.DARK_SHEET):
        assert look.contrast(look.readable(accent, ground), ground) >= look.ENOUGH


def test_a_look_that_no_mail_can_use_is_refused() -> None:
    source = json.dumps({"blocks": [], "look": {"accent": "red;}", "font": "Papyrus", "x": 1}})
    assert refusals(source) == [(0, problems.BLOCKS_LOOK)] * 3


def test_a_document_reads_back_as_it_was_written() -> None:
    made = read.document(whole())
    assert [one.kind for one in made.blocks] == list(SAMPLES)
