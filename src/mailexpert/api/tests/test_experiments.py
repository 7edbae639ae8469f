"""A test of versions by the API: planned, chosen, reported; and nothing of it for a stranger."""

import pytest

from mailexpert.api.tests.test_api import api, strange_api  # noqa: F401
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.mailings.tests.trial import SOURCE

PLAN = {"what": "subject", "share": 50, "versions": [{"subject": "Anders"}]}


@pytest.fixture
def mailing(shop: Tenant) -> Mailing:
    with account(shop.id):
        return draft(people(80)[0], source=SOURCE)


def test_a_test_is_planned_begun_chosen_and_reported(api, mailing):  # noqa: F811
    place = f"/mailings/{mailing.id}"
    assert api.post(f"{place}/test", PLAN).status_code == 200
    assert api.post(f"{place}/send").json()["counts"]["planned"] == 80
    assert api.post(f"{place}/test/choose", {"version": "C"}).status_code == 409
    assert api.post(f"{place}/test/choose", {"version": "B"}).status_code == 202
    versions = api.get(f"{place}/report").json()["versions"]
    assert [(one["letter"], one["planned"], one["winner"]) for one in versions] == [
        ("A", 20, False), ("B", 20, True), ("", 40, False),
    ]  # fmt: skip
    assert [one["subject"] for one in versions][1:] == ["Anders", "Anders"]


@pytest.mark.parametrize(
    "changes",
    [
        {"versions": [{}]},
        {"versions": [{"sender": "Iemand <a@b.example>"}]},
        {"versions": [{"subject": str(n)} for n in range(4)]},
        {"what": "time", "versions": [{"at": "2030-01-01T09:30:00+01:00"}] * 2},
        {"what": "sender", "versions": [{"sender": "geen adres"}]},
        {"goal": "opens"},
        {"share": 60},
        {"hours": 49},
    ],
)
def test_what_makes_no_test_is_refused(api, mailing, changes):  # noqa: F811
    assert api.post(f"/mailings/{mailing.id}/test", {**PLAN, **changes}).status_code == 422


def test_a_stranger_plans_and_chooses_nothing(strange_api, mailing):  # noqa: F811
    assert strange_api.post(f"/mailings/{mailing.id}/test", PLAN).status_code == 404
    assert strange_api.post(f"/mailings/{mailing.id}/test/choose", {"version": "A"}).status_code == 404
