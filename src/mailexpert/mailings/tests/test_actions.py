"""A mailing on its way: who is in it, and what each button does."""

from datetime import timedelta

import pytest

from mailexpert.base.clock import now
from mailexpert.contacts.models import Contact, Membership, Preference
from mailexpert.core.scope import account
from mailexpert.mailings import actions, jobs, queries, rules
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, join, people
from mailexpert.sending import queries as sending
from mailexpert.sending.models import Delivery, Issue, Outcome, Shard, Suppression

pytestmark = pytest.mark.usefixtures("in_shop")


def planned(mailing):
    mailing.refresh_from_db()
    ids = [i for shard in Shard.objects.filter(issue=mailing.issue_id) for i in shard.contact_ids]
    assert len(ids) == len(set(ids))
    return set(ids)


def test_a_started_mailing_is_frozen_and_everyone_is_planned_once():
    news, rows = people(2_500)
    mailing = draft(news)
    actions.start(mailing)
    assert planned(mailing) == {row.id for row in rows}
    assert mailing.state == "sending"
    assert Shard.objects.filter(issue=mailing.issue_id).count() == 3
    counts = sending.counts(mailing.issue_id)
    assert (counts.planned, counts.waiting) == (2_500, 2_500)


def test_who_may_not_be_mailed_is_not_planned_and_the_sum_says_so():
    news, rows = people(10)
    volunteers, _none = people(0, list_name="Vrijwilligers")
    join(volunteers, rows[:2])
    Membership.objects.filter(contact=rows[2], list=news).update(ground="unknown")
    Membership.objects.filter(contact=rows[3], list=news).update(ended_at=now())
    Contact.objects.filter(id=rows[4].id).update(status=2)
    Suppression.objects.create(email_key=rows[5].email, reason=1)
    mailing = draft(news, excluded=[volunteers])
    tally = queries.tally(mailing)
    actions.start(mailing)
    assert planned(mailing) == {row.id for row in rows[6:]}
    assert tally.mailable == 4
    assert sum(-row.count if row.minus else row.count for row in tally.rows) == 4


def test_who_wants_no_mail_for_now_is_in_the_sum_and_in_the_cut():
    news, rows = people(6)
    today = now().date()
    choices = (
        {"paused_until": today + timedelta(days=5)},
        {"paused_until": today - timedelta(days=5)},
        {"every_days": 7},
        {"every_days": 7},
    )
    for row, chosen in zip(rows, choices, strict=False):
        Preference.objects.create(contact=row, **chosen)
    before = Issue.objects.create(subject="Vorige", sender_address="a@b.example", finished_at=now())
    for row, days in ((rows[2], 2), (rows[3], 9), (rows[4], 2)):
        at = now() - timedelta(days=days)
        Delivery.objects.create(
            issue_id=before.id, contact_id=row.id, attempt=1, outcome=Outcome.SENT, code=250, at=at
        )
    mailing = draft(news)
    tally = queries.tally(mailing)
    assert [(row.count, row.minus) for row in tally.rows] == [(6, False), (2, True)]
    assert tally.mailable == 4
    actions.start(mailing)
    assert planned(mailing) == {row.id for row in rows}  # a pause may be over by their turn


def test_somebody_on_two_lists_gets_it_once():
    news, rows = people(3)
    offers, _none = people(0, list_name="Acties")
    join(offers, rows)
    mailing = draft(news, offers)
    actions.start(mailing)
    assert len(planned(mailing)) == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subject": ""}, "subject_missing"),
        ({"sender": ""}, "sender_missing"),
        ({"source": "<p>{{ contact.first_name </p>"}, "source"),
        ({"source": "<p>{{ contact.schoenmaat }}</p>"}, "field_unknown"),
    ],
)
def test_a_check_that_blocks_sends_nothing(change, code):
    news, _rows = people(2)
    mailing = draft(news, **change)
    with pytest.raises(actions.CannotSend) as refused:
        actions.start(mailing)
    assert code in {check.code for check in refused.value.checks if check.level == "block"}
    mailing.refresh_from_db()
    assert (mailing.state, mailing.issue_id) == ("draft", None)


