"""Tokens that can't be made up, and links that get a number while every other byte stays."""

import time
from html import unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from mailexpert.mail import links
from mailexpert.mail.links import PLACEHOLDER, Click, Open, Stop

KEY = b"k" * 32
IDS = st.integers(0, 2**48 - 1)


@given(IDS, IDS, st.integers(0, 65_535))
def test_a_token_says_what_was_put_in(issue, contact, link):
    assert links.read_token(KEY, links.click_token(KEY, issue, link)) == Click(issue, link)
    assert links.read_token(KEY, links.open_token(KEY, issue)) == Open(issue)
    assert links.read_token(KEY, links.stop_token(KEY, issue, contact)) == Stop(issue, contact)
    assert links.read_return_token(KEY, links.return_token(KEY, issue, contact).upper()) == Stop(
        issue, contact
    )


def test_the_tokens_of_many_are_those_of_each():
    contacts = [1, 2**47, 5, 0]
    many = links.person_tokens(KEY, 9)(contacts)
    assert [stop.decode() for stop in many.stops] == [
        links.stop_token(KEY, 9, contact) for contact in contacts
    ]
    assert [told.decode() for told in many.opaques] == [links.return_token(KEY, 9, c) for c in contacts]
    assert links.person_tokens(KEY, 9)([]) == ([], [])
    assert links.reader_tokens(KEY, 9)(contacts) == [links.reader_token(KEY, 9, one) for one in contacts]
    assert links.reader_tokens(KEY, 9)([]) == []


@pytest.mark.parametrize(
    "token", [links.stop_token(KEY, 7, 12), links.click_token(KEY, 7, 1), links.open_token(KEY, 7)]
)
def test_a_changed_token_is_nobody_s(token):
    assert links.read_token(b"x" * 32, token) is None
    assert links.read_token(KEY, token + "=") is None
    assert links.read_token(KEY, token[:-1]) is None
    for at in range(len(token)):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert links.read_token(KEY, changed) is None, at


def test_a_changed_return_token_is_nobody_s():
    token = links.return_token(KEY, 7, 12)
    assert links.read_return_token(b"x" * 32, token) is None
    for at in range(len(token)):
        changed = token[:at] + ("0" if token[at] != "0" else "1") + token[at + 1 :]
        assert links.read_return_token(KEY, changed) is None, at


def test_a_token_of_one_kind_is_none_of_another():
    stop, returned = links.stop_token(KEY, 7, 12), links.return_token(KEY, 7, 12)
    assert links.read_token(KEY, returned) is None
    assert links.read_return_token(KEY, stop) is None


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{0,64}", fullmatch=True))
def test_no_text_is_a_token_by_accident(text):
    assert links.read_token(KEY, text) is None
    assert links.read_return_token(KEY, text) is None


A, B = "https://winkel.example/a?b=1&c=2", "http://winkel.example/b"


def test_the_same_target_has_the_same_number_in_both_parts():
    html = f"<a href=\"{A.replace('&', '&amp;')}\">a</a> <A HREF='{B}'>b</A> <area href= {A} >"
    found = links.number(html, f"({B}), {A}.")
    assert found.targets == [A, B]
    assert (
        found.html
        == '<a href="\ue0030\ue004">a</a> <A HREF=\'\ue0031\ue004\'>b</A> <area href= "\ue0030\ue004" >'
    )
    assert found.text == "(\ue0031\ue004), \ue0030\ue004."


@pytest.mark.parametrize(
    "html",
    [
        '<a href="mailto:a@b.nl">',
        '<a href="tel:+31">',
        '<a href="#top">',
        '<a href="/relative">',
        '<a href="{{ unsubscribe_url }}">',
        '<a href="https://a.nl/?e={{ contact.email }}">',
        "<a href='https://a.nl/{% if contact.x %}x{% endif %}'>",
        '<a href="https://a.nl/{{ contact.x | default: "a" }}">',
        '<img src="https://a.nl/a.png"><link href="https://a.nl/a.css">',
        '<!-- <a href="https://a.nl/"> -->',
        '<!--> <!-- <a href="https://a.nl/"> -->',
        "<style>a::after{content:'<a href=\"https://a.nl/\">'}</style>",
        '<textarea><a href="https://a.nl/"></textarea>',
        "<a title=' href=\"https://a.nl/\" '>",
        '<a data-href="https://a.nl/">',
        '<a title="> href=https://a.nl/">',
        '</a href="https://a.nl/">',
        '<a href="https://a.nl/',
        '<a href="javascript:1" href="https://a.nl/">',
        '{{ "<a href=https://a.nl/>" }}',
        "<!doctype html><?xml <a href='https://a.nl/'>",
    ],
)
def test_what_is_no_web_link_of_everybody_stays(html):
    assert links.number(html, "") == links.Numbered(html, "", [])


