"""The public page of promises, questions with a deadline, and the console's desk for both."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailexpert.accounts.models import Notice
from mailexpert.base import clock
from mailexpert.conftest import Tenant
from mailexpert.core import promises
from mailexpert.core.beside import Beside
from mailexpert.core.promises import Ground, Outcome, broken, kept
from mailexpert.core.scope import beside_wall
from mailexpert.privacy import actions_promises
from mailexpert.privacy.models import Attestation, PromiseState, Question, SecurityContact, Subprocessor
from mailexpert.site.tests.cast import log_in, staff

pytestmark = pytest.mark.django_db
QUESTION = {
    "about": "security",
    "name": "Noor",
    "email": "noor@buiten.example",
    "text": "Ik zag iets vreemds.",
}
DAY = timedelta(days=1)


def keep(promise: str, state: str, said: str = "fine") -> None:
    with beside_wall(Beside.TESTS):
        now = clock.now()
        PromiseState.objects.create(
            promise=promise, state=state, said=[[said, {}]], checked_at=now, since=now
        )


@pytest.fixture
def anna() -> Client:
    return log_in(staff("anna"))


# ── the public page ──


def test_everyone_sees_each_promise_with_result_and_moment(client: Client) -> None:
    keep("A13", "broken", "definitions are 9 hours old")
    keep("A5", "kept")
    page = client.get("/beloften/").content.decode()
    assert page.count('id="belofte-') == 32
    assert "Verbroken: definitions are 9 hours old" in page
    assert (
        f'<time datetime="{clock.now():%Y-%m-%dT%H}' in page.replace("+00:00", "+00:00")
        or "<time datetime=" in page
    )
    assert "nagekomen" in page
    assert client.get("/en/promises/").content.decode().count("being checked") >= 30


@pytest.mark.parametrize(
    ("path", "means", "doing"),
    [
        ("/beloften/", "Bestanden worden gescand met oudere definities", "We vernieuwen de definities"),
        ("/en/promises/", "Files are scanned with older definitions", "We renew the definitions"),
        ("/beloften/13/", "Bestanden worden gescand met oudere definities", "We vernieuwen de definities"),
    ],
)
def test_a_broken_promise_tells_what_that_means_and_what_we_do(
    client: Client, path: str, means: str, doing: str
) -> None:
    keep("A13", "kept")
    page = client.get(path).content.decode()
    assert means not in page
    with beside_wall(Beside.TESTS):
        PromiseState.objects.update(state="broken")
    page = client.get(path).content.decode()
    assert means in page
    assert doing in page


def test_who_logs_in_reads_how_many_are_kept_and_why_one_is_not(client: Client) -> None:
    keep("A13", "broken", "definitions are 9 hours old")
    keep("A5", "kept")
    page = client.get("/inloggen/").content.decode()
    assert "32 beloften, elke dag nagekeken" in page
    assert '<b class="me-num">1</b>verbroken: definitions are 9 hours old' in page
    assert '<b class="me-num">30</b>wordt nagekeken' in page
    assert "Laatst nagekeken: vandaag" in page


@pytest.mark.parametrize("path", ["/", "/beloften/", "/en/privacy/", "/contact/", "/nieuws/"])
def test_each_public_page_leads_to_what_we_agree_on(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    for name in ("cookies", "terms", "processing-agreement", "site:testimonials"):
        assert f'href="{reverse(name)}"' in page


def test_the_page_on_cookies_asks_once(client: Client) -> None:
    page = client.get("/cookies/").content.decode()
    assert "me-choice-banner" not in page
    assert page.count('action="/cookies/keuze/"') == 1


def test_a_broken_promise_is_on_the_page_within_one_cycle(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(_ground: Ground) -> Outcome:
        return broken("port 31337 is open")

    monkeypatch.setitem(promises._looks, ("A12", "listening"), look)
    assert "31337" not in client.get("/beloften/").content.decode()
    with beside_wall(Beside.TESTS):
        old = clock.now() - timedelta(hours=1)
        others = [one.id for one in promises.promises() if one.id != "A12"]
        PromiseState.objects.bulk_create(
            PromiseState(promise=one, state="kept", checked_at=clock.now(), since=old) for one in others
        )
        PromiseState.objects.create(promise="A12", state="kept", checked_at=old, since=old)
    assert [verdict.promise.id for verdict, _at in actions_promises.check_due()] == ["A12"]
    assert "31337" in client.get("/beloften/").content.decode()
    # Broken, it is looked at again at every turn, and green as soon as it is mended.
    monkeypatch.setitem(promises._looks, ("A12", "listening"), lambda _ground: kept("nothing else listens"))
    assert [verdict.promise.id for verdict, _at in actions_promises.check_due()] == ["A12"]


def test_the_page_sets_no_cookie_and_needs_none(client: Client) -> None:
    for path in (
        "/beloften/",
        "/en/promises/",
        "/beloften/5/",
        "/verwerkers/",
        "/en/subprocessors/",
        "/contact/",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.cookies) == (200, {}), path


def test_the_history_of_a_promise_is_public_and_one_that_isn_t_there_is_404(client: Client) -> None:
    assert "Onder elke mailing" in client.get("/beloften/5/").content.decode()
    assert client.get("/beloften/33/").status_code == 404


def test_members_see_below_the_navigation_how_many_are_kept(shop_client: Client) -> None:
    keep("A5", "kept")
    page = shop_client.get("/instellingen/").content.decode()
    assert "1 van 32 beloften nagekomen" in page
    assert 'href="/beloften/"' in page


def test_who_handles_data_is_public_and_who_did_is_gone(client: Client) -> None:
    day = clock.now().date()
    Subprocessor.objects.create(
        name="Post BV", purpose_nl="verstuurt mail", purpose_en="sends mail", since=day
    )
    Subprocessor.objects.create(name="Oud BV", since=day, ended_on=day)
    page = client.get("/verwerkers/").content.decode()
    assert "Post BV" in page
    assert "verstuurt mail" in page
    assert "Oud BV" not in page
    assert "sends mail" in client.get("/en/subprocessors/").content.decode()


# ── questions ──


def test_a_question_gets_a_deadline_and_staff_hear_of_it(client: Client) -> None:
    staff("anna")
    answer = client.post("/contact/", QUESTION)
    assert "aangekomen" in answer.content.decode()
    made = Question.objects.get()
    assert made.due_at - made.asked_at == 3 * DAY
    assert [notice.recipient for notice in Notice.objects.all()] == ["anna@mailexpert.example"]
    assert "Ik zag iets vreemds" not in Notice.objects.get().text  # the mail says that, not what


@pytest.mark.parametrize("wrong", [{"email": "geen adres"}, {"text": ""}, {"about": "x"}])
def test_a_question_that_can_t_be_answered_is_not_taken(client: Client, wrong: dict[str, str]) -> None:
    assert client.post("/contact/", QUESTION | wrong).status_code == 422
    assert not Question.objects.exists()


def test_a_machine_that_fills_every_field_leaves_nothing(client: Client) -> None:
    assert client.post("/contact/", QUESTION | {"website": "https://x.example"}).status_code == 200
    assert not Question.objects.exists()


def test_a_sixth_question_within_the_hour_waits(client: Client) -> None:
    cache.clear()
    codes = [client.post("/contact/", QUESTION).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]
    cache.clear()


def test_another_site_can_t_ask_in_someone_s_name(client: Client) -> None:
    assert client.post("/contact/", QUESTION, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_staff_answer_by_mail_once(anna: Client, client: Client) -> None:
    client.post("/contact/", QUESTION)
    made = Question.objects.get()
    Notice.objects.all().delete()
    assert "Iets vreemds" not in anna.get("/beheer/vragen/").content.decode()
    anna.post(f"/beheer/vragen/{made.id}/", {"answer": "Dank, dat is verholpen."})
    made.refresh_from_db()
    assert made.answered_at is not None
    assert "Dank, dat is verholpen." in Notice.objects.get().text
    anna.post(f"/beheer/vragen/{made.id}/", {"answer": "Nog eens."})
    assert Notice.objects.count() == 1


def test_a_late_question_is_flagged(anna: Client) -> None:
    now = clock.now()
    made = Question.objects.create(email="a@b.example", text="?", asked_at=now - 4 * DAY, due_at=now - DAY)
    assert "te laat" in anna.get("/beheer/vragen/").content.decode()
    assert "te laat" in anna.get(f"/beheer/vragen/{made.id}/").content.decode()


def test_security_txt_is_rfc_9116_and_says_what_staff_renewed(anna: Client, client: Client) -> None:
    day = (clock.now() + 90 * DAY).date()
    anna.post(
        "/beheer/vragen/security-txt/", {"address": "lek@mailexpert.example", "expires_at": day.isoformat()}
    )
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines()[1:])
    assert answer.content.decode().startswith("Contact: mailto:lek@mailexpert.example\n")
    assert lines["Expires"].startswith((day - DAY).isoformat()) or lines["Expires"].startswith(
        day.isoformat()
    )


@pytest.mark.parametrize("days", [-1, 400])
def test_security_txt_ends_within_a_year(anna: Client, days: int) -> None:
    before = SecurityContact.objects.count()
    day = (clock.now() + days * DAY).date()
    assert anna.post("/beheer/vragen/security-txt/", {"expires_at": day.isoformat()}).status_code == 422
    assert SecurityContact.objects.count() == before


# ── the desk ──


def test_staff_vouch_where_no_machine_can_look_and_withdraw_it(anna: Client) -> None:
    today = timezone.localdate()
    given = {
        "name": "Jan de Boer", "capacity": "directeur", "document": "Contract 7",
        "signed_on": today.isoformat(), "expires_on": (today + 300 * DAY).isoformat(),
    }  # fmt: skip
    assert anna.post("/beheer/beloften/14/", given).status_code == 302
    made = Attestation.objects.get()
    assert "Jan de Boer" in anna.get("/beheer/beloften/14/").content.decode()
    anna.post(f"/beheer/beloften/verklaringen/{made.id}/intrekken/")
    made.refresh_from_db()
    assert made.withdrawn_at is not None


@pytest.mark.parametrize(("signed", "until"), [(1, 30), (0, 401), (-10, -10)])
def test_an_attestation_has_a_sensible_end(anna: Client, signed: int, until: int) -> None:
    today = timezone.localdate()
    given = {
        "name": "Jan", "document": "x",
        "signed_on": (today + signed * DAY).isoformat(), "expires_on": (today + until * DAY).isoformat(),
    }  # fmt: skip
    assert anna.post("/beheer/beloften/14/", given).status_code == 422
    assert not Attestation.objects.exists()


def test_nobody_vouches_for_what_a_check_looks_at(anna: Client) -> None:
    assert anna.post("/beheer/beloften/5/", {"name": "Jan"}).status_code == 404


def test_a_company_is_added_changed_and_public_at_once(anna: Client, client: Client) -> None:
    given = {
        "name": "Post BV", "postal_address": "Kade 2", "country": "Nederland", "contact": "K. Vos",
        "purpose_nl": "verstuurt mail", "purpose_en": "sends mail", "hosts": "SMTP.post.example\n\nsmtp.post.example",
        "since": "2026-01-01",
    }  # fmt: skip
    anna.post("/beheer/verwerkers/", given)
    made = Subprocessor.objects.get()
    assert made.hosts == ["smtp.post.example"]
    anna.post(f"/beheer/verwerkers/{made.id}/", given | {"name": "Post & Co"})
    assert "Post &amp; Co" in client.get("/verwerkers/").content.decode()


DESK = (
    "beloften/", "beloften/14/", "vragen/", "vragen/security-txt/", "verwerkers/", "register/",
)  # fmt: skip


@pytest.mark.parametrize("path", DESK)
def test_the_desk_is_for_signed_staff_alone(path: str, shop_client: Client, anna: Client) -> None:
    assert anna.get(f"/beheer/{path}").status_code == 200
    assert shop_client.get(f"/beheer/{path}").status_code == 404
    assert Client().get(f"/beheer/{path}").status_code == 302
    unsigned = log_in(staff("bas", signed=False))
    assert unsigned.get(f"/beheer/{path}")["Location"] == "/beheer/verklaring/"
    sent = unsigned.post(f"/beheer/{path}", {})
    assert sent.status_code == 405 or sent["Location"] == "/beheer/verklaring/"


def test_a_stranger_sees_no_question(stranger: Tenant, stranger_client: Client) -> None:
    now = clock.now()
    made = Question.objects.create(email="a@b.example", text="?", asked_at=now, due_at=now)
    assert stranger_client.get(f"/beheer/vragen/{made.id}/").status_code == 404


def test_the_register_reads_in_the_console(anna: Client) -> None:
    page = anna.get("/beheer/register/").content.decode()
    assert "contacten van klanten" in page
    assert "mailexpert_session" in page
    assert anna.get("/beheer/register/?vorm=json").json()["activities"]
    assert anna.get("/beheer/register/?vorm=md").content.decode().startswith("# Register van verwerkingen")
