"""To whom a link is shown is read off the Liquid around it; whatever isn't plain is shown to nobody can say whom."""

import pytest

from mailexpert.mail import links, shown
from mailexpert.mail.shown import EVERYONE, UNKNOWN, Circle, Seen


def seen(html, text=""):
    numbered = links.number(html, text)
    found = shown.seen_by(numbered.html, numbered.text)
    return [found[number] for number in range(len(numbered.targets))]


A = '<a href="https://winkel.example/a">a</a>'
B = '<a href="https://winkel.example/b">b</a>'
INSIDE, OUTSIDE = (Seen(circles=frozenset((Circle(12, inside),))) for inside in (True, False))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<p>{A}</p>", [EVERYONE]),
        (f"<p>{{{{ contact.first_name }}}} {A}</p>", [EVERYONE]),
        (f"{{% if contact.segment-12 %}}{A}{{% endif %}}", [INSIDE]),
        (f"{{% if contact.segment-12 %}}{A}{{% else %}}{B}{{% endif %}}", [INSIDE, OUTSIDE]),
        (f"{{% unless contact.segment-12 %}}{A}{{% endunless %}}{B}", [OUTSIDE, EVERYONE]),
        (f"{{% if contact.segment-12 %}}{A}{{% endif %}}{A}", [Seen(True, INSIDE.circles)]),
        (f"{{% if contact.email == 'jan@x.example' %}}{A}{{% endif %}}", [UNKNOWN]),
        (f"{{% if contact.segment-12 and contact.vip %}}{A}{{% endif %}}", [UNKNOWN]),
        (f"{{% if contact.segment-12 == false %}}{A}{{% endif %}}", [UNKNOWN]),
        (
            f"{{% if contact.segment-12 %}}x{{% elsif contact.vip %}}{A}{{% else %}}{B}{{% endif %}}",
            [UNKNOWN, UNKNOWN],
        ),
        (
            f"{{% if contact.segment-12 %}}{{% if contact.segment-3 %}}{A}{{% endif %}}{{% endif %}}",
            [UNKNOWN],
        ),
        (f"{{% case contact.town %}}{{% when 'Lindewoud' %}}{A}{{% endcase %}}", [UNKNOWN]),
        (f"{{% for one in (1..2) %}}{A}{{% endfor %}}", [UNKNOWN]),
        # What only looks like the end of a condition.
        (f"{{% if contact.vip %}}{{% raw %}}{{% endif %}}{{% endraw %}}{A}{{% endif %}}", [UNKNOWN]),
        # Hidden by a reader's own values.
        (f'<div style="display:{{{{ contact.vip }}}}">{A}</div>{B}', [UNKNOWN, EVERYONE]),
        (f"<style>a {{ display: {{{{ contact.vip }}}} }}</style>{A}", [UNKNOWN]),
        (f'<p title="{{{{ contact.first_name }}}}">{A}</p>', [EVERYONE]),
        # Not Liquid at all.
        (f"{{% if %}}{A}", [UNKNOWN]),
    ],
)
def test_whom_a_link_is_shown_to(html, expected):
    assert seen(html) == expected


def test_what_the_html_hides_isnt_seen_because_the_text_part_shows_it():
    html = f"{{% if contact.vip %}}{A}{{% endif %}}"
    assert seen(html, "Kijk op https://winkel.example/a") == [UNKNOWN]
    assert seen("<p>Dag</p>", "Kijk op https://winkel.example/a") == [EVERYONE]


def test_a_link_is_known_by_its_words_or_its_picture():
    numbered = links.number(
        f"{A}<a href='https://winkel.example/b'><img alt='Doneer'></a>"
        "<a href='https://winkel.example/c'>Voor {{ contact.first_name }}</a>"
        "<a href='https://winkel.example/d'><img></a>",
        "",
    )
    assert shown.words_of(numbered.html) == {0: "a", 1: "Doneer", 2: "Voor …"}