@pytest.mark.parametrize(
    ("html", "target"),
    [
        ('<a class="x"href="https://a.nl/">', "https://a.nl/"),
        ('<a\nhref\n=\n"https://a.nl/"\n>', "https://a.nl/"),
        ("<a href=https://a.nl/?x=1>", "https://a.nl/?x=1"),
        ('<a/href="HTTPS://a.nl/">', "HTTPS://a.nl/"),
        ('<a href=" https://a.nl/\n?x=1 ">', "https://a.nl/?x=1"),
        ('<a {% if a > b %}class="x"{% endif %} href="https://a.nl/">', "https://a.nl/"),
        ('<a title="{{ contact.x | default: "b>" }}" href="https://a.nl/">', "https://a.nl/"),
        ('<a data-{{ contact.x }}="a b > c" href="https://a.nl/">', "https://a.nl/"),
        ('<!--[if mso]><v:roundrect href="https://a.nl/"><![endif]-->', "https://a.nl/"),
        ('<a title="{{ open" href="https://a.nl/">', "https://a.nl/"),
        ('<style>x</style><a href="https://a.nl/">', "https://a.nl/"),
        ('<br { x href=y><a href="https://a.nl/">', "https://a.nl/"),
        ('<a href="https&#58;//a.nl/">', "https://a.nl/"),
    ],
)
def test_a_web_link_is_found_however_it_is_written(html, target):
    assert links.number(html, "").targets == [target]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("zie https://a.nl/x.", "https://a.nl/x"),
        ("(https://nl.wiki.example/Foo_(bar))", "https://nl.wiki.example/Foo_(bar)"),
        ("<https://a.nl/>", "https://a.nl/"),
        ("https://a.nl/?x=1,2!", "https://a.nl/?x=1,2"),
        ("[hier](https://a.nl/x)", "https://a.nl/x"),
    ],
)
def test_an_address_in_text_ends_before_the_sentence_does(text, target):
    assert links.number("", text).targets == [target]


def test_an_address_in_text_with_a_personal_field_is_not_tracked():
    text = "https://a.nl/?e={{ contact.email }} https://a.nl/{{contact.x}}/y"
    assert links.number("", text) == links.Numbered("", text, [])


def test_our_own_marks_in_a_source_are_taken_out():
    assert links.number("\ue0037\ue004", "\ue0030\ue004") == links.Numbered("7", "0", [])


MARKUP = [
    "<a ",
    "<a href=",
    "</a>",
    ">",
    '"',
    "'",
    "=",
    " ",
    "\n",
    "/",
    "<",
    "href",
    "<b title=",
    "<area ",
    "<!",
    "<?",
]
WEB = ["https://a.nl/", "http://b.nl?x&amp;y", "é", "0", "\ue003"]
ELEMENTS = ["<!--", "-->", "<style>", "</style>", "<title>", "</title>", "<script>", "</script>"]
ELEMENTS += ["<!--[if mso]>", "<![endif]-->"]
BITS = st.sampled_from([*MARKUP, *WEB, *ELEMENTS, "{{", "}}", "{%", "%}", "{"])
SOURCES = st.lists(BITS, max_size=30).map("".join)


@settings(max_examples=300)
@given(SOURCES, SOURCES)
@example("{{<a href=https://a.nl/>", "")
def test_every_other_byte_stays(html, text):
    found = links.number(html, text)
    for source, numbered in ((html, found.html), (text, found.text)):
        at = 0
        source = source.replace("\ue003", "").replace("\ue004", "")
        for part in PLACEHOLDER.split(numbered)[::2]:
            literal = part.strip('"') if part.strip('"') in source else part
            at = source.find(literal, at)
            assert at >= 0
            at += len(literal)
    assert all(target.lower().startswith(("http://", "https://")) for target in found.targets)
    assert all(int(number) < len(found.targets) for number in PLACEHOLDER.findall(found.html + found.text))


PLAIN_BITS = BITS.filter(
    lambda bit: "{" not in bit and "}" not in bit and "[" not in bit and bit not in ("<!", "<?")
)


@settings(max_examples=300)
@given(st.lists(PLAIN_BITS, max_size=30).map("".join))
def test_what_a_browser_sees_as_a_web_link_gets_a_number(html):
    html = html.replace("\ue003", "")
    found = links.number(html + "</title></style></script>-->", "")
    tree = LexborHTMLParser(html)
    seen = [node.attributes.get("href") or "" for node in tree.css("a[href],area[href]")]
    wanted = {unescape(href).strip().replace("\n", "") for href in seen}
    wanted = {href for href in wanted if href.startswith(("http://", "https://"))}
    assert wanted <= set(found.targets)


@pytest.mark.parametrize(
    "hostile",
    [
        "{{",
        "<a ",
        "<!--",
        "<a href='{{",
        "<a href=",
        '"',
        "<!--[if x]>",
        "<style>",
        "</",
        "<a {%",
        "https://a.nl/)",
        "{% <a '",
    ],
)
def test_no_source_makes_it_slow(hostile):
    began = time.process_time()
    links.number(hostile * (400_000 // len(hostile)), hostile * (400_000 // len(hostile)))
    assert time.process_time() - began < 5
