"""The same link clicked, and the same ordered after it, by readers who agreed, refused, withdrew, said nothing and
objected, in each of the four modes; on a site whose banner they all said yes to. Then everything is searched."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from mailexpert.accounts.models import Site
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.intake.tests.running import Running, comes_true, make_issue
from mailexpert.intake.tests.test_consent import READERS, say
from mailexpert.intake.tests.test_no_trace import (
    OWN_LEDGER,
    Reader,
    Rows,
    everything,
    files_of,
    intake,  # noqa: F401 (a fixture)
    readers,  # noqa: F401 (a fixture)
    traces,
)
from mailexpert.mail.links import reader_token
from mailexpert.privacy.models import Consent
from mailexpert.sending.models import Shard
from mailexpert.tracking.models import Conversion, Goal, GoalDay, SiteMeasuring

pytestmark = pytest.mark.django_db(transaction=True)

SHOP = "https://winkel.example"
WHERE_A_FOLLOWED_ONE_MAY_STAND = ("tracking_trail", "tracking_conversionlink", "contacts_contact")


@pytest.fixture
def site(shop: Tenant) -> str:
    """The key of a site that counts orders."""
    with account(shop.id):
        Site.objects.create(host="winkel.example", token="x", verified_at=timezone.now())
        Goal.objects.create(name="Aankoop", kind="value", event="aankoop")
        return SiteMeasuring.objects.create().key


def clicked(running: Running, issue: int, key: bytes, reader: Reader) -> str:
    """The mark that the click brings to the shop; empty where nothing is measured."""
    path = f"/t/c/{reader_token(key, issue, reader.contact.id)}.0"
    answer = running.ask(path, agent=reader.agent, **{"X-Forwarded-For": reader.address})
    assert answer.status == 302
    return parse_qs(urlsplit(answer.headers["location"]).query).get("mex", [""])[0]


def order(running: Running, site: str, reader: Reader, mark: str) -> None:
    told = {
        "page": "/bedankt", "goal": "aankoop", "value": 12.5, "currency": "EUR", "order": f"{reader.name}-eigen-bon",
        "consent": True, "click": mark,
    }  # fmt: skip
    headers = {"Origin": SHOP, "X-Forwarded-For": reader.address}
    answer = running.ask(f"/t/v/{site}", "POST", json.dumps(told).encode(), reader.agent, **headers)
    assert answer.status == 204


def order_number(name: str, rows: Rows, files: dict[Path, str]) -> list[str]:
    """Where the shop's own number of an order stands, which nobody but the shop should know."""
    number = f"{name}-eigen-bon"
    return [table for table, row in rows if number in row] + [
        path.name for path, text in files.items() if number in text
    ]


def ordered() -> int:
    return sum(GoalDay.objects.values_list("n", flat=True))


@pytest.mark.parametrize(
    ("mode", "followed", "named"),
    [
        ("none", set(), set()),
        ("aggregate", set(), set()),
        ("last_active", {"agreed", "silent"}, set()),  # a day alone, of the click
        ("individual", {"agreed"}, {"agreed"}),
    ],
)
def test_no_order_anywhere_tells_of_who_may_not_be_followed(
    intake: Running,  # noqa: F811
    shop: Tenant,
    readers: dict[str, Reader],  # noqa: F811
    site: str,
    key: bytes,
    mode: str,
    followed: set[str],
    named: set[str],
) -> None:
    issue = make_issue(shop, tracking=mode, links=[f"{SHOP}/tulpen"])
    with account(shop.id):
        Shard.objects.create(issue=issue, n=1, contact_ids=list(range(1, 21)))
    assert comes_true(lambda: intake.ask(f"/t/v/{site}", "OPTIONS", Origin=SHOP).status == 204)
    before = everything()
    marks = {name: clicked(intake, issue.id, key, reader) for name, reader in readers.items()}
    for name, reader in readers.items():
        order(intake, site, reader, marks[name])
    waiting = files_of(intake)
    for reader in readers.values():
        assert {one.partition(": ")[2] for one in traces(reader, set(), waiting)} <= {"number"}
    with account(shop.id):
        assert comes_true(lambda: ordered() == len(READERS)), ordered()
    intake.end()
    came, files = everything() - before, files_of(intake)
    for name, reader in readers.items():
        found = traces(reader, came, files)
        assert bool(found) is (name in followed), found
        assert any(one.startswith("tracking_conversionlink") for one in found) is (name in named), found
        assert not [one for one in found if not one.startswith(WHERE_A_FOLLOWED_ONE_MAY_STAND)], found
        assert not order_number(name, came, files)
    with account(shop.id):
        assert Conversion.objects.count() == len(READERS)
        assert set(GoalDay.objects.values_list("issue_id", flat=True)) == {0 if mode == "none" else issue.id}
        for name in ("agreed", "silent"):
            say(readers[name].contact, Consent.Act.ENDED)
        assert ordered() == len(READERS)
    left = {(table, row) for table, row in everything() - before if table != OWN_LEDGER}
    assert [one for reader in readers.values() for one in traces(reader, left, {})] == []
