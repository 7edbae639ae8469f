"""What staff see first, and what visits show them: counts, time, devices and audiences, never a person."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mailexpert.accounts.models import Account, Package
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy.models import Disclosure, Question
from mailexpert.site.models import MailKind, Message
from mailexpert.site.tests.cast import log_in, make_operator, staff
from mailexpert.tracking import rules_audience
from mailexpert.tracking.actions_visits import note_conversion
from mailexpert.tracking.models import AdCost, Visit
from mailexpert.tracking.queries_visits import audiences, campaigns, insight

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


def last_month() -> datetime:
    return timezone.now().replace(day=1) - 9 * DAY


def audience(size: int, **more: object) -> None:
    for number in range(size):
        visit(**{"page": "/nieuws/", "at": last_month(), "visitor": f"v{number}", **more})


def test_an_audience_is_many_visitors_who_agreed_or_it_is_none() -> None:
    audience(100)
    audience(rules_audience.SMALLEST - 1, page="/beloften/")
    audience(100, page="/contact/", visitor="")
    found = audiences(timezone.now())
    assert [one.name for one in found.pages] == ["/nieuws/"]
    assert found.pages[0].n == pytest.approx(100, abs=20)
    assert found.agreed == pytest.approx(100, abs=20)


def test_two_periods_that_differ_by_one_visitor_show_nothing_of_that_visitor() -> None:
    """The attack: look at seven days and at thirty, or today and tomorrow, and take the one from the other."""
    audience(40)
    client = log_in(staff("anna"))

    def shown(days: int) -> str:
        page = client.get("/beheer/bezoek/", {"days": days}).content.decode()
        return page[page.index("h-audiences") : page.index("h-latest")]

    before = shown(30)
    visit(page="/nieuws/", visitor="somebody", seconds=4321)
    for number in range(30):  # made-up visitors of the attacker's own
        visit(page="/nieuws/", visitor=f"made-up-{number}")
    assert shown(30) == shown(7) == shown(365) == before


def test_one_visitor_more_in_a_month_changes_the_answer_no_more_than_chance_does() -> None:
    """The attack: know everyone of the month but one, and ask whether that one was there. Over many keys each answer
    comes about as often with that one as without, by a factor of e at most."""
    month = last_month()
    audience(30, at=month)
    without = audiences(timezone.now()).pages
    visit(page="/nieuws/", visitor="somebody", at=month, seconds=4321)
    assert [one.seconds for one in audiences(timezone.now()).pages + without] == [0, 0]

    everyone = [f"v{number}" for number in range(31)]
    keyed = [number.to_bytes(4) for number in range(8000)]
    there, away = (
        Counter(rules_audience.told(who, about="x", key=key) for key in keyed)
        for who in (everyone, everyone[:-1])
    )
    often = [n for n in there | away if min(there[n], away[n]) > 200]
    assert len(often) >= 5
    assert all(1 / 3 < there[n] / away[n] < 3 for n in often)


def test_who_makes_four_into_five_is_hardly_ever_seen() -> None:
    keyed = [number.to_bytes(4) for number in range(4000)]
    four, five = ([str(n) for n in range(size)] for size in (4, 5))
    assert {rules_audience.told(four, about="x", key=key) for key in keyed} == {None}
    assert sum(rules_audience.told(five, about="x", key=key) is not None for key in keyed) < 0.01 * len(keyed)


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
    with account(make_operator().id):
        for source, campaign, keyword, click in (
            ("google", "Zomer", "mail", "x"),
            ("microsoft", "Merk", "", "y"),
        ):
            note_conversion(
                source=source, click_id=click, campaign=campaign, keyword=keyword, account_id=1, choice=""
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
