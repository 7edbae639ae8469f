from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from mailexpert.core.scope import account
from mailexpert.mailings import actions
from mailexpert.mailings.tests.cast import draft, people

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_choose_an_audience_at_once_leave_one(shop):
    with account(shop.id):
        news, _rows = people(1)
        mailing = draft(news)

    def choose(_who):
        try:
            with account(shop.id):
                for _time in range(20):
                    actions.choose_audience(mailing, [news.id])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        list(both.map(choose, range(2)))
    with account(shop.id):
        assert mailing.list_ids() == [news.id]
