"""The choice on cookies, and what follows from it."""

import pytest
from django.test import Client

from mailexpert.accounts.models import Membership, User
from mailexpert.accounts.tests.door import register
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.privacy.choice import COOKIE, read
from mailexpert.privacy.models import CookieChoice
from mailexpert.site.models import Tags
from mailexpert.site.tests.cast import log_in, make_operator, staff
from mailexpert.tracking.models import AdCost, Conversion, ConversionLink, WebRequest
from mailexpert.tracking.queries_visits import campaigns

pytestmark = pytest.mark.django_db
LANDING = "/?gclid=Cj0abc&utm_campaign=Nieuwsbrief&utm_term=mailing"


def choose(client: Client, answer: str, *purposes: str, **headers: str) -> None:
    answered = client.post("/cookies/keuze/", {"answer": answer, "purposes": purposes}, headers=headers)
    assert answered.status_code == 302


@pytest.mark.parametrize(
    "path", ["/", "/privacy/", "/en/privacy/", "/nieuws/", "/cookies/", "/zoeken/", "/voorwaarden/"]
)
def test_no_cookie_before_a_choice(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.cookies == {}
    page = answer.content.decode()
    assert 'action="/cookies/keuze/"' in page
    assert ("me-choice-banner" in page) == (path != "/cookies/")  # that page asks by itself


def test_refusing_is_recorded_and_asks_no_more(client: Client) -> None:
    choose(client, "none")
    assert read(client.cookies[COOKIE].value) is not None
    assert CookieChoice.objects.get().purposes == []
    assert "me-choice-banner" not in client.get("/").content.decode()


def test_the_signal_of_a_browser_beats_everything(client: Client) -> None:
    choose(client, "all", **{"Sec-GPC": "1"})
    row = CookieChoice.objects.get()
    assert (row.purposes, row.how) == ([], "signal")
    assert "me-choice-banner" not in Client().get("/", headers={"Sec-GPC": "1"}).content.decode()


def test_a_forged_choice_counts_as_none(client: Client) -> None:
    Tags.objects.create(google="G-TEST123")
    client.cookies[COOKIE] = "1.abcdefgh.iac.000000000000000000000000"
    page = client.get("/")
    assert "me-choice-banner" in page.content.decode()
    assert "G-TEST123" not in page.content.decode()


def test_tags_and_a_wider_policy_only_after_consent(client: Client) -> None:
    Tags.objects.create(google="G-TEST123", microsoft="123456")
    before = client.get("/")
    assert "googletagmanager" not in before["Content-Security-Policy"]
    choose(client, "chosen", "analytics")
    after = client.get("/")
    assert "https://www.googletagmanager.com" in after["Content-Security-Policy"]
    assert "bat.bing.com" not in after["Content-Security-Policy"]
    assert 'data-google="G-TEST123" data-microsoft=""' in after.content.decode()
    assert "unsafe" not in after["Content-Security-Policy"]


def test_without_consent_a_click_id_leads_nowhere(client: Client) -> None:
    make_operator()
    choose(client, "none")
    client.get(LANDING)
    register(client)
    assert User.objects.filter(email="els@bakkerij.example").exists()
    with beside_wall(Beside.TESTS):
        assert not Conversion.objects.exists()


def test_with_consent_a_registration_shows_its_campaign_and_cost(client: Client) -> None:
    make_operator()
    choose(client, "all")
    client.get(LANDING)
    register(client)
    user = User.objects.get(email="els@bakkerij.example")
    with beside_wall(Beside.TESTS):
        made = ConversionLink.objects.get()
        assert made.customer_account_id == Membership.objects.get(user=user).account_id
    AdCost.objects.create(
        day="2026-11-01", source="google", campaign="Nieuwsbrief", keyword="mailing", clicks=10, cents=2550
    )
    (line,) = campaigns()
    assert (line.campaign, line.keyword, line.conversions, line.cost_each) == (
        "Nieuwsbrief",
        "mailing",
        1,
        25.5,
    )


def test_withdrawing_takes_the_campaign_away(client: Client) -> None:
    make_operator()
    choose(client, "all")
    client.get(LANDING)
    choose(client, "none")
    register(client)
    with beside_wall(Beside.TESTS):
        assert not Conversion.objects.exists()


def test_the_interests_of_who_refused_have_no_name(client: Client) -> None:
    assert "data-visitor" not in client.get("/").content.decode()
    choose(client, "chosen", "interests")
    assert "data-visitor" in client.get("/").content.decode()


def test_an_error_is_found_by_its_address(client: Client, shop: Tenant) -> None:
    client.get("/no-such-page/", REMOTE_ADDR="192.0.2.33")
    assert WebRequest.objects.filter(ip="192.0.2.33", status=404).count() == 1
    make_operator()
    page = log_in(staff("anna")).get("/beheer/diagnose/?ip=192.0.2.33").content.decode()
    assert "/no-such-page/" in page


def test_a_key_in_an_address_stays_out_of_the_log(client: Client) -> None:
    client.get("/uitschrijven/geheim-teken-van-een-lezer-123/")
    assert not WebRequest.objects.filter(path__contains="geheim").exists()


def test_cost_is_taken_in_once(shop: Tenant) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    make_operator()
    anna = log_in(staff("anna"))
    export = b"Day,Campaign,Keyword,Clicks,Cost\n2026-11-01,X,y,3,4.50\n"
    for _turn in range(2):
        anna.post("/beheer/advertenties/", {"source": "google", "file": SimpleUploadedFile("k.csv", export)})
    assert list(AdCost.objects.values_list("clicks", "cents")) == [(3, 450)]


def test_what_was_found_reads_as_it_was_written(client: Client) -> None:
    page = client.get("/zoeken/", {"q": "Instellingen & Opties"}).content.decode()
    assert "Instellingen &amp; Opties" in page.split("<article")[1]
    assert "&amp;amp;" not in page
