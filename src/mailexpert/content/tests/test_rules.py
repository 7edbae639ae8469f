from contextlib import suppress

import pytest
from selectolax.lexbor import LexborHTMLParser

from mailexpert.content.problems import SourceError
from mailexpert.content.rules import compile_source
from mailexpert.mail import personalise

MJML = "<mjml><mj-body><mj-section><mj-column>\n{}\n</mj-column></mj-section></mj-body></mjml>"


def lines_of(kind: str, source: str) -> list[tuple[int, str]]:
    with pytest.raises(SourceError) as refused:
        compile_source(kind, source)
    return [(problem.line, problem.message) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("kind", "source"),
    [("mjml", MJML.format("<mj-text>Dag</mj-text>")), ("html", "<p>Dag</p>"), ("text", "Dag")],
)
def test_each_kind_makes_both_parts(kind: str, source: str) -> None:
    made = compile_source(kind, source, title="Groet", language="en", preheader="Eerst dit")
    tree = LexborHTMLParser(made.html)
    assert made.text == "Dag\n"
    assert tree.css_first("html").attributes["lang"] == "en"
    assert tree.css_first("title").text() == "Groet"
    assert "Eerst dit" in tree.body.text()
    assert "Eerst dit" not in made.text


def test_a_text_is_escaped_and_its_addresses_are_links() -> None:
    made = compile_source("text", "Kijk op https://a.nl/?b=1&c=2.\nMail a@b.nl <vandaag>")
    assert '<a href="https://a.nl/?b=1&amp;c=2">https://a.nl/?b=1&amp;c=2</a>.<br>' in made.html
    assert '<a href="mailto:a@b.nl">a@b.nl</a> &lt;vandaag&gt;' in made.html
    assert made.text == "Kijk op https://a.nl/?b=1&c=2.\nMail a@b.nl <vandaag>\n"


def test_the_unsubscribe_field_of_a_text_is_a_link_with_a_word() -> None:
    assert (
        '<a href="{{ unsubscribe_url }}">Uitschrijven</a>'
        in compile_source("text", "{{ unsubscribe_url }}").html
    )


def test_a_label_before_the_unsubscribe_field_is_its_link() -> None:
    made = compile_source("text", "Stoppen kan hier: {{ unsubscribe_url }}")
    assert '<a href="{{ unsubscribe_url }}">Stoppen kan hier</a></p>' in made.html
    assert made.text == "Stoppen kan hier: {{ unsubscribe_url }}\n"


def test_styles_go_inline_and_what_cannot_stays() -> None:
    css = (
        "p{color:red} @media (prefers-color-scheme: dark){p{color:blue!important}} [data-ogsc] p{color:green}"
    )
    made = compile_source("html", f"<html><head><style>{css}</style></head><body><p>x</p></body></html>").html
    assert '<p style="color: red;">x</p>' in made
    assert "prefers-color-scheme" in made
    assert "[data-ogsc] p" in made


def test_a_loop_around_rows_stays_in_its_table() -> None:
    source = (
        "<table>{% for item in contact.items %}<tr><td>{{ item }}</td></tr>{% endfor %}</table>"
        "<table><thead><tr><th>k</th></tr></thead>{% if contact.a %}<tr><td>1</td></tr>{% endif %}</table>"
    )
    made = compile_source("html", source).html
    assert (
        "<table><tbody>{% for item in contact.items %}<tr><td>{{ item }}</td></tr>{% endfor %}</tbody></table>"
        in made
    )
    assert "</thead><tbody>{% if contact.a %}<tr><td>1</td></tr>{% endif %}</tbody></table>" in made


def test_a_condition_around_a_section_works_in_both_parts() -> None:
    section = "<mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section>"
    source = (
        "<mjml><mj-body><mj-wrapper>"
        f"{{% if contact.member %}}{section.format('lid')}{{% endif %}}{section.format('iedereen')}"
        "</mj-wrapper></mj-body></mjml>"
    )
    made = compile_source("mjml", source)
    for member, seen in ((True, True), (False, False)):
        assert ("lid" in personalise.render_html(made.html, {"member": member})) is seen
        assert ("lid" in personalise.render_text(made.text, {"member": member})) is seen


