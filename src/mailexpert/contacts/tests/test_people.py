"""Browsing contacts and one person's page."""

import pytest
from django.test import Client

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact, Field, List, Membership
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.scope import account
from mailexpert.privacy.models import Consent, Evidence
from mailexpert.sending.models import Suppression


@pytest.fixture
def newsletter(shop: Tenant) -> List:
    with account(shop.id):
        return make_list()


@pytest.fixture
def anna(shop: Tenant, newsletter: List) -> Contact:
    with account(shop.id):
        return make_contact(into=newsletter, first_name="Anna", last_name="van der Berg")


def test_an_empty_account_is_led_to_the_import(shop_client: Client) -> None:
    page = shop_client.get("/contacten/")
    assert b'href="/contacten/inlezen/"' in page.content


def test_contacts_are_shown_with_status_and_proof(shop_client: Client, anna: Contact) -> None:
    text = shop_client.get("/contacten/", headers={"accept-language": "en"}).content.decode()
    assert "Anna van der Berg" in text
    assert "anna@voorbeeld.example" in text
    assert "is-kept" in text


def test_a_search_answers_with_the_piece_of_the_page_that_changes(shop_client: Client, anna: Contact) -> None:
    piece = shop_client.get("/contacten/?q=ber", headers={"HX-Request": "true"}).content.decode()
    assert "Anna van der Berg" in piece
    assert "<html" not in piece
    assert "Anna" not in shop_client.get("/contacten/?q=zzz", headers={"HX-Request": "true"}).content.decode()


def test_a_page_holds_fifty_and_leads_on(shop_client: Client, shop: Tenant) -> None:
    with account(shop.id):
        made = [make_contact(f"c{n}@voorbeeld.example") for n in range(60)]
    first = shop_client.get("/contacten/").content.decode()
    assert f"before={made[10].id}" in first
    second = shop_client.get(f"/contacten/?before={made[10].id}").content.decode()
    assert "c0@voorbeeld.example" in second
    assert f"after={made[9].id}" in second
    assert "c59@" in shop_client.get(f"/contacten/?after={made[9].id}").content.decode()


def test_a_contact_is_added_by_hand_with_its_ground(
    shop_client: Client, shop: Tenant, newsletter: List
) -> None:
    answer = shop_client.post(
        "/contacten/nieuw/",
        {
            "email": "René@Café.example",
            "first_name": " René ",
            "on_list": "yes",
            "list": newsletter.id,
            "ground": "consent",
            "evidence": "Vroeg het aan de balie.",
        },
    )
    with account(shop.id):
        made = Contact.objects.get()
        assert answer.headers["Location"] == f"/contacten/{made.id}/"
        assert (made.email, made.first_name) == ("René@xn--caf-dma.example", "René")
        assert Membership.objects.get().ground == "consent"
        assert Evidence.objects.get(id=Consent.objects.get().evidence_id).text == "Vroeg het aan de balie."


def test_a_ground_needs_a_sentence(shop_client: Client, shop: Tenant, newsletter: List) -> None:
    given = {"email": "a@b.example", "on_list": "yes", "list": newsletter.id, "ground": "consent"}
    assert shop_client.post("/contacten/nieuw/", given).status_code == 200
    with account(shop.id):
        assert not Contact.objects.exists()


@pytest.mark.parametrize("email", ["", "anna", "a@b", "a@b.nl\r\nBcc: c@d.nl"])
def test_a_wrong_address_is_refused_in_words(shop_client: Client, shop: Tenant, email: str) -> None:
    page = shop_client.post("/contacten/nieuw/", {"email": email})
    assert b"me-error-summary" in page.content
    with account(shop.id):
        assert not Contact.objects.exists()


def test_an_address_that_is_there_already_is_refused(
    shop_client: Client, shop: Tenant, anna: Contact
) -> None:
    page = shop_client.post("/contacten/nieuw/", {"email": "ANNA@voorbeeld.example"})
    assert b"me-error-summary" in page.content


def test_details_and_own_fields_are_changed(shop_client: Client, shop: Tenant, anna: Contact) -> None:
    with account(shop.id):
        born = Field.objects.create(name="born", label="Geboren", kind="date", slot="d1")
        Field.objects.create(name="member", label="Lid", kind="boolean", slot="b1")
    given = {"email": "anna@nieuw.example", "first_name": "Annie", born.slot: "1-2-1990", "b1": "t"}
    shop_client.post(f"/contacten/{anna.id}/wijzigen/", given)
    with account(shop.id):
        changed = Contact.objects.get()
        assert (changed.email_key, changed.first_name, str(changed.d1)) == (
            "anna@nieuw.example",
            "Annie",
            "1990-02-01",
        )
        assert changed.b1 is True
    page = shop_client.post(f"/contacten/{anna.id}/wijzigen/", {**given, born.slot: "ooit"})
    assert b"me-error-summary" in page.content


