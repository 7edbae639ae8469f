"""What staff see first, and what visits show them: counts, time, devices and audiences, never a person."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mailexpert.accounts.models import Account, Package
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.privacy.models import Disclosure, Question
from mailexpert.site.models import MailKind, Message
from mailexpert.site.tests.cast import log_in, staff
from mailexpert.tracking.models import AdCost, Conversion, Visit
from mailexpert.tracking.queries_visits import AUDIENCE, campaigns, insight

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def visit(**more: object) -> None:
    told = {"page": "/", "seconds": 10, "browser": "Firefox", "width": 1440, "height": 900}
    Visit.objects.create(**{**told, **more})


def test_time_and_screens_are_told_by_the_day() -> None:
    now = timezone.now()
    visit(seconds=10)
    visit(seconds=30, width=375)
    visit(seconds=99, at=now - DAY)
    found = insight(now, days=7)
    assert [n for _day, n in found.days[-2:]] == [1, 2]
    assert [seconds for _day, seconds in found.stays[-2:]] == [99, 20]
    assert [share for _day, share in found.narrow[-2:]] == [0.0, 50.0]


def test_an_audience_is_five_visitors_who_agreed_or_it_is_none() -> None:
    for number in range(AUDIENCE):
        visit(page="/nieuws/", visitor=f"v{number}")
        visit(page="/beloften/", visitor=f"v{number % (AUDIENCE - 1)}")
        visit(page="/contact/")
    found = insight(timezone.now())
    assert [(one.name, one.n) for one in found.interests] == [("/nieuws/", AUDIENCE)]


@pytest.mark.parametrize(("asked", "days"), [("", 30), ("7", 7), ("365", 365), ("x", 30), ("100000", 30)])
def test_staff_choose_a_period(asked: str, days: int) -> None:
    visit()
    page = log_in(staff("anna")).get("/beheer/bezoek/", {"days": asked}).content.decode()
    assert f'<a href="?days={days}" aria-current="true">' in page
    assert page.count("<figure") == 3


def test_nothing_waits_on_a_quiet_day() -> None:
    from mailexpert.privacy.models import SecurityContact

    now = timezone.now()
    SecurityContact.objects.create(expires_at=now + 90 * DAY, entered_at=now)
    assert "Er wacht niets op je" in log_in(staff("anna")).get("/beheer/").content.decode()


def test_what_waits_leads_to_where_it_is_done() -> None:
    now, anna, bram = timezone.now(), staff("anna"), staff("bram")
    with beside_wall(Beside.TESTS):
        Question.objects.create(email="a@b.example", text="?", asked_at=now - 9 * DAY, due_at=now - DAY)
        Message.objects.create(
            kind=MailKind.SERVICE, state=Message.State.OFFERED, author=bram, body_nl="x", body_en="x"
        )
        Disclosure.objects.create(
            subject_account_id=1, requester="OM", ground="law", reference="7", asked_for="x", entered_by_id=1,
            entered_by_name="X",
        )  # fmt: skip
    mine = log_in(anna).get("/beheer/").content.decode()
    for words in (
        "1 vraag te beantwoorden",
        "1 is over de termijn",
        "wacht op een tweede lezer",
        "wacht op jouw stem",
    ):
        assert words in mine
    assert "tweede lezer" not in log_in(bram).get("/beheer/").content.decode()


def test_the_menu_of_the_console_tells_where_you_are() -> None:
    client: Client = log_in(staff("anna"))
    assert client.get("/beheer/bezoek/").content.decode().count('aria-current="page"') == 1
    assert '<a href="/beheer/bezoek/" aria-current="page">' in client.get("/beheer/bezoek/").content.decode()


def test_amounts_of_two_currencies_are_never_one_sum() -> None:
    day = timezone.localdate()
    told = {"source": "google", "campaign": "Zomer", "keyword": "mail", "clicks": 1}
    AdCost.objects.create(day=day, cents=500, currency="EUR", **told)
    AdCost.objects.create(day=day - DAY, cents=900, currency="USD", **told)
    Conversion.objects.create(
        source="google", campaign="Zomer", keyword="mail", click_id="x", customer_account_id=1
    )
    Conversion.objects.create(
        source="microsoft", campaign="Merk", keyword="", click_id="y", customer_account_id=1
    )
    found = [(one.sign, one.cost, one.conversions, one.cost_each) for one in campaigns()]
    assert found == [("$", 9.0, 1, 9.0), ("€", 5.0, 0, None), ("€", 0.0, 1, 0.0)]


def test_a_package_is_no_longer_offered_and_who_has_it_keeps_it(shop: Tenant, shop_client: Client) -> None:
    made = Package.objects.create(name="Klein", contacts=5)
    with beside_wall(Beside.TESTS):
        Account.objects.filter(id=shop.id).update(package_id=made.id)
    anna = log_in(staff("anna"))
    anna.post(f"/beheer/pakketten/{made.id}/aanbieden/")
    assert "niet aangeboden" in anna.get("/beheer/pakketten/").content.decode()
    assert shop_client.post("/instellingen/pakket/kiezen/", {"package": made.id}).status_code == 404
    assert "Klein" in shop_client.get("/instellingen/pakket/").content.decode()
    assert shop_client.post(f"/beheer/pakketten/{made.id}/aanbieden/").status_code == 404
