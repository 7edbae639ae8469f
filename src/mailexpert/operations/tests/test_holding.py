"""After a restore nothing leaves, in any account, until somebody there lets it."""

from datetime import timedelta

import pytest

from mailexpert.base.clock import now
from mailexpert.core.scope import account
from mailexpert.mailings import actions
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.operations.holding import hold_all


@pytest.fixture
def under_way(shop, stranger):
    """One mailing on its way in each account, and a planned one in the shop."""
    made = []
    for tenant in (shop, stranger):
        with account(tenant.id):
            news, _rows = people(3)
            made.append(draft(news))
            actions.start(made[-1])
            if tenant is shop:
                made.append(draft(news))
                actions.schedule(made[-1], now() + timedelta(hours=1))
    return made


def test_every_account_s_mailings_are_held_and_a_second_time_there_is_nothing(under_way, shop, stranger):
    assert hold_all() == 3
    states = []
    for mailing in under_way:
        with account(mailing.account_id):
            mailing.refresh_from_db()
            states.append(mailing.state)
    assert states == ["paused", "draft", "paused"]
    with account(stranger.id):
        assert under_way[2].issue.state == 1
    assert hold_all() == 0