def test_a_language_that_came_with_a_file_is_named_and_stays(
    shop_client: Client, shop: Tenant, anna: Contact
) -> None:
    with account(shop.id):
        Contact.objects.update(language="de")
    page = shop_client.get(f"/contacten/{anna.id}/wijzigen/").content.decode()
    assert '<option value="de" selected>Duits</option>' in page
    shop_client.post(f"/contacten/{anna.id}/wijzigen/", {"email": anna.email, "language": "de"})
    with account(shop.id):
        assert Contact.objects.get().language == "de"
    assert "<dd>Duits</dd>" in shop_client.get(f"/contacten/{anna.id}/").content.decode()


def test_a_contact_has_a_time_zone_that_exists(shop_client: Client, shop: Tenant, anna: Contact) -> None:
    given = {"email": anna.email, "first_name": "Anna", "time_zone": "America/Paramaribo"}
    shop_client.post(f"/contacten/{anna.id}/wijzigen/", given)
    page = shop_client.get(f"/contacten/{anna.id}/").content.decode()
    assert "<dt>Tijdzone</dt><dd>America/Paramaribo</dd>" in page
    shop_client.post(f"/contacten/{anna.id}/wijzigen/", {**given, "time_zone": "Mars/Phobos"})
    with account(shop.id):
        assert Contact.objects.get().time_zone == "America/Paramaribo"


def test_a_person_is_unsubscribed_and_signed_up_again_by_hand(
    shop_client: Client, shop: Tenant, newsletter: List, anna: Contact
) -> None:
    shop_client.post(f"/contacten/{anna.id}/uitschrijven/{newsletter.id}/")
    with account(shop.id):
        assert Membership.objects.get().ended_by == Membership.EndedBy.HAND
    again = {"list": newsletter.id, "ground": "consent", "evidence": "Belde op 3 mei."}
    refused = shop_client.post(f"/contacten/{anna.id}/aanmelden/", {**again, "ground": "unknown"})
    assert refused.status_code == 422
    shop_client.post(f"/contacten/{anna.id}/aanmelden/", again)
    with account(shop.id):
        assert Membership.objects.get().ended_at is None
        assert list(Consent.objects.order_by("id").values_list("act", flat=True)) == [2, 1]
    assert "Belde op 3 mei." in shop_client.get(f"/contacten/{anna.id}/").content.decode()


def test_an_erased_person_leaves_only_a_pseudonym(shop_client: Client, shop: Tenant, anna: Contact) -> None:
    shop_client.post(f"/contacten/{anna.id}/wissen/")
    with account(shop.id):
        assert not Contact.objects.exists()
        assert not Membership.objects.exists()
        assert Consent.objects.get().act == Consent.Act.ERASED
    assert shop_client.get(f"/contacten/{anna.id}/").status_code == 404


def test_a_suppressed_person_is_shown_as_such(shop_client: Client, shop: Tenant, anna: Contact) -> None:
    with account(shop.id):
        Suppression.objects.create(email_key=anna.email_key, reason=1)
    assert b"is-broken" in shop_client.get(f"/contacten/{anna.id}/").content


@pytest.mark.parametrize("path", ["", "wijzigen/", "aanmelden/", "uitschrijven/{list}/", "wissen/"])
def test_a_stranger_reaches_no_contact(
    stranger_client: Client, shop: Tenant, newsletter: List, anna: Contact, path: str
) -> None:
    url = f"/contacten/{anna.id}/{path.format(list=newsletter.id)}"
    answers = [stranger_client.get(url).status_code, stranger_client.post(url).status_code]
    assert set(answers) <= {404, 405}
    assert 404 in answers
    with account(shop.id):
        assert Membership.objects.get().ended_at is None


def test_a_visitor_is_led_to_the_door(anna: Contact) -> None:
    assert Client().get("/contacten/").status_code == 302
    assert Client().get(f"/contacten/{anna.id}/").status_code == 302


def test_a_stranger_sees_none_of_the_contacts(stranger_client: Client, anna: Contact) -> None:
    assert b"anna@voorbeeld.example" not in stranger_client.get("/contacten/?q=anna").content
