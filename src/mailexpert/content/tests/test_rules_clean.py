import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from mailexpert.content.problems import SourceError
from mailexpert.content.rules import compile_source

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    '<a href="javascript:alert(1)">a</a>',
    '<a href="java\tscript:alert(1)">a</a>',
    '<a href="&#x6A;avascript:alert(1)">a</a>',
    '<a href=" \u200bjavascript:alert(1)">a</a>',
    '<a href="vbscript:x">a</a>',
    '<a href="data:text/html,<script>x</script>">a</a>',
    "<svg onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<form action="https://evil.example"><input name=q><button>x</button></form>',
    "<iframe src=https://evil.example></iframe>",
    "<object data=x></object><embed src=x>",
    '<base href="https://evil.example/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<link rel="stylesheet" href="https://evil.example/a.css">',
    "<style>@import url(https://evil.example/a.css);</style>",
    "<style>@\\69mport url(https://evil.example/a.css);</style>",
    '<p style="width:expression(alert(1))">x</p>',
    '<p style="width:exp/**/ression(alert(1))">x</p>',
    '<p style="background:url(javascript:alert(1))">x</p>',
    '<p style="behavior:url(x.htc)">x</p>',
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "<!--[if mso]><img src=x onerror=alert(1)><![endif]-->",
    "<style></style ><script>alert(1)</script></style>",
    "<textarea></textarea><script>alert(1)</script>",
    "<title></title><script>alert(1)</script>",
    "<xmp><script>alert(1)</script></xmp>",
    "<template><script>alert(1)</script></template>",
]
GONE = "script,iframe,object,embed,form,input,button,base,link,svg,math,template,textarea,xmp,noscript,select"
HOSTILE_CSS = re.compile(r"expression\s*\(|javascript:|behavior\s*:|@import|evil", re.IGNORECASE)


def assert_harmless(html: str) -> None:
    tree = LexborHTMLParser(html)
    assert tree.css(GONE) == []
    for element in tree.css("*"):
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            if name in ("href", "src", "background"):
                assert not re.match(r"\s*(java|vb)script:|data:(?!image/)", value or "", re.IGNORECASE)
            if name == "style":
                assert not HOSTILE_CSS.search(value or "")
        if element.tag == "style":
            assert not HOSTILE_CSS.search(element.text() or "")
        if element.tag == "meta":
            assert element.attributes.get("http-equiv", "").lower() != "refresh"


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_leaves_nothing_that_runs(attack: str) -> None:
    made = compile_source("html", f"<p>voor</p>{attack}<p>na</p>")
    assert_harmless(made.html)
    for hostile in ("alert", "evil.example"):
        assert hostile not in "".join(re.findall(r"<!--.*?-->", made.html, re.DOTALL))


def test_what_is_left_out_is_named_with_its_line() -> None:
    made = compile_source("html", "<p>a</p>\n<p onclick='x'>b</p>\n<script>c</script>")
    assert [(problem.line, problem.message) for problem in made.removed] == [
        (2, "“onclick” was left out: scripts don’t run in mails."),
        (3, "<script> was left out: mail programs refuse it."),
    ]


KEPT = [
    '<table role="presentation" width="600" cellpadding="0" bgcolor="#ffffff"><tbody><tr><td valign="top">a</td>',
    "<!--[if mso]><table><tr><td><![endif]-->",
    "<!--[if !mso]><!-->",
    "<!--<![endif]-->",
    '<img src="https://a.nl/b.png" alt="c" width="10">',
    '<p style="color:red">',
    '<a href="tel:+31">',
    '<td background="https://a.nl/b.png">',
]


def test_what_a_mail_needs_stays() -> None:
    source = (
        f"{KEPT[1]}{KEPT[0]}</tr></tbody></table>{KEPT[2]}x{KEPT[3]}{KEPT[4]}{KEPT[5]}y</p>{KEPT[6]}z</a>"
        f"<table><tbody><tr>{KEPT[7]}</td></tr></tbody></table><!--[if mso]></td></tr></table><![endif]-->"
    )
    made = compile_source("html", source).html
    for kept in KEPT:
        assert kept in made
    assert compile_source("html", source).removed == ()


def test_a_writers_note_is_not_for_the_reader() -> None:
    assert "later" not in compile_source("html", "<!-- dit later nog doen -->x").html


def test_a_stylesheet_in_the_body_moves_to_the_head_where_gmail_reads_it() -> None:
    made = compile_source("html", "<p>a</p><style>@media print { p { color: red } }</style>").html
    assert made.index("@media print") < made.index("</head>")


HOSTILE = st.sampled_from(
    [
        *ATTACKS,
        "<!--",
        "-->",
        "<![endif]-->",
        "<!--[if mso]>",
        "</style>",
        "<style>",
        "</p>",
        "<p ",
        ">",
        '"',
        "'",
        "=",
    ]
)
LIQUID = st.sampled_from(
    ["{{ contact.email }}", "{% if contact.a %}", "{% endif %}", "{{", "%}", "{% raw %}"]
)


@settings(deadline=None)
@given(st.lists(st.one_of(HOSTILE, LIQUID, st.text(max_size=8)), max_size=12))
def test_no_mixture_survives_as_script(pieces: list[str]) -> None:
    try:
        made = compile_source("html", "".join(pieces))
    except SourceError:
        return
    assert_harmless(made.html)


FRAGMENTS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<ul><li>",
        "tekst",
        "<b>",
        "<!--[if mso]>x<![endif]-->",
    ]
)


@settings(deadline=None)
@given(st.lists(FRAGMENTS, max_size=8), st.lists(FRAGMENTS, max_size=8), st.lists(FRAGMENTS, max_size=8))
def test_liquid_in_the_text_survives_in_its_place_or_the_mail_is_refused(
    before: list[str], inside: list[str], after: list[str]
) -> None:
    source = f"{''.join(before)}{{% if contact.a %}}{''.join(inside)}{{% endif %}}{''.join(after)}"
    try:
        made = compile_source("html", source)
    except SourceError:
        return  # A parser moves what can't stand in a table; then the mail is refused, never made half.
    for part in (made.html, made.text):
        assert part.count("{% if contact.a %}") == 1
        assert part.index("{% if contact.a %}") < part.index("{% endif %}")
