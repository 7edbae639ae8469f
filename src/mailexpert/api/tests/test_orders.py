"""Orders by a program: each once, taken off again, and never telling whose they were."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mailexpert.accounts.actions import make_token
from mailexpert.api.tests.test_api import Api
from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.core.scope import account
from mailexpert.mail import marks
from mailexpert.mail.goals import order_key
from mailexpert.privacy import actions as ledger
from mailexpert.privacy.models import Consent
from mailexpert.privacy.rules import MEASUREMENT
from mailexpert.sending.models import Issue, Shard
from mailexpert.tracking import actions
from mailexpert.tracking.models import Conversion, ConversionLink, Goal, GoalDay, Trail

ORDER = {"number": "2026/0042", "value": 49.95}


@pytest.fixture
def api(shop: Tenant) -> Any:
    with account(shop.id):
        Goal.objects.create(name="Bestelling", kind="value", event="bestelling")
    return Api(make_token(shop.account, "test"))


def make_issue(people: int = 20, **values: Any) -> Issue:
    made = Issue.objects.create(
        sender_address="info@winkel.example", subject="x", links=["https://winkel.example/"], purpose="newsletter",
        **{"tracking": "aggregate", **values},
    )  # fmt: skip
    Shard.objects.create(issue=made, n=1, contact_ids=list(range(1, people + 1)))
    return made


def mark(issue: Issue, contact: int = 0, days_ago: int = 0) -> str:
    day = int(timezone.now().timestamp()) // 86_400 - days_ago
    return marks.seal(keys.derive("marks"), marks.Mark(issue.id, 0, day, contact))


def sums(shop: Tenant) -> list[tuple[int, int, int, int]]:
    with account(shop.id):
        return list(GoalDay.objects.order_by("channel").values_list("channel", "issue_id", "n", "cents"))


def test_an_order_counts_once_however_often_it_is_told(api: Any, shop: Tenant) -> None:
    assert api.post("/orders", ORDER).status_code == 201
    again = api.post("/orders", ORDER)
    assert again.status_code == 200
    assert (again.json()["value"], again.json()["state"]) == ("49.95", "counted")
    assert sums(shop) == [(0, 0, 1, 4995)]
    assert api.post("/orders", {**ORDER, "value": 50}).status_code == 409
    assert sums(shop) == [(0, 0, 1, 4995)]


def test_the_program_s_amount_replaces_the_page_s(api: Any, shop: Tenant) -> None:
    with account(shop.id):
        goal = Goal.objects.get()
        Conversion.objects.create(
            goal=goal,
            order_key=order_key(shop.id, ORDER["number"]),
            cents=100,
            first_cents=100,
            currency="EUR",
        )
        day = timezone.localdate()
        GoalDay.objects.create(
            day=day, goal_id=goal.id, channel=0, issue_id=0, source="", medium="", campaign="", currency="EUR", n=1,
            cents=100,
        )  # fmt: skip
    assert api.post("/orders", ORDER).status_code == 200
    assert sums(shop) == [(0, 0, 1, 4995)]


def test_what_comes_back_is_taken_off_and_told_twice_changes_nothing(api: Any, shop: Tenant) -> None:
    api.post("/orders", ORDER)
    for _time in range(2):
        part = api.post("/orders/refunds", {"number": ORDER["number"], "refunded": 9.95})
        assert (part.json()["refunded"], part.json()["state"]) == ("9.95", "counted")
        assert sums(shop) == [(0, 0, 1, 4000)]
    for _time in range(2):
        assert api.post("/orders/refunds", {"number": ORDER["number"]}).json()["state"] == "cancelled"
        assert sums(shop) == [(0, 0, 0, 0)]
    assert api.post("/orders/refunds", {"number": ORDER["number"], "refunded": 50}).status_code == 422
    assert api.post("/orders/refunds", {"number": "weg"}).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": -1}, {"value": "1e40"}, {"value": 0.001}, {"currency": "euro"}, {"number": ""}, {"number": "a\nb"},
        {"goal": "onbekend"}, {"at": "2026-01-01T00:00:00"}, {"at": "2020-01-01T00:00:00Z"}, {"email_sha256": "x"},
        {"email": "jan@x.example"},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(api: Any, shop: Tenant, wrong: dict[str, object]) -> None:
    assert api.post("/orders", {**ORDER, **wrong}).status_code == 422
    assert sums(shop) == []


def test_a_click_makes_it_the_mailing_s_inside_the_window(api: Any, shop: Tenant) -> None:
    with account(shop.id):
        issue = make_issue()
    api.post("/orders", {**ORDER, "click": mark(issue)})
    api.post("/orders", {"number": "2", "value": 1, "click": mark(issue, days_ago=8)})
    api.post("/orders", {"number": "3", "value": 1, "click": mark(issue)[::-1]})
    assert sums(shop) == [(0, 0, 2, 200), (1, issue.id, 1, 4995)]
    assert "click" not in api.get("/orders?number=3").json()


def test_a_stranger_s_click_and_one_of_a_small_mailing_count_for_no_mailing(
    api: Any, shop: Tenant, stranger: Tenant
) -> None:
    with account(stranger.id):
        theirs = make_issue()
    with account(shop.id):
        small = make_issue(19)
    for n, issue in enumerate((theirs, small)):
        api.post("/orders", {"number": str(n), "value": 1, "click": mark(issue)})
    assert sums(shop) == [(0, 0, 2, 200)]


def test_a_stranger_s_order_is_not_there(api: Any, stranger: Tenant) -> None:
    api.post("/orders", ORDER)
    other = Api(make_token(stranger.account, "test"))
    assert other.get(f"/orders?number={ORDER['number']}").status_code == 404
    assert other.post("/orders/refunds", {"number": ORDER["number"]}).status_code == 404


@pytest.mark.parametrize("by", ["click", "hash"])
@pytest.mark.parametrize(
    ("said", "is_named"),
    [
        ([Consent.Act.GIVEN], True),
        ([], False),
        ([Consent.Act.GIVEN, Consent.Act.ENDED], False),
        ([Consent.Act.GIVEN, Consent.Act.OBJECTED], False),
    ],
)
def test_an_order_names_a_person_only_while_their_consent_stands(
    api: Any, shop: Tenant, by: str, said: list[Consent.Act], is_named: bool
) -> None:
    with account(shop.id):
        actions.set_measuring(highest="individual", opens=False, assessment="map 3")
        issue = make_issue(tracking="individual")
        anna = Contact.objects.create(email="anna@postvak.example")
        for act in said:
            purpose = "" if act == Consent.Act.OBJECTED else MEASUREMENT
            ledger.note(
                act, contact_id=anna.id, email_key=anna.email_key, source="preferences", purpose=purpose
            )
        # As if the trail had been left behind, whatever they said since.
        Trail.objects.create(
            contact_id=anna.id, issue_id=issue.id, link=0, kind=2, at=timezone.now() - timedelta(hours=1)
        )
    hashed = hashlib.sha256(b"anna@postvak.example").hexdigest()
    brought = {"click": mark(issue, anna.id)} if by == "click" else {"email_sha256": hashed}
    assert api.post("/orders", {**ORDER, **brought}).status_code == 201
    with account(shop.id):
        assert ConversionLink.objects.filter(contact_id=anna.id).exists() is is_named
        ledger.note(
            Consent.Act.ENDED,
            contact_id=anna.id,
            email_key=anna.email_key,
            source="preferences",
            purpose=MEASUREMENT,
        )
        assert not ConversionLink.objects.exists()
        assert Conversion.objects.get().n == 1
