"""Logging in, guessing, and a new password."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from mailexpert.accounts.tests.door import link_in, log_in_by_form
from mailexpert.conftest import Tenant

pytestmark = pytest.mark.django_db
Run = Callable[[], int]


@pytest.fixture
def owner(shop: Tenant) -> str:
    EmailAddress.objects.create(user=shop.owner, email=shop.owner.email, verified=True, primary=True)
    return str(shop.owner.email)


def test_a_member_logs_in_and_the_session_ends_with_the_browser(client: Client, owner: str) -> None:
    answer = log_in_by_form(client, owner)
    assert answer["Location"] == "/"
    assert answer.cookies["mailexpert_session"]["max-age"] == ""
    assert answer.cookies["mailexpert_session"]["expires"] == ""
    assert "mailexpert_device" not in answer.cookies


def test_a_wrong_password_and_an_unknown_address_sound_the_same(client: Client, owner: str) -> None:
    wrong = log_in_by_form(client, owner, password="anders-dan-eerst")
    unknown = log_in_by_form(client, "nobody@example.org")
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert "klopt niet" in str(wrong.context["form"].non_field_errors())


def test_a_guesser_is_stopped_with_a_sentence(client: Client, owner: str) -> None:
    for n in range(6):
        answer = log_in_by_form(client, owner, password=f"poging-nummer-{n}")
    assert "Wacht vijf minuten" in str(answer.context["form"].non_field_errors())


def test_who_guesses_on_is_locked_out_for_a_while(client: Client, owner: str, settings: object) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": None}
    answers = [log_in_by_form(client, owner, password=f"poging-nummer-{n}") for n in range(9)]
    assert answers[-1].status_code == 429
    assert "Wacht een kwartier" in answers[-1].content.decode()
    assert log_in_by_form(client, owner).status_code == 429


def test_the_password_tried_is_not_kept(client: Client, owner: str) -> None:
    from axes.models import AccessAttempt

    log_in_by_form(client, owner, password="bijna-goed-geraden")
    kept = AccessAttempt.objects.get()
    assert "geraden" not in kept.post_data
    assert kept.username == owner


def test_a_forgotten_password_is_replaced_once(client: Client, owner: str, run_jobs: Run) -> None:
    assert (
        client.post("/wachtwoord/vergeten/", {"email": owner})["Location"]
        == "/wachtwoord/vergeten/verstuurd/"
    )
    run_jobs()
    link = link_in(str(mail.outbox[0].body))
    form = client.get(link)["Location"]
    assert client.post(form, {"password1": "een-heel-nieuw-woord"})["Location"] == "/wachtwoord/nieuw/klaar/"
    assert log_in_by_form(Client(), owner, password="een-heel-nieuw-woord")["Location"] == "/"
    assert "al gebruikt" in Client().get(link).content.decode()
    run_jobs()
    assert mail.outbox[-1].subject == "Je wachtwoord is gewijzigd"


def test_asking_for_a_link_tells_nobody_who_has_a_login(client: Client, owner: str, run_jobs: Run) -> None:
    known = client.post("/wachtwoord/vergeten/", {"email": owner})
    unknown = client.post("/wachtwoord/vergeten/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    run_jobs()
    assert [sent.to for sent in mail.outbox] == [[owner]]


def test_too_many_reset_mails_are_refused_with_a_sentence(client: Client, owner: str) -> None:
    answers = [client.post("/wachtwoord/vergeten/", {"email": owner}) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert "Wacht een paar minuten" in answers[-1].content.decode()


def test_logging_out_takes_a_button(client: Client, owner: str) -> None:
    log_in_by_form(client, owner)
    client.get("/uitloggen/")
    assert client.get("/instellingen/").status_code == 200
    client.post("/uitloggen/")
    assert client.get("/instellingen/").status_code == 302
