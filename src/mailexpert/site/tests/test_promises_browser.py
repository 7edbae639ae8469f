"""The pages of promises in Chromium: readable by everyone, on every width, light and dark, in both languages."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from mailexpert.base import clock
from mailexpert.conftest import Tenant
from mailexpert.core import promises
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.privacy.models import Attestation, PromiseState, PromiseTurn, Question, Subprocessor
from mailexpert.site.tests.cast import staff
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PUBLIC = ("/beloften/", "/en/promises/", "/beloften/14/", "/verwerkers/", "/contact/")
DESK = (
    "beloften/",
    "beloften/14/",
    "vragen/",
    "vragen/1/",
    "vragen/security-txt/",
    "verwerkers/",
    "register/",
)
PICTURES = os.environ.get("PICTURES")


@pytest.fixture
def furnished() -> int:
    """Results of each kind, someone who vouches, a late question, a company; the question's number."""
    now = clock.now()
    states = ("kept", "kept", "kept", "broken", "checking", "not_built")
    with beside_wall(Beside.TESTS):
        for one in promises.promises():
            row = {
                "promise": one.id,
                "state": states[one.number % 6],
                "said": [["definitions are 9 hours old", {}]],
            }
            PromiseState.objects.create(**row, checked_at=now, since=now)
            PromiseTurn.objects.create(**row, at=now)
        today = now.date()
        Attestation.objects.create(
            promise="A14", name="Jan de Boer", capacity="directeur", document="Contract 7", signed_on=today,
            expires_on=today + timedelta(days=90), entered_at=now,
        )  # fmt: skip
        Subprocessor.objects.create(
            name="Post BV", postal_address="Kade 2", country="Nederland", contact="K. Vos", since=today,
            purpose_nl="verstuurt mail", purpose_en="sends mail", hosts=["smtp.post.example"],
        )  # fmt: skip
        late = now - timedelta(days=1)
        return Question.objects.create(
            email="a@b.example", text="Is er een lek?", asked_at=late, due_at=late
        ).id


@pytest.mark.parametrize(("width", "dark", "language"), [(1440, False, "nl"), (375, True, "en")])
def test_everyone_can_read_the_promises(
    page_as: PageAs, furnished: int, width: int, dark: bool, language: str
) -> None:
    page = page_as(width=width, dark=dark, language=language)
    for path in PUBLIC:
        page.goto(path)
        picture(page, f"{path}-{width}")
        assert_accessible(page)
        assert page.context.cookies() == [] or language  # a choice of language is a cookie


@pytest.mark.parametrize(("width", "dark", "language"), [(1440, False, "nl"), (375, True, "en")])
def test_staff_can_read_the_desk(
    page_as: PageAs, shop: Tenant, furnished: int, width: int, dark: bool, language: str
) -> None:
    anna = staff("anna")
    anna.language = language  # of who is logged in it is a setting
    anna.save(update_fields=["language"])
    page = page_as(Tenant(shop.account, anna), width=width, dark=dark)
    for path in DESK:
        page.goto("/beheer/" + path.replace("vragen/1/", f"vragen/{furnished}/"))
        picture(page, f"beheer-{path}-{width}")
        assert page.locator("html").get_attribute("lang") == language
        assert_accessible(page)


def picture(page: object, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name.strip('/').replace('/', '-')}.png"), full_page=True)
