"""Registering, confirming and the mails of it (A1)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from mailexpert.accounts.agreements import TERMS, agreement
from mailexpert.accounts.jobs import forget, send_left_behind
from mailexpert.accounts.models import Acceptance, Account, Membership, Notice, User
from mailexpert.accounts.tests.door import confirm, link_in, log_in_by_form, register
from mailexpert.base import clock
from mailexpert.conftest import PASSWORD
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall

pytestmark = pytest.mark.django_db
Run = Callable[[], int]


def test_a_visitor_registers_confirms_and_is_inside(client: Client, run_jobs: Run) -> None:
    assert register(client)["Location"] == "/aanmelden/bevestigen/"
    assert client.get("/instellingen/").status_code == 302
    confirm(client, run_jobs)
    page = client.get("/")
    assert page.context["account"].name == "Bakkerij Één"
    assert page.context["account"].vat_number == "NL123456789B01"


def test_a_registration_makes_an_owner_and_keeps_what_was_agreed(client: Client) -> None:
    register(client)
    with beside_wall(Beside.TESTS):
        made = Account.objects.get()
        assert (made.slug, made.kvk, made.kind) == ("bakkerij-een", "12345678", "organisation")
        assert Membership.objects.get().role == "owner"
        kept = {row.document: row for row in Acceptance.objects.all()}
    assert set(kept) == {"terms", "processing"}
    assert kept["terms"].text_hash == agreement(TERMS, "nl").text_hash


def test_a_person_registers_under_their_own_name(client: Client) -> None:
    register(client, kind="person", organisation="", kvk="", vat_number="")
    with beside_wall(Beside.TESTS):
        assert Account.objects.get().name == "Els Bakker"


def test_nobody_gets_in_before_the_address_is_confirmed(client: Client) -> None:
    register(client)
    assert log_in_by_form(Client())["Location"] == "/aanmelden/bevestigen/"


def test_looking_at_the_link_confirms_nothing(client: Client, run_jobs: Run) -> None:
    """Scanners open every link of a mail."""
    register(client)
    run_jobs()
    scanner = Client()
    page = scanner.get(link_in(str(mail.outbox[0].body)))
    assert "els@bakkerij.example" in page.content.decode()
    assert not User.objects.get().emailaddress_set.get().verified


def test_the_mail_says_that_a_machine_wrote_it(client: Client, run_jobs: Run) -> None:
    register(client)
    run_jobs()
    sent = mail.outbox[0]
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert sent.subject == "Bevestig je e-mailadres"
    assert "Hallo Els Bakker," in sent.body
    assert [kind for _body, kind in sent.alternatives] == ["text/html"]


def test_an_english_visitor_gets_english_mail(client: Client, run_jobs: Run) -> None:
    client.post("/taal/", {"language": "en"})
    register(client)
    run_jobs()
    assert mail.outbox[0].subject == "Confirm your e-mail address"
    assert User.objects.get().language == "en"


def test_a_known_address_can_t_be_told_from_a_new_one(client: Client, run_jobs: Run) -> None:
    register(client)
    first = client.get("/aanmelden/bevestigen/").content
    cache.clear()  # one mail in three minutes to an address; this is about the one after that
    other = Client()
    again = register(other, full_name="Iemand Anders")
    assert again["Location"] == "/aanmelden/bevestigen/"
    assert len(other.get("/aanmelden/bevestigen/").content) == len(first)
    run_jobs()
    assert mail.outbox[-1].subject == "Je hebt al een login bij MailExpert"
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("kvk", "1234", "acht cijfers"),
        ("vat_number", "NL1", "begint met het land"),
        ("organisation", "", "naam van je organisatie"),
        ("full_name", "Els\nBcc: x@example.org", "één regel"),
        ("password1", "kort", "Te kort"),
        ("agreed", "", "Zonder deze overeenkomsten"),
        ("email", "els@@bakkerij", "geldig e-mailadres"),
    ],
)
def test_what_isn_t_right_is_said_at_its_field(client: Client, field: str, value: str, said: str) -> None:
    answer = register(client, **{field: value})
    assert said in " ".join(answer.context["form"].errors[field])
    assert User.objects.count() == 0


def test_links_in_mails_name_our_own_address(client: Client, run_jobs: Run, settings: object) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/wachtwoord/vergeten/", {"email": "x@example.org"}, headers={"host": "evil.example"})
    client.post("/aanmelden/", {}, headers={"host": "evil.example"})
    register(Client(headers={"host": "evil.example"}))
    run_jobs()
    assert "http://localhost:8000/bevestigen/" in mail.outbox[0].body
    assert PASSWORD not in mail.outbox[0].body


def test_a_bomber_gets_one_mail_through(client: Client, run_jobs: Run) -> None:
    for _ in range(5):
        register(Client())
    run_jobs()
    assert len(mail.outbox) == 1


def test_a_registration_that_nobody_confirms_disappears(client: Client) -> None:
    register(client)
    User.objects.update(date_joined=clock.now() - timedelta(days=15))
    forget.run()
    with beside_wall(Beside.TESTS):
        assert (User.objects.count(), Account.objects.count(), Acceptance.objects.count()) == (0, 0, 0)


def test_a_confirmed_one_stays(client: Client, run_jobs: Run) -> None:
    register(client)
    confirm(client, run_jobs)
    User.objects.update(date_joined=clock.now() - timedelta(days=400))
    forget.run()
    assert User.objects.count() == 1


def test_a_mail_that_the_relay_refuses_is_kept_and_sent_later(
    client: Client, run_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(client)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _refuse)
        with pytest.raises(ConnectionRefusedError):
            run_jobs()
    assert Notice.objects.count() == 1
    Notice.objects.update(created_at=clock.now() - timedelta(hours=1))
    send_left_behind.run()
    run_jobs()
    assert (len(mail.outbox), Notice.objects.count()) == (1, 0)


def _refuse(*_args: object) -> None:
    raise ConnectionRefusedError
