import argparse
from datetime import date

import pytest

from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.operations import relays
from mailexpert.sending import queries
from mailexpert.sending.models import InstallationRelay, Issue, Shard


def asked(url: str, **more: object) -> argparse.Namespace:
    given = {
        "name": "", "weight": 1, "connections": 8, "per_connection": None, "per_second": None, "per_hour": None,
        "delivers_itself": False, "warm_up_from": None, **more,
    }  # fmt: skip
    return argparse.Namespace(url=url, **given)


def the_only() -> InstallationRelay:
    with beside_wall(Beside.TESTS):
        return InstallationRelay.objects.get()


def test_a_relay_of_the_installation_serves_accounts_without_their_own(shop: Tenant) -> None:
    relays.add(asked("smtp://wij:ge%20heim@mail.example:2525", weight=2))
    found = the_only()
    assert (found.host, found.port, found.security, found.username) == (
        "mail.example",
        2525,
        "starttls",
        "wij",
    )
    assert keys.unseal(found.secret, "relay") == "ge heim"
    with account(shop.id):
        assert set(queries.relay_turns()) == {-found.id}
    assert "ge heim" not in " ".join(relays.lines())


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        ("smtps://mail.example", 465, "tls"),
        ("smtp://127.0.0.1:25", 25, "none"),
        ("smtp://mail.example", 587, "starttls"),
    ],
)
@pytest.mark.django_db
def test_tls_is_on_unless_it_is_this_machine(url: str, port: int, security: str) -> None:
    relays.add(asked(url))
    assert (the_only().port, the_only().security) == (port, security)


@pytest.mark.parametrize("url", ["http://mail.example", "mail.example", "smtp://", ""])
@pytest.mark.django_db
def test_what_is_no_relay_is_refused(url: str) -> None:
    with pytest.raises(relays.NoRelay):
        relays.add(asked(url))


def test_a_relay_in_use_goes_only_when_another_takes_its_mail(shop: Tenant) -> None:
    relays.add(asked("smtp://een.example"))
    one = the_only().id
    with account(shop.id):
        issue = Issue.objects.create(subject="x", sender_address="a@winkel.example", purpose="newsletter")
        shard = Shard.objects.create(issue=issue, n=0, contact_ids=[1], relay_id=-one)
    with pytest.raises(relays.InUse):
        relays.remove(one)
    relays.add(asked("smtp://twee.example"))
    relays.remove(one)
    with account(shop.id):
        shard.refresh_from_db()
    assert shard.relay_id == -the_only().id
    with pytest.raises(relays.Unknown):
        relays.remove(one)


@pytest.mark.django_db
def test_a_receivers_limit_is_kept_told_and_ended() -> None:
    relays.add(asked("smtp://een.example", per_connection=50, warm_up_from=date(2027, 1, 15)))
    found = the_only()
    assert (found.per_connection, found.warmup_from) == (50, date(2027, 1, 15))
    numbers = {
        "id": found.id,
        "receiver": "yahoo",
        "per_hour": 500,
        "connections": None,
        "per_connection": 20,
    }
    assert "per connection 20" in relays.limit(argparse.Namespace(**numbers))
    assert the_only().limits == {"yahoo": {"per_hour": 500, "per_connection": 20}}
    assert any("yahoo: per hour 500" in line for line in relays.lines())
    none = dict.fromkeys(("per_hour", "connections", "per_connection"))
    relays.limit(argparse.Namespace(**(numbers | none)))
    assert the_only().limits == {}
    with pytest.raises(relays.NoReceiver):
        relays.limit(argparse.Namespace(**(numbers | {"receiver": "niemand"})))
    with pytest.raises(relays.Unknown):
        relays.limit(argparse.Namespace(**(numbers | {"id": found.id + 1})))
