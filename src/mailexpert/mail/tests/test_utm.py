"""utm words come on links to own sites, once, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail.utm import Rule, put_on

RULE = Rule(source="mailexpert", medium="email", hosts=frozenset(("winkel.example",)))
WORDS = "utm_source=mailexpert&utm_medium=email&utm_campaign=herfst"
AMP = WORDS.replace("&", "&amp;")


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ('<a href="https://winkel.example/">x</a>', f'<a href="https://winkel.example/?{AMP}">x</a>'),
        ("<a href=https://winkel.example/a>x</a>", f'<a href="https://winkel.example/a?{AMP}">x</a>'),
        ("<a href='https://winkel.example/?a=1&amp;b=2#k'>x</a>",
         f"<a href='https://winkel.example/?a=1&amp;b=2&amp;{AMP}#k'>x</a>"),
        ('<a href="https://winkel.example/?utm_source=eigen">x</a>', None),
        ('<a href="https://winkel.example/?UTM_id=3">x</a>', None),
        ('<a href="https://elders.example/">x</a>', None),
        ('<a href="https://www.winkel.example/">x</a>', None),
        ('<a href="https://winkel.example/{{ contact.code }}">x</a>', None),
        ('<a href="mailto:a@winkel.example">x</a>', None),
        ('<a href="{{ unsubscribe_url }}">x</a>', None),
        ("<a href='https://[winkel'>x</a>", None),
        ("<p>https://winkel.example/</p>", None),
    ],
)  # fmt: skip
def test_a_link_gets_the_words_or_is_left_as_it_was(html, wanted):
    assert put_on(html, "", RULE, "herfst").html == (wanted or html)


def test_the_text_part_has_them_too():
    found = put_on("", "Kijk op https://winkel.example/a.", RULE, "herfst")
    assert found.text == f"Kijk op https://winkel.example/a?{WORDS}."
    assert found.count == 1


@given(st.text(max_size=200), st.text(max_size=60))
def test_a_second_time_changes_nothing(text, campaign):
    html = f'{text}<a href="https://winkel.example/?q=1">x</a>'
    once = put_on(html, text, RULE, campaign)
    assert put_on(once.html, once.text, RULE, campaign).html == once.html
