"""Pausing until a moment, and planning anew."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from mailexpert.base.clock import now
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.mailings import actions, jobs, rules
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people


def a_mailing() -> Mailing:
    return draft(people(3)[0])


pytestmark = pytest.mark.usefixtures("in_shop")


def test_a_pause_until_a_moment_ends_by_itself_and_not_before() -> None:
    mailing = a_mailing()
    actions.start(mailing)
    actions.pause(mailing, now() + timedelta(hours=9))
    jobs.resume_due.run()
    mailing.refresh_from_db()
    assert mailing.state == "paused"
    with time_machine.travel(now() + timedelta(hours=9, seconds=1)):
        jobs.resume_due.run()
    mailing.refresh_from_db()
    assert (mailing.state, mailing.scheduled_at, mailing.issue.state) == ("sending", None, 0)


def test_the_end_of_a_pause_can_be_changed_and_taken_away() -> None:
    mailing = a_mailing()
    actions.start(mailing)
    actions.pause(mailing)
    actions.pause(mailing, now() + timedelta(hours=1))
    actions.pause(mailing)
    with time_machine.travel(now() + timedelta(hours=2)):
        jobs.resume_due.run()
    mailing.refresh_from_db()
    assert (mailing.state, mailing.scheduled_at) == ("paused", None)


def test_nobody_pauses_into_the_past() -> None:
    mailing = a_mailing()
    actions.start(mailing)
    with pytest.raises(rules.BadTime):
        actions.pause(mailing, now() - timedelta(seconds=1))


def test_a_planned_mailing_is_planned_anew() -> None:
    mailing, later = a_mailing(), now() + timedelta(days=2)
    actions.schedule(mailing, now() + timedelta(days=1))
    actions.schedule(mailing, later)
    mailing.refresh_from_db()
    assert mailing.scheduled_at == later


def test_the_page_pauses_until_a_moment_and_a_stranger_cannot(
    shop: Tenant, shop_client: Client, stranger_client: Client
) -> None:
    mailing = a_mailing()
    actions.start(mailing)
    url = f"/mailings/{mailing.id}/pauzeren-tot/"
    day = (now() + timedelta(days=1)).date().isoformat()
    assert stranger_client.post(url, {"day": day, "time": "08:00"}).status_code == 404
    shop_client.post(url, {"day": "", "time": ""})
    with account(shop.id):
        assert Mailing.objects.get(id=mailing.id).state == "sending"
        shop_client.post(url, {"day": day, "time": "08:00"})
        assert Mailing.objects.get(id=mailing.id).state == "paused"