def test_a_condition_around_a_whole_fragment_stays_around_it() -> None:
    made = compile_source("html", "{% if contact.a %}x{% endif %}")
    assert ">{% if contact.a %}x{% endif %}</div>" in made.html
    assert made.text == "{% if contact.a %}x{% endif %}\n"


def test_quotes_in_a_field_do_not_end_the_attribute_around_it() -> None:
    made = compile_source("html", '<a href="{{ contact.site | default: "https://a.nl" }}">x</a>').html
    assert "href=\"{{ contact.site | default: 'https://a.nl' }}\"" in made


def test_liquid_in_subject_and_first_line_stays_code() -> None:
    made = compile_source(
        "html", "x", title='{{ contact.a | default: "b & c" }} & d', preheader="{{ contact.e }} <"
    )
    assert "<title>{{ contact.a | default: 'b & c' }} &amp; d</title>" in made.html
    assert ">{{ contact.e }} &lt;&#847;" in made.html


def test_problems_come_all_at_once_with_their_lines() -> None:
    source = MJML.format("<mj-txt>a</mj-txt>\n<mj-text color=red>{{ contact.a | verzin }}</mj-text>\n{{ b")
    assert [line for line, _ in lines_of("mjml", source)] == [2, 2, 3, 4, 4]


def test_a_tag_where_it_would_be_lost_is_named() -> None:
    assert lines_of("html", "<p>a</p>\n<td {% if a %}class='b'{% endif %}>c</td>") == [
        (
            2,
            "“{% if a %}” stands where it would be lost: put it in the text or inside the quotes of an attribute.",
        ),
        (
            2,
            "“{% endif %}” stands where it would be lost: put it in the text or inside the quotes of an attribute.",
        ),
    ]


def test_a_broken_subject_is_no_line_of_the_source() -> None:
    with pytest.raises(SourceError) as refused:
        compile_source("html", "x", title="{{ a")
    assert refused.value.line == 0


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x" * 500_001, "at most 500 kB"),
        ("\x00", "U+0000"),
        ("\ue0000\ue001", "U+E000"),
        ("<div>" * 5_000, "nested more than"),
        ("<br>" * 20_000, "more than 10000 elements"),
        ("{{ a }}" * 3_000, "more than 2000 pieces"),
        ("\n" * 20_000, "more than 10000 lines"),
    ],
)
def test_what_is_no_mail_but_an_attack_is_refused(source: str, message: str) -> None:
    assert message in lines_of("html", source)[0][1]


@pytest.mark.parametrize(
    "hostile",
    [
        "{%",
        "{{",
        "<!--",
        "<a ",
        "<style>",
        "{% comment %}",
        '<p "',
        "<table ",
        "a.",
        "<![CDATA[",
        "<!doctype",
    ],
)
@pytest.mark.parametrize("kind", ["html", "mjml", "text"])
def test_beginnings_without_an_end_cost_no_time(kind: str, hostile: str) -> None:
    source = hostile * (200_000 // len(hostile))
    with suppress(SourceError):
        compile_source(kind, source)


def test_a_file_or_address_is_never_read() -> None:
    assert (
        "isn’t taken"
        in lines_of("mjml", "<mjml><mj-body>\n<mj-include path='/etc/passwd' /></mj-body></mjml>")[0][1]
    )
    made = compile_source(
        "html", '<link rel="stylesheet" href="file:///etc/passwd"><style>@import "http://x/";</style>x'
    )
    assert "passwd" not in made.html
    assert "import" not in made.html
    assert len(made.removed) == 2


def test_icons_and_fonts_never_come_from_a_stranger() -> None:
    social = (
        "<mj-social><mj-social-element name='facebook' href='https://a.nl'>a</mj-social-element></mj-social>"
    )
    assert "stranger’s server" in lines_of("mjml", MJML.format(social))[0][1]
    made = compile_source("mjml", MJML.format("<mj-text font-family='Ubuntu'>a</mj-text>")).html
    assert "fonts.googleapis" not in made


def test_an_unknown_kind_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="word"):
        compile_source("word", "{}")
