"""Who is in doubt after a crash: ordered again by a person, and the mailing's state goes along."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from mailexpert.core.scope import account
from mailexpert.mailings import actions, jobs, rules
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.sending import queries as sending
from mailexpert.sending.models import Delivery, Issue, Shard

pytestmark = pytest.mark.usefixtures("in_shop")


def in_doubt(count: int = 3, *, minutes: int = 16) -> Mailing:
    """A mailing that an engine died on in its last window; its lease ended so long ago."""
    news, rows = people(5)
    mailing = draft(news)
    actions.start(mailing)
    mailing.refresh_from_db()
    for row in rows[count:]:
        Delivery.objects.create(issue_id=mailing.issue_id, contact_id=row.id, attempt=1, outcome=1, code=250)
    Shard.objects.update(
        upto=5, sent=5 - count, state=1, lease_until=Now() - timedelta(minutes=minutes), epoch=1
    )
    Issue.objects.update(state=Issue.State.DONE, finished_at=Now())
    jobs.follow_issues.run()
    mailing.refresh_from_db()
    assert (mailing.state, sending.counts(mailing.issue_id).in_doubt) == ("sent", count)
    return mailing


def test_an_order_gives_them_a_turn_and_the_mailing_is_under_way_again():
    mailing = in_doubt()
    assert actions.send_doubtful_again(mailing) == 3
    mailing.refresh_from_db()
    assert (mailing.state, mailing.finished_at) == ("sending", None)
    counts = sending.counts(mailing.issue_id)
    assert (counts.deferred, counts.in_doubt) == (3, 0)


def test_nothing_is_ordered_before_a_quarter_of_an_hour_and_the_mailing_stays_sent():
    mailing = in_doubt(minutes=14)
    assert actions.send_doubtful_again(mailing) == 0
    mailing.refresh_from_db()
    assert mailing.state == "sent"


def test_without_an_order_nobody_gets_it_again():
    mailing = in_doubt(minutes=60 * 24)
    jobs.follow_issues.run()
    assert sending.counts(mailing.issue_id).in_doubt == 3


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_a_mailing_that_is_not_on_its_way_takes_no_order(state):
    mailing = in_doubt()
    Mailing.objects.filter(id=mailing.id).update(state=state)
    with pytest.raises(rules.NotNow):
        actions.send_doubtful_again(mailing)


def test_an_issue_that_an_engine_opened_again_takes_its_mailing_along():
    mailing = in_doubt()
    Issue.objects.update(state=Issue.State.SENDING, finished_at=None)
    jobs.follow_issues.run()
    mailing.refresh_from_db()
    assert mailing.state == "sending"


def test_a_stranger_cannot_order_the_shops_mailing_again(stranger):
    mailing = in_doubt()
    with account(stranger.id), pytest.raises(Mailing.DoesNotExist):
        actions.send_doubtful_again(mailing)
