"""Requests of persons: asked behind the link or written down, with a clock, letters and an end."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from mailexpert.accounts.models import Membership as Member
from mailexpert.accounts.models import Word
from mailexpert.conftest import Tenant
from mailexpert.contacts import actions_rights, jobs_letters, queries_rights, tokens
from mailexpert.contacts.models import Contact, Event, Letter, Membership
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.scope import account
from mailexpert.privacy import rules_rights
from mailexpert.privacy.models import Case
from mailexpert.sending import letter
from mailexpert.sending.models import Suppression

Jobs = Callable[[], int]


@pytest.fixture
def anna(shop: Tenant) -> Contact:
    with account(shop.id):
        return make_contact(into=make_list(), first_name="Anna", last_name="Smit", language="nl")


def link(shop: Tenant, anna: Contact) -> str:
    with account(shop.id):
        return tokens.preferences_url(anna).partition("/voorkeuren/")[2]


def write_down(client: Client, kind: str, email: str = "anna@voorbeeld.example", **values: Any) -> int:
    day = timezone.now().date().isoformat()
    given = {"email": email, "kind": kind, "received": day, "language": "nl", "text": "Per telefoon."}
    answer = client.post("/contacten/verzoeken/nieuw/", given | values)
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].strip("/").rpartition("/")[2])


def sent(run_jobs: Jobs) -> list[Any]:
    """Letters to persons, without the words to the account."""
    run_jobs()
    return [one for one in outbox.outbox if "anna@" in one.to[0] or "niemand@" in one.to[0]]


def test_a_person_asks_behind_the_link_and_the_account_hears_it(
    shop: Tenant, anna: Contact, shop_client: Client, run_jobs: Jobs
) -> None:
    reader = Client(enforce_csrf_checks=True)
    page = f"/voorkeuren/{link(shop, anna)}/verzoek"
    assert reader.get(page).status_code == 200
    for _again in range(2):
        answer = reader.post(page, {"kind": "erasure", "text": "Graag alles weg."})
        assert answer.status_code == 303
        assert not answer.cookies
    with account(shop.id):
        case = Case.objects.get()
        assert (case.kind, case.via, case.contact_id) == ("erasure", "page", anna.id)
        assert case.due_on == rules_rights.due(case.received_on)
        word = Word.objects.get(kind="request")
        assert "anna" not in str(word.values)
    (letter,) = sent(run_jobs)
    assert letter.subject == "Je verzoek is binnen"
    text = shop_client.get("/contacten/verzoeken/").content.decode()
    assert "Anna Smit" in text
    assert "Graag alles weg." in shop_client.get(f"/contacten/verzoeken/{case.id}/").content.decode()


def test_an_erasure_is_carried_out_with_a_letter_and_a_receipt(
    shop: Tenant, anna: Contact, shop_client: Client, run_jobs: Jobs
) -> None:
    number = write_down(shop_client, "erasure")
    shop_client.post(f"/contacten/verzoeken/{number}/uitvoeren/")
    (letter,) = sent(run_jobs)
    assert (letter.to, letter.subject) == (["anna@voorbeeld.example"], "Je verzoek is uitgevoerd")
    with account(shop.id):
        case = Case.objects.get()
        assert (case.state, case.email, case.words) == ("done", "", "")
        code = case.erasure.code
        assert not Contact.objects.exists()
        assert Suppression.objects.get().reason == Suppression.Reason.ERASED
    text = shop_client.get(f"/contacten/verzoeken/{number}/").content.decode()
    assert code in text
    assert "anna" not in text.lower()
    assert "Anna" not in shop_client.get("/contacten/verzoeken/").content.decode()


@pytest.mark.parametrize("kind", ["access", "portability"])
def test_who_asks_for_their_data_gets_a_link_of_their_own(
    shop: Tenant, anna: Contact, shop_client: Client, run_jobs: Jobs, kind: str
) -> None:
    number = write_down(shop_client, kind)
    shop_client.post(f"/contacten/verzoeken/{number}/uitvoeren/")
    (letter,) = sent(run_jobs)
    path = re.search(r"http\S+(/voorkeuren/\S+)", letter.body)[1]  # type: ignore[index]
    assert "Smit" in Client().get(f"{path}/gegevens").content.decode()


def test_a_restricted_person_is_stored_and_not_used_until_that_ends(
    shop: Tenant, anna: Contact, shop_client: Client, run_jobs: Jobs
) -> None:
    Client().post(f"/voorkeuren/{link(shop, anna)}/verzoek", {"kind": "restriction"})
    with account(shop.id):
        assert Contact.objects.get().status == Contact.Status.FROZEN  # at once, not when somebody looks
        number = Case.objects.get().id
    shop_client.post(f"/contacten/verzoeken/{number}/uitvoeren/")
    assert "weer-gebruiken" in shop_client.get(f"/contacten/{anna.id}/").content.decode()
    shop_client.post(f"/contacten/{anna.id}/weer-gebruiken/")
    with account(shop.id):
        assert Contact.objects.get().status == Contact.Status.ACTIVE
    assert [one.subject for one in sent(run_jobs)][-1] == "Je gegevens worden weer gebruikt"


def test_an_objection_ends_everything_and_can_t_be_refused(
    shop: Tenant, anna: Contact, shop_client: Client, run_jobs: Jobs
) -> None:
    number = write_down(shop_client, "objection")
    shop_client.post(f"/contacten/verzoeken/{number}/weigeren/", {"reason": "Liever niet."})
    with account(shop.id):
        assert Case.objects.get().is_open
    shop_client.post(f"/contacten/verzoeken/{number}/uitvoeren/")
    with account(shop.id):
        assert not Membership.objects.filter(ended_at=None).exists()
        assert Suppression.objects.get().reason == Suppression.Reason.OBJECTION


def test_an_extension_gives_two_months_more_once_with_a_letter(
    shop: Tenant, anna: Contact, shop_client: Client, run_jobs: Jobs
) -> None:
    number = write_down(shop_client, "access")
    page = f"/contacten/verzoeken/{number}/verlengen/"
    assert shop_client.post(page, {"reason": ""}).status_code == 422
    shop_client.post(page, {"reason": "Het archief is groot."})
    with account(shop.id):
        case = Case.objects.get()
        assert case.due_on == rules_rights.extended_due(case.received_on)
        with pytest.raises(actions_rights.TooLate):
            actions_rights.extend(case.id, "Nog eens.", today=timezone.now().date())
    (letter,) = sent(run_jobs)
    assert "Het archief is groot." in letter.body
    assert "Autoriteit Persoonsgegevens" in letter.body


def test_a_refusal_says_why_and_where_to_complain(
    shop: Tenant, anna: Contact, shop_client: Client, run_jobs: Jobs
) -> None:
    number = write_down(shop_client, "correction", language="en")
    shop_client.post(f"/contacten/verzoeken/{number}/weigeren/", {"reason": "It is right already."})
    shop_client.post(f"/contacten/verzoeken/{number}/uitvoeren/")  # too late: it was answered
    (letter,) = sent(run_jobs)
    assert letter.subject == "About your request"
    assert "It is right already." in letter.body
    with account(shop.id):
        assert Case.objects.get().state == "refused"


def test_somebody_nobody_knows_hears_that_nothing_is_kept(
    shop: Tenant, shop_client: Client, run_jobs: Jobs
) -> None:
    number = write_down(shop_client, "access", "niemand@voorbeeld.example")
    shop_client.post(f"/contacten/verzoeken/{number}/uitvoeren/")
    (letter,) = sent(run_jobs)
    assert "bewaart hier niets" in letter.body
    with account(shop.id):
        assert Case.objects.get().email == "n***@voorbeeld.example"


def test_what_waits_is_told_and_what_is_late_asks_for_attention(
    shop: Tenant, anna: Contact, shop_client: Client
) -> None:
    received = timezone.now().date() - timedelta(days=45)
    write_down(shop_client, "access", received=received.isoformat())
    with account(shop.id):
        assert actions_rights.remind(timezone.now().date()) == 1
        actions_rights.remind(timezone.now().date())
        assert Word.objects.filter(kind="request").count() == 1
    assert "te laat" in shop_client.get("/contacten/verzoeken/").content.decode()
    with account(shop.id):
        (need,) = queries_rights.needs(HttpRequest())
        assert need.now
        assert need.title.startswith("1 ")


def test_a_day_to_come_and_no_address_are_refused_with_their_reason(
    shop: Tenant, shop_client: Client
) -> None:
    tomorrow = (timezone.now().date() + timedelta(days=1)).isoformat()
    for wrong in ({"received": tomorrow}, {"email": "geen adres"}, {"kind": "all"}):
        given = {"email": "a@b.example", "kind": "access", "received": "2026-01-01", "language": "nl"}
        assert shop_client.post("/contacten/verzoeken/nieuw/", given | wrong).status_code == 422


def test_an_empty_list_says_what_it_is_for(shop: Tenant, shop_client: Client) -> None:
    assert "Er wacht niets" in shop_client.get("/contacten/verzoeken/").content.decode()


def test_only_an_administrator_answers(shop: Tenant, anna: Contact, shop_client: Client) -> None:
    number = write_down(shop_client, "erasure")
    with account(shop.id):
        Member.objects.update(role="editor")
    for what in ("uitvoeren", "weigeren", "verlengen"):
        answer = shop_client.post(f"/contacten/verzoeken/{number}/{what}/", {"reason": "x"})
        assert answer.status_code == 403
    with account(shop.id):
        assert Contact.objects.exists()


def test_a_stranger_finds_no_request(
    shop: Tenant, anna: Contact, shop_client: Client, stranger_client: Client
) -> None:
    number = write_down(shop_client, "access")
    assert stranger_client.get(f"/contacten/verzoeken/{number}/").status_code == 404
    for what in ("uitvoeren", "weigeren", "verlengen"):
        assert (
            stranger_client.post(f"/contacten/verzoeken/{number}/{what}/", {"reason": "x"}).status_code == 404
        )
    assert "Anna" not in stranger_client.get("/contacten/verzoeken/").content.decode()


def test_the_history_of_an_address_goes_with_its_person(
    shop: Tenant, anna: Contact, shop_client: Client, run_jobs: Jobs
) -> None:
    with account(shop.id):
        other = make_contact("bart@voorbeeld.example")
        Event.objects.create(contact_id=other.id, kind="merged", detail="anna@voorbeeld.example")
    number = write_down(shop_client, "erasure")
    shop_client.post(f"/contacten/verzoeken/{number}/uitvoeren/")
    run_jobs()
    with account(shop.id):
        assert "anna" not in Event.objects.get().detail


def test_a_single_mail_that_a_worker_died_with_is_in_doubt_until_a_person_decides(
    shop: Tenant, shop_client: Client, stranger_client: Client, monkeypatch: pytest.MonkeyPatch, run_jobs: Any
) -> None:
    class Killed(BaseException):
        pass

    def killed(**_mail: Any) -> str:
        raise Killed

    with account(shop.id):
        made = [Letter.objects.create(recipient=f"{n}@voorbeeld.example", subject=f"Brief {n}") for n in "ab"]
        with monkeypatch.context() as patch:
            patch.setattr(letter, "send", killed)
            for one in made:
                with pytest.raises(Killed):
                    jobs_letters.send_letter.run(account_id=shop.id, letter_id=one.id)
        Letter.objects.update(
            tried_at=timezone.now() - timedelta(hours=1), created_at=timezone.now() - timedelta(hours=2)
        )
    jobs_letters.send_left_behind.run()
    run_jobs()
    assert outbox.outbox == []
    shown = shop_client.get("/contacten/verzoeken/").content.decode()
    assert "a@voorbeeld.example" in shown
    assert "Brief b" in shown
    path = f"/contacten/verzoeken/mail/{made[0].id}/"
    stranger_client.post(path, {"to": "again"})
    run_jobs()
    assert outbox.outbox == []
    shop_client.post(path, {"to": "again"})
    shop_client.post(f"/contacten/verzoeken/mail/{made[1].id}/", {"to": "leave"})
    run_jobs()
    assert [one.to for one in outbox.outbox] == [["a@voorbeeld.example"]]
    with account(shop.id):
        assert not Letter.objects.exists()
