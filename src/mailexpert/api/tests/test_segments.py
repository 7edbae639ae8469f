"""Segments by the API: rules of any size and about anything are answered with words."""

from typing import Any

import pytest

from mailexpert.accounts.actions import make_token
from mailexpert.api.tests.test_api import Api
from mailexpert.contacts.models import Field, Segment
from mailexpert.contacts.tests.cast import make_contact
from mailexpert.core.scope import account

pytestmark = pytest.mark.django_db
EDE = {"join": "all", "parts": [{"on": "field:city", "test": "is", "value": "Ede"}]}


@pytest.fixture
def api(shop: Any) -> Api:
    return Api(make_token(shop.account, "test"))


def deep(levels: int) -> str:
    return '{"name": "x", "rules": ' + '{"join": "all", "parts": [' * levels + "]}" * levels + "}"


@pytest.mark.parametrize("levels", [8, 1_000, 100_000])
def test_rules_too_deep_are_refused_in_words(api: Api, shop: Any, levels: int) -> None:
    answer = api.client.post("/api/v1/segments", deep(levels), content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["title"]
    with account(shop.id):
        assert not Segment.objects.exists()


def test_a_segment_is_made_counted_and_breaks_with_words_when_its_field_goes(api: Api, shop: Any) -> None:
    with account(shop.id):
        Field.objects.create(name="city", label="Plaats", kind="text", slot="t1")
        make_contact(t1="ede")
    made = api.post("/segments", {"name": "Uit Ede", "rules": EDE}).json()
    assert api.get(f"/segments/{made['id']}/count").json() == {"count": 1, "exact": True}
    with account(shop.id):
        Field.objects.all().delete()
    broken = api.get(f"/segments/{made['id']}/count")
    assert (broken.status_code, broken.json()["title"]) == (409, "Segment broken")
    again = api.post("/segments", {"name": "Nog eens", "rules": EDE})
    assert (again.status_code, again.json()["detail"]) == (422, "gone at 0.")
