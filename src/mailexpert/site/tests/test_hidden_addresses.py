"""Behind a proxy that keeps readers' addresses to itself the console says so."""

from dataclasses import replace

import pytest
from django.test import Client

from mailexpert.base import env
from mailexpert.site.tests.cast import log_in, make_operator, staff
from mailexpert.tracking.models import Visit

pytestmark = pytest.mark.django_db

PAGE = "/beheer/diagnose/"


@pytest.fixture
def anna(monkeypatch: pytest.MonkeyPatch) -> Client:
    known = replace(env.load(), base_url="https://mailexpert.example")
    monkeypatch.setattr(env, "load", lambda: known)
    make_operator()
    return log_in(staff("anna"))


def visits(*addresses: str) -> None:
    Visit.objects.bulk_create(Visit(page="/", seconds=3, ip=address) for address in addresses)


@pytest.mark.parametrize(
    ("addresses", "is_told"),
    [
        (["10.0.0.1"] * 20, True),
        (["10.0.0.1"] * 19, False),  # one visitor may be that busy
        (["10.0.0.1"] * 20 + ["81.2.69.142"], False),
        (["81.2.69.142"] * 20, False),
        ([], False),
    ],
)
def test_staff_is_told_when_all_visits_come_from_one_private_address(
    anna: Client, addresses: list[str], is_told: bool
) -> None:
    visits(*addresses)
    page = anna.get(PAGE).content.decode()
    assert ("Alle bezoeken van de laatste dag komen van 10.0.0.1." in page) is is_told
