"""No template leaves without a visible way out, however hard its maker tries."""

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from mailexpert.mail.footer import before_body_end, with_footer
from mailexpert.mail.personalise import RenderProblem, render_html, render_text
from mailexpert.mail.visible import is_seen

LINE = "Stichting Lindewoud, Molenpad 12, Utrecht"
LINK = '<a href="{{ unsubscribe_url }}">Afmelden</a>'
WAY_OUT = "https://t.example/t/u/token"


def page(body, head=""):
    return f"<html><head>{head}</head><body>{body}</body></html>"


def shown(html, **contact):
    """The links to the way out in what this reader gets."""
    made, _text = with_footer(html, "", "nl", LINE)
    tree = LexborHTMLParser(render_html(made, contact, unsubscribe_url=WAY_OUT))
    return [node for node in tree.css("a[href]") if node.attributes["href"] == WAY_OUT]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!-- {{ unsubscribe_url }} -->",
        f"<!-- {LINK} -->",
        f"<!--[if mso]>{LINK}<![endif]-->",
        f'<div style="display:none">{LINK}</div>',
        f'<div style="DISPLAY : none !important">{LINK}</div>',
        f'<div style="display:/**/none">{LINK}</div>',
        f'<div style="disp\\6cay:none">{LINK}</div>',
        f'<div style="visibility:hidden">{LINK}</div>',
        f'<div style="opacity:0">{LINK}</div>',
        f'<div style="max-height:0px;overflow:hidden">{LINK}</div>',
        f'<div style="position:absolute;left:-9999px">{LINK}</div>',
        f'<div style="text-indent: -1000px">{LINK}</div>',
        f'<div style="font-size:14px"><p style="font-size:0px">{LINK}</p></div>',
        f'<div style="font:1px/1 Arial">{LINK}</div>',
        f'<div style="color:#FFF">{LINK}</div>',
        f'<div bgcolor="#0f5c5c" style="color:#0F5C5C">{LINK}</div>',
        f'<div style="{{{{ contact.x }}}}">{LINK}</div>',
        f'<div class="{{{{ contact.x }}}}">{LINK}</div>',
        f"<p hidden>{LINK}</p>",
        f"<noscript>{LINK}</noscript>",
        f"<template>{LINK}</template>",
        f"<textarea>{LINK}</textarea>",
        f"<details><summary>x</summary>{LINK}</details>",
        '<a href="{{ unsubscribe_url }}"></a>',
        '<a href="{{ unsubscribe_url }}">&nbsp;&zwnj;</a>',
        '<a href="{{ unsubscribe_url }}">{{ contact.nothing }}</a>',
        '<a href="{{ unsubscribe_url }}"><span style="display:none">weg</span></a>',
        '<a href="{{ unsubscribe_url }}"><img src="x.png" alt=""></a>',
        '<a href="{{ unsubscribe_url }}"><img src="x.png" alt="weg" width="0"></a>',
        '<a href="https://evil.example/?to={{ unsubscribe_url }}">Afmelden</a>',
        '<a href="{{ unsubscribe_url | slice: 0, 3 }}">Afmelden</a>',
        f"{{% if contact.vip %}}{LINK}{{% endif %}}",
        f"{{% for i in (1..0) %}}{LINK}{{% endfor %}}",
        f"{{% raw %}}{LINK}{{% endraw %}}<!-- {{{{ unsubscribe_url }}}} -->",
        f"{{% comment %}}{LINK}{{% endcomment %}}<!-- {{{{ unsubscribe_url }}}} -->",
        f'{{% if true %}}<div style="display:none">{{% endif %}}{LINK}',
    ],
)
def test_a_hidden_link_gets_a_visible_one_beside_it(body):
    assert not is_seen(page(body))
    made, _text = with_footer(page(body), "", "nl", LINE)
    assert ">Uitschrijven</a>" in made
    assert is_seen(made)
    assert any(node.text() == "Uitschrijven" for node in shown(page(body)))


@pytest.mark.parametrize(
    "rule",
    [
        ".weg{display:none}",
        "@media (max-width:480px){.weg{display:none!important}}",
        "#x a, p.y{visibility:hidden}",
    ],
)
def test_a_style_sheet_hides_as_well(rule):
    html = page(f'<p id="x" class="weg">{LINK}</p>', f"<style>{rule}</style>")
    assert not is_seen(html)
    assert len(shown(html)) == 2


@pytest.mark.parametrize(
    "body",
    [
        LINK,
        f'<td style="font-size:0px;line-height:0"><p style="font-size:14px;line-height:20px">{LINK}</p></td>',
        f'<div style="font-size:0.9em;margin-left:-4px;color:#555">{LINK}</div>',
        f'<div style="background:#000;color:#fff">{LINK}</div>',
        '<a href="{{ unsubscribe_url }}"><img src="x.png" alt="Afmelden" width="90"></a>',
        '<a href=" {{ unsubscribe_url }} "><b>Afmelden</b> hier</a>',
        f"{{% if contact.vip %}}Fijn{{% endif %}}{LINK}",
        f'<div style="display:none">voorproefje</div><div style="max-width:600px">{LINK}</div>',
    ],
)
def test_a_template_with_its_own_visible_link_keeps_just_that_one(body):
    html = page(f"{body}<p>{LINE}</p>", "<style>.elders{display:none}</style>")
    made = with_footer(html, "", "nl", LINE)[0]
    assert made.count("{{ unsubscribe_url }}") == html.count("{{ unsubscribe_url }}")
    assert made.count("{{ preferences_url }}") == 1


