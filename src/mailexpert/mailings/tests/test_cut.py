"""The cut: shards of one receiving provider each, dealt out over relays by weight."""

import pytest

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact, List
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, join
from mailexpert.sending.models import MailDomain, Relay, Shard

pytestmark = pytest.mark.usefixtures("in_shop")


def a_mailing_to(**domains: int) -> Mailing:
    """So many people at each domain; `gmail_com=3`."""
    made = List.objects.create(name=f"Nieuws {List.objects.count()}", purpose="newsletter")
    names = {name.replace("_", "."): count for name, count in domains.items()}
    rows = [Contact(email=f"lezer{n}@{name}") for name, count in names.items() for n in range(count)]
    Contact.objects.bulk_create(rows)
    join(made, rows)
    return draft(made)


def lanes() -> dict[str, int]:
    return {
        lane: sum(len(ids) for ids in Shard.objects.filter(lane=lane).values_list("contact_ids", flat=True))
        for lane in Shard.objects.values_list("lane", flat=True)
    }


def test_each_provider_with_enough_people_has_shards_of_its_own() -> None:
    mailing = a_mailing_to(gmail_com=30, googlemail_com=5, ziggo_nl=25, kpnmail_nl=19, klein_example=50)
    actions.start(mailing)
    assert lanes() == {"google": 35, "ziggo": 25, "": 69}


def test_a_shard_holds_at_most_a_thousand_people_and_the_numbers_have_no_hole() -> None:
    actions.start(a_mailing_to(gmail_com=2100, ziggo_nl=1001))
    rows = list(Shard.objects.order_by("n").values_list("n", "lane", "size"))
    assert rows == [
        (0, "google", 1000), (1, "ziggo", 1000), (2, "google", 1000), (3, "ziggo", 1), (4, "google", 100),
    ]  # fmt: skip


def test_a_domain_that_nobody_looked_up_is_noted_and_has_its_provider_the_next_time() -> None:
    actions.start(a_mailing_to(firma_example=25, gmail_com=25))
    with beside_wall(Beside.TESTS):
        assert list(MailDomain.objects.values_list("domain", "looked_at")) == [("firma.example", None)]
        MailDomain.objects.update(provider="microsoft365")
    assert lanes() == {"google": 25, "": 25}
    Contact.objects.all().delete()
    Shard.objects.all().delete()
    actions.start(a_mailing_to(firma_example=25, gmail_com=25))
    assert lanes() == {"google": 25, "microsoft365": 25}


def test_shards_are_dealt_out_over_the_relays_by_weight() -> None:
    heavy = Relay.objects.create(name="zwaar", host="localhost", weight=3)
    light = Relay.objects.create(name="licht", host="localhost")
    Relay.objects.create(name="uit", host="c.example", enabled=False)
    actions.start(a_mailing_to(gmail_com=7001))
    dealt = list(Shard.objects.values_list("relay_id", flat=True))
    assert (dealt.count(heavy.id), dealt.count(light.id)) == (6, 2)


def test_a_strangers_relay_carries_nothing_of_the_shops(shop: Tenant, stranger: Tenant) -> None:
    with account(stranger.id):
        Relay.objects.create(name="vreemd", host="a.example")
    with account(shop.id):
        actions.start(a_mailing_to(gmail_com=5))
        assert Shard.objects.get().relay_id == 0
