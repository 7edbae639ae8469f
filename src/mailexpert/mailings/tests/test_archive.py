"""The mail in the browser: the same words and links, for anyone who has its address, and nothing of any reader."""

import re

import pytest

from mailexpert.content.actions import render_preview
from mailexpert.mailings import actions, archive
from mailexpert.mailings.actions_drafts import draft_of
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.sending.models import Issue

pytestmark = pytest.mark.django_db
SOURCE = (
    "<html><body><h1>Nieuws</h1><p>Dag {{ contact.first_name | default: 'lezer' }}, "
    "dit gaat naar {{ contact.email }}.</p>"
    '<p><a href="https://winkel.example/kerst?a=1&amp;b=2">Kerst</a></p><script>alert(1)</script>'
    '<p><a href="{{ unsubscribe_url }}">Uitschrijven</a></p></body></html>'
)


def path_of(url):
    return "/" + url.split("/", 3)[3]


def test_a_sent_mailing_can_be_read_by_whoever_has_its_address(in_shop, client):
    made, _rows = people(2)
    mailing = draft(made, source=SOURCE)
    url = archive.url_of(mailing)
    assert client.get(path_of(url)).status_code == 404  # not sent yet
    actions.start(mailing)
    issue = Issue.objects.get()
    assert url in issue.text
    assert issue.links == ["https://winkel.example/kerst?a=1&b=2"]
    answer = client.get(path_of(url))
    page = answer.content.decode()
    assert "Dag lezer, dit gaat naar je adres." in page
    assert 'href="https://winkel.example/kerst?a=1&amp;b=2"' in page
    assert "Uitschrijven" not in page
    assert not re.search("voorbeeld.example|Voor0|<script|nobody|/t/", page)
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies


def test_an_address_that_someone_made_up_opens_nothing(in_shop, client):
    made, _rows = people(1)
    mailing = draft(made, source=SOURCE)
    actions.start(mailing)
    token = archive.url_of(mailing).rstrip("/").rpartition("/")[2]
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x" + token, "a:b", "%00"):
        assert client.get(f"/lezen/{wrong}/").status_code == 404


@pytest.mark.parametrize("kind", ["html", "text"])
def test_the_link_stands_where_the_template_asks_for_it_and_once(in_shop, kind):
    made, _rows = people(1)
    source = (
        "Lees online: {{ browser_url }}"
        if kind == "text"
        else '<p><a href="{{ browser_url }}">Online</a></p>'
    )
    mailing = draft(made, kind=kind, source=source)
    actions.start(mailing)
    issue = Issue.objects.get()
    assert archive.url_of(mailing) in issue.html
    assert issue.links == []
    assert "Bekijk in je browser" not in issue.html or kind == "text"
    shown = render_preview(draft_of(mailing))
    assert shown.html.count("/lezen/") == shown.text.count("/lezen/") == 1