def test_a_template_that_leads_to_the_preferences_itself_stays_as_it_is():
    html = page(f'{LINK} <a href="{{{{ preferences_url }}}}">Kiezen</a><p>{LINE}</p>')
    text = f"{LINE}\n{{{{ unsubscribe_url }}}}\n{{{{ preferences_url }}}}"
    assert with_footer(html, text, "nl", LINE) == (html, text)


@pytest.mark.parametrize(
    "swallow",
    ["<!--", '<div style="display:none">', "<textarea>", "<title>", "<style>", "<table><td hidden>"],
)
def test_nothing_unclosed_swallows_the_footer(swallow):
    made, _text = with_footer(page(f"<p>Dag</p>{swallow}"), "", "nl", LINE)
    assert is_seen(made)


def test_a_condition_around_the_end_of_the_page_does_not_take_the_footer_along():
    html = "<html><body>Dag{% if contact.vip %}</body></html>{% endif %}"
    assert len(shown(html)) == 1
    assert len(shown(html, vip=True)) == 1
    assert with_footer(html, "", "nl", LINE)[0].startswith(html)


@pytest.mark.parametrize("source", ["<!-- Dag", "<textarea>Dag", '<div style="display:none">Dag'])
def test_a_page_without_a_body_has_its_footer_above_what_swallows_it(source):
    assert with_footer(source, "", "nl", LINE)[0].endswith(source)
    assert len(shown(source)) == 1


def test_a_page_that_hides_everything_is_refused():
    with pytest.raises(RenderProblem, match="hides"):
        with_footer('<html style="display:none"><body>Dag</body></html>', "", "nl", LINE)


@pytest.mark.parametrize(
    "given", ["{% assign unsubscribe_url = '#' %}", "{% capture contact %}#{% endcapture %}"]
)
def test_nobody_gives_our_names_another_meaning(given):
    with pytest.raises(RenderProblem, match="can't be given a value"):
        with_footer(page(given + LINK), "", "nl", LINE)
    with pytest.raises(RenderProblem, match="can't be given a value"):
        with_footer(page(LINK), given, "nl", LINE)


def test_the_text_part_has_it_too_and_only_once():
    _html, text = with_footer(page(LINK), "Dag", "en", LINE)
    said = f"Dag\n\n--\n{LINE}\nUnsubscribe: {WAY_OUT}\nPreferences: here\n"
    assert render_text(text, {}, unsubscribe_url=WAY_OUT, preferences_url="here") == said
    own = "Dag\nWeg: {{ unsubscribe_url }}\n" + LINE
    assert with_footer(page(LINK), own, "nl", LINE)[1] == f"{own}\n\nVoorkeuren: {{{{ preferences_url }}}}\n"
    _html, text = with_footer(page(LINK), "{% if contact.x %}{{ unsubscribe_url }}{% endif %}", "nl", LINE)
    assert WAY_OUT in render_text(text, {}, unsubscribe_url=WAY_OUT)


def test_a_sender_s_name_is_neither_markup_nor_template():
    made, text = with_footer(page(""), "", "nl", "<b>{{ contact.x }}</b> & {% if %}")
    assert "&lt;b&gt;" in made
    assert "{{ contact" not in made + text
    render_html(made, {}, unsubscribe_url=WAY_OUT)
    render_text(text, {}, unsubscribe_url=WAY_OUT)


def test_the_end_of_the_body_is_found_in_any_case_and_behind_letters_that_grow():
    assert before_body_end("İİİ</BODY ></html>", "x") == "İİİx</BODY ></html>"
    assert before_body_end("a", "x") == "ax"


PIECES = [
    LINK,
    "<div>",
    "</div>",
    "<div style='display:none'>",
    "<!--",
    "-->",
    "<p hidden>",
    "</p>",
    "<table>",
    "<td>",
]
PIECES += [
    "<style>a{display:none}</style>",
    "</body>",
    "<title>",
    "</title>",
    "<a href=x>",
    "</a>",
    "tekst",
    "<textarea>",
]
PIECES += [
    "{% if contact.x %}a{% else %}b{% endif %}",
    "{{ contact.x }}",
    "<svg>",
    "<select>",
    "<b style='font-size:0'>",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_every_reader_finds_the_way_out(body):
    try:
        found = shown(page(body))
    except RenderProblem:
        assume(False)
    assert found


def test_no_page_makes_it_slow():
    began = time.process_time()
    rules = "".join(f".c{n} .d{n}{{display:none}}" for n in range(5_000))
    with_footer(page("<div>" * 5_000 + LINK, f"<style>{rules}</style>"), "", "nl", LINE)
    with_footer("<body " * 50_000, "", "nl", LINE)
    assert time.process_time() - began < 10
