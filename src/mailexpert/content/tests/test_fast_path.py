"""What the engine's short way makes of a shipped template is what full Liquid makes of it, for every kind of reader."""

import datetime as dt
import email
import re
from email import policy
from typing import Any

import pytest

from mailexpert.content.queries import GALLERY, IN_BLOCKS, starter_of
from mailexpert.content.rules import compile_source
from mailexpert.mail import personalise
from mailexpert.mail.browser import with_browser_link
from mailexpert.mail.compose import Composer, IssueContent
from mailexpert.mail.footer import with_footer

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
TRACK, LINE = "https://t.example", "Winkel, Dorp 1"
PAGE = "https://m.example/lezen/abc/"
PEOPLE: list[dict[str, Any]] = [
    {"email": "jan@voorbeeld.example", "first_name": "Jan", "last_name": "de Vries"},
    {"email": "leeg@voorbeeld.example", "first_name": "", "last_name": None},
    {
        "email": "raar@voorbeeld.example",
        "first_name": "<b>Zoë & 'co'</b>  .x",
        "last_name": "{{ contact.email }}",
    },
    {"email": "lang@voorbeeld.example", "first_name": "W" * 300, "last_name": "…" * 80},
]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("slug", [*IN_BLOCKS, *GALLERY])
def test_the_short_way_makes_the_mail_that_liquid_makes(slug: str, language: str) -> None:
    one = starter_of(slug, language)
    assert one is not None
    made = compile_source(one.kind, one.source, title=one.subject, language=language, preheader=one.preheader)
    whole = with_browser_link(made.html, made.text, language, PAGE)
    content = IssueContent(
        issue_id=7, account_id=3, sender_name="Winkel", sender_address="nieuws@winkel.example", subject=one.subject,
        html=whole[0], text=whole[1], language=language, sender_line=LINE, track_url=TRACK,
    )  # fmt: skip
    composer = Composer(content, b"k" * 32)
    assert composer.is_fast
    html, text = with_footer(*whole, language, LINE)
    rows = [tuple(person.get(name) for name in composer.columns) for person in PEOPLE]
    emails = [person["email"] for person in PEOPLE]
    for person, message in zip(PEOPLE, composer.compose([1, 2, 3, 4], emails, rows, NOW), strict=True):
        read = email.message_from_bytes(message.body, policy=policy.default)
        stop = re.search(r"<(\S+)>", str(read["List-Unsubscribe"]))
        assert stop is not None
        own = {
            personalise.UNSUBSCRIBE: stop[1],
            personalise.PREFERENCES: stop[1].replace("/t/u/", "/t/p/"),
        }
        for part, render, source in (
            ("plain", personalise.render_text, text),
            ("html", personalise.render_html, html),
        ):
            body = read.get_body((part,))
            assert body is not None
            assert body.get_content().replace("\r\n", "\n").rstrip("\n") == render(
                source, person, **own
            ).rstrip("\n")
