"""The engine keeps to what people chose, as its own SQL reads it."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Preference
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.scope import account
from mailexpert.delivery.outbox_pg import PgOutbox
from mailexpert.delivery.tests.mailroom import url
from mailexpert.sending.models import Delivery, Issue, Outcome, Skip

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_pauses_or_had_enough_is_skipped_with_that_reason(shop: Tenant) -> None:
    today = timezone.now().date()
    with account(shop.id):
        into = make_list()
        ids = [make_contact(f"{n}@voorbeeld.example", into).id for n in range(6)]
        choices = [
            {"paused_until": today + timedelta(days=3)},
            {"paused_until": today},
            {"every_days": 7},
            {"every_days": 7},
            {"every_days": 31},
        ]
        for contact_id, chosen in zip(ids, choices, strict=False):
            Preference.objects.create(contact_id=contact_id, **chosen)
        before = Issue.objects.create(
            subject="Vorige", sender_address="a@b.example", list_ids=[into.id], finished_at=timezone.now()
        )
        for contact_id, days in ((ids[2], 2), (ids[3], 9), (ids[4], 9), (ids[5], 1)):
            Delivery.objects.create(
                issue_id=before.id,
                contact_id=contact_id,
                attempt=1,
                outcome=Outcome.SENT,
                code=250,
                at=timezone.now() - timedelta(days=days),
            )
        issue = Issue.objects.create(subject="Nu", sender_address="a@b.example", list_ids=[into.id])
    skips = asyncio.run(_skips(issue.id, ids))
    assert skips == [Skip.PAUSED, 0, Skip.OFTEN, 0, Skip.OFTEN, 0]


async def _skips(issue_id: int, contact_ids: list[int]) -> list[int]:
    outbox = PgOutbox(url())
    try:
        people = await outbox.read_people(await outbox.load_issue(issue_id), ["email"], contact_ids)
    finally:
        await outbox.close()
    return [person.skip for person in people]
