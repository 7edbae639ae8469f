import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from mailexpert.content.rules_preview import has_dark
from mailexpert.content.tests import golden_files
from mailexpert.mail import personalise

every_starter = pytest.mark.parametrize("name", golden_files.NAMES)


@every_starter
def test_a_starter_comes_out_as_it_was_approved(name: str) -> None:
    for path, text in golden_files.parts(name).items():
        assert text == path.read_text(encoding="utf-8")


@every_starter
def test_a_starter_reads_well_for_someone_without_a_name(name: str) -> None:
    made = golden_files.compiled(name)
    for render, source in ((personalise.render_html, made.html), (personalise.render_text, made.text)):
        read = render(source, {"email": "jan@voorbeeld.example"}, unsubscribe_url="https://t.example/t/u/x")
        assert "{{" not in read
        assert "{%" not in read
        assert "lezer" in read or "reader" in read
        assert "https://t.example/t/u/x" in read


@every_starter
def test_a_starter_is_far_from_being_clipped(name: str) -> None:
    assert len(golden_files.compiled(name).html) < 25_000


@every_starter
def test_a_starter_says_its_language_to_a_screen_reader(name: str) -> None:
    tree = LexborHTMLParser(golden_files.compiled(name).html)
    language = name.split(".")[1]
    assert tree.css_first("html").attributes["lang"] == language
    assert tree.css_first("[role=article]").attributes["lang"] == language
    assert tree.css_first("title").text() == "Onderwerp"


@pytest.mark.parametrize("name", [name for name in golden_files.NAMES if name.endswith(".mjml")])
def test_a_drawn_starter_has_roles_a_heading_and_dark_colours(name: str) -> None:
    html = golden_files.compiled(name).html
    tree = LexborHTMLParser(html)
    assert len(tree.css("h1")) == 1
    assert all(
        table.attributes.get("role") == "presentation" or table.css("th") for table in tree.css("table")
    )
    assert has_dark(html)
    assert "[data-ogsc]" in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "<!--[if mso" in html


@pytest.mark.parametrize("name", [name for name in golden_files.NAMES if name.endswith(".mjml")])
def test_a_drawn_starter_has_contrast_in_light_and_dark(name: str) -> None:
    pairs = [("#1f2937", "#ffffff"), ("#0f5c5c", "#ffffff"), ("#4b5563", "#f3f4f1")]
    pairs += [("#e8eaee", "#1a2130"), ("#8fd8d2", "#1a2130"), ("#b3bac6", "#10151f")]
    html = golden_files.compiled(name).html
    for text, ground in pairs:
        assert text in html
        assert ground in html
        assert contrast(text, ground) >= 4.5


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(part, 16) / 255 for part in re.findall("..", colour[1:])]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
