import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from mailexpert.content.rules_shield import shield_html, unshield
from mailexpert.content.rules_text import text_of


def read(html: str) -> str:
    shielded = shield_html(html)
    return unshield(text_of(LexborHTMLParser(shielded.source)), shielded.tags)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>een</p><p>twee</p>", "een\n\ntwee\n"),
        ("<h1>Kop</h1>tekst", "Kop\n\ntekst\n"),
        ("a<br>b", "a\nb\n"),
        ("<p>a&nbsp; \n b</p>", "a b\n"),
        ('<a href="https://a.nl">Lees</a>', "Lees: https://a.nl\n"),
        ('<p>Zie <a href="https://a.nl">hier</a>.</p>', "Zie hier (https://a.nl).\n"),
        ('<a href="https://www.a.nl/">a.nl</a>', "a.nl\n"),
        ('<a href="mailto:x@a.nl?subject=b">Mail ons</a>', "Mail ons: x@a.nl\n"),
        ('<a href="#boven">Boven</a>', "Boven\n"),
        ('<a href="https://a.nl"><img src="b" alt="Foto"></a>', "Foto: https://a.nl\n"),
        ('<a href="{{ unsubscribe_url }}">Stop</a>', "Stop: {{ unsubscribe_url }}\n"),
        ("<ul><li>een<ul><li>twee</li></ul></li><li>drie</li></ul>", "- een\n  - twee\n- drie\n"),
        ('<ol start="3"><li>een</li><li>twee</li></ol>', "3. een\n4. twee\n"),
        ("<table><tr><th>Dag</th><td>ma</td></tr></table>", "Dag: ma\n"),
        ("<table><tr><td>a</td><td>b</td><td>c</td></tr></table>", "a | b | c\n"),
        ('<table role="presentation"><tr><td>a</td><td>b</td></tr></table>', "a\nb\n"),
        ("<blockquote>a<br>b</blockquote>", "> a\n> b\n"),
        ("<pre>a\n  b</pre>", "a\n  b\n"),
        ('<div style="display:none">weg</div><p hidden>weg</p>hier', "hier\n"),
        ("<style>a{}</style><script>b</script>c", "c\n"),
        ("a<hr>b", f"a\n\n{'-' * 24}\n\nb\n"),
        ("", ""),
    ],
)
def test_html_reads_as_text(html: str, text: str) -> None:
    assert read(html) == text


def test_conditions_stay_around_what_they_hold() -> None:
    loop = "<ul>{% for x in contact.y %}<li>{{ x }}</li>{% endfor %}</ul>"
    html = f"{loop}<!--[if mso]>{{% if a %}}<br>{{% endif %}}<![endif]-->"
    assert (
        " ".join(read(html).split())
        == "{% for x in contact.y %} - {{ x }} {% endfor %} {% if a %}{% endif %}"
    )


WORDS = st.text(alphabet="abcé <>&\"'\n\u00a0", max_size=12)
ELEMENTS = st.sampled_from(
    ["p", "div", "b", "ul", "li", "table", "tr", "td", "th", "h2", "a", "span", "blockquote", "pre", "center"]
)


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> str:
    if depth > 4 or draw(st.booleans()):
        return draw(WORDS).replace("&", "&amp;").replace("<", "&lt;")
    inside = "".join(draw(trees(depth + 1)) for _ in range(draw(st.integers(0, 3))))
    name = draw(ELEMENTS)
    attribute = ' href="https://a.nl/{{ x }}"' if name == "a" else ""
    return f"<{name}{attribute}>{inside}</{name}>"


@given(trees())
def test_no_word_of_a_mail_is_lost(html: str) -> None:
    body = LexborHTMLParser(html).body
    said = "".join((body.text(deep=True) or "").split()) if body else ""
    shown = "".join(read(html).split())
    position = 0
    for letter in said.replace("\u00a0", ""):
        position = shown.find(letter, position) + 1
        assert position, (letter, said, shown)


@given(st.text(max_size=200))
def test_any_text_can_be_read(html: str) -> None:
    assert isinstance(read(html), str)


def test_a_row_of_links_becomes_a_line_each() -> None:
    row = '<p><a href="https://a.nl/stop">Stop</a> · <a href="https://a.nl/meer">Meer</a></p>'
    assert read(row) == "Stop: https://a.nl/stop\nMeer: https://a.nl/meer\n"
    assert read("<p>ma · di</p>") == "ma · di\n"