def test_a_mailing_to_nobody_is_not_sent():
    empty, _rows = people(0)
    with pytest.raises(actions.CannotSend):
        actions.start(draft(empty))


def test_it_is_started_only_once():
    news, _rows = people(2)
    mailing = draft(news)
    actions.start(mailing)
    with pytest.raises(rules.NotNow):
        actions.start(mailing)


@pytest.mark.parametrize("state", ["paused", "sent", "cancelled"])
def test_one_that_was_started_never_starts_a_second_time(state):
    news, _rows = people(2)
    mailing = draft(news)
    actions.start(mailing)
    Mailing.objects.filter(id=mailing.id).update(state=state)
    with pytest.raises(rules.NotNow):
        actions.start(mailing)
    assert Shard.objects.count() == 1


def test_pause_resume_and_cancel_follow_each_other():
    news, _rows = people(2)
    mailing = draft(news)
    actions.start(mailing)
    actions.pause(mailing)
    with pytest.raises(rules.NotNow):
        actions.pause(mailing)
    actions.resume(mailing)
    actions.cancel(mailing)
    mailing.refresh_from_db()
    assert mailing.state == "cancelled"
    with pytest.raises(rules.NotNow):
        actions.resume(mailing)


def test_a_scheduled_one_starts_when_its_moment_has_come(in_shop):
    news, _rows = people(2)
    mailing = draft(news)
    actions.schedule(mailing, now() + timedelta(hours=1))
    jobs.start_due.run()
    mailing.refresh_from_db()
    assert mailing.state == "scheduled"
    Mailing.objects.filter(id=mailing.id).update(scheduled_at=now())
    jobs.start_due.run()
    mailing.refresh_from_db()
    assert mailing.state == "sending"


def test_nobody_today_may_be_planned_and_nobody_then_is_sent_to_nobody():
    news, rows = people(1)
    mailing = draft(news)
    Preference.objects.create(contact_id=rows[0].id, paused_until=now().date() + timedelta(days=9))
    with pytest.raises(actions.CannotSend):
        actions.start(mailing)
    actions.schedule(mailing, now() + timedelta(hours=1))
    Membership.objects.filter(contact=rows[0]).update(ended_at=now())
    Mailing.objects.filter(id=mailing.id).update(scheduled_at=now())
    jobs.start_due.run()
    mailing.refresh_from_db()
    assert mailing.state == "sending"
    assert sending.counts(mailing.issue_id).planned == 0
    Issue.objects.filter(id=mailing.issue_id).update(
        state=Issue.State.DONE, finished_at=now()
    )  # as the engine does
    jobs.follow_issues.run()
    mailing.refresh_from_db()
    assert mailing.state == "sent"


def test_a_scheduled_one_that_can_t_start_is_a_draft_again():
    news, _rows = people(1)
    mailing = draft(news)
    actions.schedule(mailing, now() + timedelta(hours=1))
    Mailing.objects.filter(id=mailing.id).update(source="{% if %}")
    Mailing.objects.filter(id=mailing.id).update(scheduled_at=now())
    jobs.start_due.run()
    mailing.refresh_from_db()
    assert mailing.state == "draft"


@pytest.mark.parametrize("hours", [-1, 24 * 400])
def test_a_moment_in_the_past_or_too_far_is_refused(hours):
    news, _rows = people(1)
    with pytest.raises(rules.BadTime):
        actions.schedule(draft(news), now() + timedelta(hours=hours))


def test_a_done_issue_closes_its_mailing():
    news, _rows = people(1)
    mailing = draft(news)
    actions.start(mailing)
    mailing.refresh_from_db()
    mailing.issue.state = mailing.issue.State.DONE
    mailing.issue.save(update_fields=["state"])
    jobs.follow_issues.run()
    mailing.refresh_from_db()
    assert mailing.state == "sent"


def test_a_copy_has_the_same_words_and_audience():
    news, _rows = people(1)
    mailing = draft(news)
    made = actions.copy(mailing, "Kopie")
    assert (made.subject, made.source, made.list_ids()) == (mailing.subject, mailing.source, [news.id])
    assert made.state == "draft"


def test_a_stranger_s_list_can_t_be_chosen(stranger):
    with account(stranger.id):
        theirs, _rows = people(1)
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        draft(theirs)
