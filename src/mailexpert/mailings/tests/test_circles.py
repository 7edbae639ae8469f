"""Blocks for a segment alone: who was in it when sending began sees them, in the mail that the engine makes."""

import json

import pytest
from django.db import connection

from mailexpert.base.clock import now
from mailexpert.contacts import actions_segments
from mailexpert.contacts.models import Contact, Tag
from mailexpert.contacts.rules import tree
from mailexpert.content.actions import render_preview
from mailexpert.content.queries_readers import WORST
from mailexpert.core.scope import account
from mailexpert.delivery.outbox_pg import PgOutbox
from mailexpert.mail.compose import Composer, IssueContent
from mailexpert.mailings import actions, audience, checks
from mailexpert.mailings.actions_drafts import draft_of
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.sending.models import Circle, Issue, Shard

pytestmark = pytest.mark.django_db


@pytest.fixture
def friends(in_shop):
    """Six people, every second one labelled as a friend; a label is nothing that a contact's columns tell."""
    made, rows = people(6)
    label = Tag.objects.create(name="Vriend")
    actions_segments.tag([row.id for row in rows[::2]], label.id)
    rules = tree.parse({"join": "all", "parts": [{"on": "tag", "test": "has", "value": str(label.id)}]})
    return made, rows, actions_segments.keep_segment("Vrienden", rules)


def blocks_for(segment_id):
    told = [
        {"kind": "heading", "text": "Nieuws", "level": "1"},
        {"kind": "text", "html": "<p>Dank, vriend</p>", "condition": {"segment": segment_id, "test": "in"}},
        {"kind": "text", "html": "<p>Word vriend</p>", "condition": {"segment": segment_id, "test": "out"}},
    ]
    return json.dumps({"look": {"name": "Winkel"}, "blocks": told})


def read(issue):
    """The people of an issue as the engine reads them, and its composer."""
    content = IssueContent(
        issue_id=issue.id, account_id=issue.account_id, sender_name="Winkel", sender_address="nieuws@winkel.example",
        subject=issue.subject, html=issue.html, text=issue.text, targets=issue.links, track_url="https://t.example",
    )  # fmt: skip
    composer = Composer(content, b"k" * 32)
    fixed = ("email", "first_name", "last_name")
    columns = [name if name in fixed else issue.fields.get(name, "") for name in composer.columns]
    shard = Shard.objects.get(issue=issue)
    about = {"account": issue.account_id, "issue": issue.id, "lists": issue.list_ids, "consent": True}
    with connection.cursor() as cursor:
        statement = PgOutbox("")._reading(columns)[0]
        cursor.execute(statement, {**about, "shard": shard.id, "upto": 0, "size": 100})
        return composer, cursor.fetchall()


def test_a_block_is_shown_to_whom_the_rules_fit_and_to_nobody_else(friends, monkeypatch):
    made, rows, segment = friends
    monkeypatch.setattr(audience, "CUT_CIRCLES", audience.CUT_CIRCLES.replace("200 AS part", "2 AS part"))
    mailing = draft(made, kind="blocks", source=blocks_for(segment.id))
    actions.start(mailing)
    assert Circle.objects.count() == 2
    Tag.objects.all().delete()  # what sending began with holds to its end
    issue = Issue.objects.get()
    composer, people_read = read(issue)
    ids, emails = [row[0] for row in people_read], [row[1] for row in people_read]
    bodies = [m.body for m in composer.compose(ids, emails, [row[3:] for row in people_read], now())]
    assert [b"Dank, vriend" in body for body in bodies] == [True, False] * 3
    assert [b"Word vriend" in body for body in bodies] == [False, True] * 3
    assert ids == [row.id for row in rows]


def test_a_preview_asks_for_this_reader_today(friends):
    made, rows, segment = friends
    shown = draft_of(draft(made, kind="blocks", source=blocks_for(segment.id)))
    for who, word in (
        (rows[0], "Dank, vriend"),
        (rows[1], "Word vriend"),
        (None, "Word vriend"),
        (WORST, "Dank, vriend"),
    ):
        assert word in render_preview(shown, who).html
        assert word in render_preview(shown, who).text


def test_a_segment_that_is_gone_stops_the_mailing_in_words(friends):
    made, _rows, segment = friends
    mailing = draft(made, kind="blocks", source=blocks_for(segment.id))
    assert [c.code for c in checks.look_over(mailing)[0] if c.level == "block"] == []
    actions_segments.delete_segment(segment.id)
    blocking = [c for c in checks.look_over(mailing)[0] if c.level == "block"]
    assert {(c.code, c.where) for c in blocking} >= {
        ("field_unknown", "block:2"),
        ("field_unknown", "block:3"),
    }
    assert "segment" in blocking[0].text


def test_a_segment_that_can_t_be_asked_any_more_stops_the_mailing(friends):
    made, _rows, segment = friends
    mailing = draft(made, kind="blocks", source=blocks_for(segment.id))
    Tag.objects.all().delete()
    assert "segment_broken" in {c.code for c in checks.look_over(mailing)[0]}


def test_a_stranger_s_segment_shows_nothing(friends, stranger):
    _made, _rows, segment = friends
    with account(stranger.id):
        source = blocks_for(segment.id)
        other, _people = people(1, prefix="ander")
        mailing = draft(other, kind="blocks", source=source)
        assert "field_unknown" in {c.code for c in checks.look_over(mailing)[0]}
        someone = Contact.objects.get()
        assert "Word vriend" in render_preview(draft_of(mailing), someone).html
