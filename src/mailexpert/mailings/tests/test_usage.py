"""What an account uses, as its package page shows it."""

from mailexpert.core import usage
from mailexpert.core.scope import account
from mailexpert.mailings import actions
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.sending.models import Shard


def test_each_room_says_what_is_used_and_a_stranger_s_is_not_in_it(shop, stranger):
    with account(shop.id):
        news, _rows = people(5)
        mailing = draft(news)
        actions.start(mailing)
        Shard.objects.update(sent=5, upto=5)
        mine = {reading.measure.key: reading.used for reading in usage.read()}
    with account(stranger.id):
        theirs = {reading.measure.key: reading.used for reading in usage.read()}
    assert (mine["contacts"], mine["mails"], mine["images"], mine["users"]) == (5, 5, 0, 1)
    assert (theirs["contacts"], theirs["mails"]) == (0, 0)


def test_the_package_page_shows_it(shop_client):
    page = shop_client.get("/instellingen/pakket/").content.decode()
    assert "Mails deze maand" in page
