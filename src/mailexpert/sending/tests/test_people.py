"""Who did not get an issue, page by page: everybody once, with name and reason."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from mailexpert.contacts.models import Contact
from mailexpert.core.scope import account
from mailexpert.sending import queries_people
from mailexpert.sending.models import Delivery, Issue, Reply, Retry, Shard

pytestmark = pytest.mark.usefixtures("in_shop")


@pytest.fixture
def issue():
    return Issue.objects.create(sender_address="a@winkel.example", subject="Nieuws")


@pytest.fixture
def rows():
    return [
        Contact.objects.create(email=f"lezer{n}@voorbeeld.example", first_name=f"Voor{n}", last_name="Achter")
        for n in range(7)
    ]


def note(issue, row, outcome, code):
    Delivery.objects.create(issue_id=issue.id, contact_id=row.id, attempt=1, outcome=outcome, code=code)


def all_of(issue, kind, **wanted):
    """As a reader pages through it, two at a time."""
    found, after = [], None
    while page := queries_people.people(issue.id, kind, after=after, limit=2, **wanted):
        found += page
        after = page[-1].place
    return found


def test_every_page_goes_on_where_the_last_one_ended(issue, rows):
    for row, code in zip(rows, (2, 1, 1, 2, 1, 3, 1), strict=True):
        note(issue, row, 3, code)
    found = all_of(issue, "skipped")
    assert [one.code for one in found] == [1, 1, 1, 1, 2, 2, 3]
    assert sorted(one.email for one in found) == [row.email for row in rows]
    assert found[0].name == "Voor1 Achter"
    assert [one.code for one in all_of(issue, "skipped", code=2)] == [2, 2]


def test_a_failed_one_comes_with_what_the_mail_server_said_last(issue, rows):
    note(issue, rows[0], 2, 550)
    for text in ("450 later", "550 5.1.1 onbekend"):
        Reply.objects.create(issue_id=issue.id, contact_id=rows[0].id, attempt=1, text=text)
    note(issue, rows[1], 1, 250)
    assert [(one.email, one.reply) for one in all_of(issue, "failed")] == [
        (rows[0].email, "550 5.1.1 onbekend")
    ]


def test_who_waits_for_another_attempt_isnt_who_is_in_doubt(issue, rows):
    shard = Shard.objects.create(
        issue=issue, n=0, contact_ids=[row.id for row in rows], upto=7, sent=4, state=1
    )
    for row, state, ago in ((rows[0], 0, 0), (rows[1], 0, 0), (rows[2], 1, 20)):
        Retry.objects.create(
            issue_id=issue.id, shard_id=shard.id, contact_id=row.id, attempt=2, due=Now(), state=state,
            lease_until=Now() - timedelta(minutes=ago),
        )  # fmt: skip
    for row in rows[3:]:
        note(issue, row, 1, 250)
    assert [one.email for one in all_of(issue, "deferred")] == [rows[0].email, rows[1].email]
    assert [one.email for one in all_of(issue, "in_doubt")] == [rows[2].email]


def test_who_was_deleted_since_stays_in_the_sum_without_a_name(issue, rows):
    note(issue, rows[0], 3, 1)
    Contact.objects.filter(id=rows[0].id).delete()
    assert [(one.email, one.name) for one in all_of(issue, "skipped")] == [("", "")]


def test_a_strangers_account_sees_nobody(issue, rows, stranger):
    note(issue, rows[0], 3, 1)
    with account(stranger.id):
        assert all_of(issue, "skipped") == []
