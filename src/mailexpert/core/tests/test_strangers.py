"""A walk over every address: with a stranger's login and a shop's ids, and with no login at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter

from mailexpert.accounts.actions import make_token
from mailexpert.accounts.actions_devices import remember_device
from mailexpert.accounts.models import Device
from mailexpert.base import clock
from mailexpert.conftest import Tenant
from mailexpert.core.tests.rows import row_of_each

pytestmark = pytest.mark.django_db

# Open to everyone, by the beginning of their path.
PUBLIC = (
    "/inloggen/", "/uitloggen/", "/aanmelden/", "/bevestigen/", "/wachtwoord/", "/uitnodiging/", "/voorwaarden/",
    "/verwerkersovereenkomst/", "/cookies/", "/uitschrijven/", "/voorkeuren/", "/taal/", "/thema/", "/healthz",
    "/privacy/", "/en/privacy/", "/beloften/", "/en/promises/", "/verwerkers/", "/en/subprocessors/", "/contact/",
    "/.well-known/security.txt", "/nieuws/", "/zoeken/", "/aanbevelingen/", "/api/v1/openapi.json", "/metrics",
    "/post/", "/catcher/", "/mailvanger/", "/lezen/",
)  # fmt: skip

# The catcher's mails belong to the machine, the console to the operator's staff, news and promises to everyone.
MACHINE = ("/mailvanger/", "/beheer/", "/nieuws/", "/beloften/", "/en/promises/")
NOTHING = {404, 405, 422}
# Pages that need more than a row: a membership on that list, a file, a version of that mailing, a provider.
EMPTY = {
    "/contacten/<contact_id>/uitschrijven/<list_id>/",
    "/contacten/inlezen/<import_id>/",
    "/contacten/verzoeken/<case_id>/verlengen/",  # a reason; contacts/tests/test_rights.py asks with one
    "/contacten/verzoeken/<case_id>/weigeren/",
    "/sjablonen/<template_id>/proefmail/",
    "/sjablonen/beelden/<image_id>/stoppen/",  # of what moves; content/tests/test_motion.py asks with one
    "/mailings/<mailing_id>/versies/<revision_id>/",
    "/mailings/<mailing_id>/klikkaart/mail/",  # twenty readers; reports/tests/test_reports.py asks with them
    "/instellingen/vertrek/meenemen/<id>/",
    "/instellingen/relay/<id>/grens/",
}


@dataclass(frozen=True)
class Address:
    route: str
    names: tuple[str, ...]
    of_ids: bool
    room: str

    def filled(self, values: Mapping[str, object]) -> str:
        path = self.route
        for name in self.names:
            path = path.replace(f"<{name}>", str(values[name]))
        return path

    def __str__(self) -> str:
        return self.route


def addresses(resolver: Any = None, before: str = "/") -> Iterator[Address]:
    """Every path() of the product, as its template. Addresses by regular expression are the door's own."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, before + _plain(pattern.pattern))
        elif isinstance(pattern, URLPattern) and hasattr(pattern.pattern, "_route"):
            converters = pattern.pattern.converters
            of_ids = bool(converters) and all(isinstance(c, IntConverter) for c in converters.values())
            room = [*pattern.callback.__module__.split("."), ""][1]
            yield Address(before + _plain(pattern.pattern), tuple(converters), of_ids, room)


def _plain(pattern: Any) -> str:
    """path("<int:id>/") as "<id>/"."""
    route = str(getattr(pattern, "_route", ""))
    for name in pattern.converters:
        route = "".join(
            f"<{name}>{rest.partition('>')[2]}"
            if inside and rest.partition(">")[0].endswith(name)
            else mark + rest
            for inside, mark, rest in _pieces(route)
        )
    return route


def _pieces(route: str) -> Iterator[tuple[bool, str, str]]:
    first, *others = route.split("<")
    yield False, "", first
    for other in others:
        yield True, "<", other


EVERY = list(addresses())
OF_IDS = [address for address in EVERY if address.of_ids and not address.route.startswith(MACHINE)]


def _answers(client: Client, path: str, **headers: str) -> set[int]:
    """To looking and to sending; what it changed is undone."""
    codes = set()
    for send in (client.get, client.post):
        with transaction.atomic():
            codes.add(send(path, headers=headers).status_code)
            transaction.set_rollback(True)
    return codes


def test_the_walk_finds_addresses() -> None:
    assert len(EVERY) > 40
    assert Address("/instellingen/tokens/<id>/intrekken/", ("id",), True, "accounts") in OF_IDS


def _paths(address: Address, shop: Tenant) -> list[str]:
    """The address with ids of the shop's rows: contact_id is the contact's, id first those of its own room."""
    rows = {model: row.pk for model, row in row_of_each(shop.id).items() if isinstance(row.pk, int)}
    rows[Device] = remember_device(shop.owner, "", clock.now()).device.pk
    named = {f"{model.__name__.lower()}_id": pk for model, pk in rows.items()}
    if set(address.names) <= set(named):
        return [address.filled(named)]
    ordered = sorted(rows, key=lambda model: model._meta.app_label != address.room)
    return [
        address.filled({name: named.get(name, rows[model]) for name in address.names}) for model in ordered
    ]


@pytest.mark.parametrize("address", OF_IDS, ids=str)
def test_a_stranger_finds_none_of_the_shop_s_rows(
    address: Address, shop: Tenant, stranger: Tenant, shop_client: Client, stranger_client: Client
) -> None:
    """Asked is what the shop itself finds; its made-up rows are too odd for some pages, which may break."""
    shop_client.raise_request_exception = False
    own, other = (f"Bearer {make_token(one.account, 'walk')}" for one in (shop, stranger))
    for path in _paths(address, shop):
        if _answers(shop_client, path, authorization=own) - NOTHING:
            seen = _answers(stranger_client, path, authorization=other)
            assert seen <= NOTHING
            assert 404 in seen
            return
    assert str(address) in EMPTY


@pytest.mark.parametrize("address", EVERY, ids=str)
def test_without_a_login_every_page_leads_to_the_door(address: Address, client: Client) -> None:
    path = address.filled(dict.fromkeys(address.names, 1))
    if path == "/" or path.startswith(PUBLIC):
        return
    for send in (client.get, client.post):
        answer = send(path)
        if path.startswith("/api/"):
            assert answer.status_code in {401, 404, 405}
        elif answer.status_code != 405:
            assert (answer.status_code, answer.get("Location", "")[:10]) == (302, "/inloggen/")
