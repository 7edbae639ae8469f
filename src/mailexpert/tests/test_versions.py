"""Two subjects tried on half of a list, with the processes that a person starts: each address gets exactly one mail."""

import email
import re
import urllib.error
import urllib.request
from collections import Counter
from email import policy
from typing import Any

import psycopg
import pytest

from mailexpert.tests.stack import Stack, wait_until
from mailexpert.web.tests.browser import AGENT, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST, SECOND = "Kom je ook?", "Zondag is er soep"
HTML = '<html><body><h1>Soep</h1><p><a href="https://hoekje.example/soep">Lees meer</a></p></body></html>'
CAUGHT = "SELECT rcpt_to[1], subject, raw FROM sending_caughtmail WHERE subject = ANY(%s)"


class NoFollowing(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_about: Any, **_more: Any) -> None:
        return None


def caught(stack: Stack) -> list[tuple[str, str, bytes]]:
    with psycopg.connect(stack.environment["DATABASE_URL"]) as connection:
        connection.execute("SET ROLE mailexpert_owner")
        rows = connection.execute(CAUGHT, [[FIRST, SECOND]]).fetchall()
    return [(to, subject, bytes(raw)) for to, subject, raw in rows]


def click(raw: bytes) -> None:
    """As a reader's browser does."""
    body = email.message_from_bytes(raw, policy=policy.default).get_body(("html",))
    assert body is not None
    link = re.search(r'href="(http[^"]+/t/c/[^"]+)"', body.get_content())
    assert link is not None
    asked = urllib.request.Request(link[1], headers={"User-Agent": AGENT})
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(NoFollowing).open(asked)
    with answer.value as redirect:
        assert redirect.code == 302


def a_draft(stack: Stack, people: int) -> int:
    api = stack.api()
    made = api.post("/lists", {"name": "Soep", "purpose": "newsletter"})
    rows = "email\n" + "".join(f"proever{n}@hoekje.example\n" for n in range(people))
    started = api.upload("/imports", rows.encode(), list=made["id"], ground="consent", evidence="Formulier.")
    wait_until(lambda: api.get(f"/imports/{started['id']}")["state"] == "done", "the people are there")
    mailing = {
        "name": "Soep", "subject": FIRST, "sender": "Hoekje <soep@hoekje.example>", "html": HTML, "lists": [made["id"]],
    }  # fmt: skip
    return int(api.post("/mailings", mailing)["id"])


def test_two_subjects_are_tried_and_everyone_gets_exactly_one_mail(page: Any, stack: Stack) -> None:
    mailing = a_draft(stack, 80)
    page.goto(f"/mailings/{mailing}/test/")
    page.get_by_label("Onderwerp van versie B").fill(SECOND)
    page.get_by_label("Hoeveel mensen een versie krijgen").select_option("50")
    page.get_by_text("2 versies gaan naar elk 20 mensen").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Bewaren, en terug naar de mailing").click()
    page.get_by_role("button", name="Test starten met 40 mensen").click()
    page.wait_for_url("**/rapport/")

    wait_until(lambda: len(caught(stack)) == 40, "the versions are there")
    assert Counter(subject for _to, subject, _raw in caught(stack)) == {FIRST: 20, SECOND: 20}
    click(next(raw for _to, subject, raw in caught(stack) if subject == SECOND))
    page.goto(f"/mailings/{mailing}/test/")
    page.get_by_text("De kans dat B beter is").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="B kiezen").click()
    page.get_by_text("Versie B is met de hand gekozen").wait_for()

    wait_until(lambda: len(caught(stack)) == 80, "everyone else has it")
    assert Counter(subject for _to, subject, _raw in caught(stack)) == {FIRST: 20, SECOND: 60}
    assert len({to for to, _subject, _raw in caught(stack)}) == 80
    wait_until(lambda: stack.api().mailing(mailing)["state"] == "sent", "the mailing is sent")
    versions = stack.api().get(f"/mailings/{mailing}/report")["versions"]
    assert [(one["letter"], one["planned"], one["sent"], one["winner"]) for one in versions] == [
        ("A", 20, 20, False), ("B", 20, 20, True), ("", 40, 40, False),
    ]  # fmt: skip
