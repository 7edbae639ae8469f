"""Staff: signed before anything opens, a reason for each look, two voices before anything is given."""

import json

import pytest
from django.test import Client

from mailexpert.accounts.models import Account, User
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.privacy import actions_disclosure as disclosures
from mailexpert.privacy import actions_policy
from mailexpert.privacy.actions_staff import NoReason, NotSigned, look_into
from mailexpert.privacy.models import Disclosure, Document, Look
from mailexpert.privacy.queries_policy import texts
from mailexpert.privacy.queries_staff import has_signed
from mailexpert.privacy.tests.clock import Clock
from mailexpert.site.tests.cast import log_in, make_operator, staff

pytestmark = pytest.mark.django_db
WHY = "Vraag van de klant over een mailing, 12 november"


@pytest.fixture
def operator() -> Account:
    return make_operator()


def test_unsigned_staff_sees_no_customer(operator: Account, shop: Tenant) -> None:
    new = log_in(staff("cor", signed=False))
    for path in ("/beheer/accounts/", f"/beheer/accounts/{shop.id}/", "/contacten/", "/mailings/"):
        assert new.get(path)["Location"] == "/beheer/verklaring/"
    with pytest.raises(NotSigned):
        look_into(shop.id, User.objects.get(email="cor@mailexpert.example"), WHY)


def test_a_new_agreement_asks_for_a_new_signature(operator: Account) -> None:
    anna, bas = staff("anna"), staff("bas")
    assert has_signed(anna)
    made = actions_policy.draft(Document.STAFF, anna)
    actions_policy.write(made.id, {name: body + "\n\nMeer." for name, body in texts(made).items()}, anna)
    actions_policy.announce(made.id, bas, set())
    assert not has_signed(anna)


@pytest.mark.parametrize("reason", ["", "  ", "kort"])
def test_a_look_needs_a_reason(operator: Account, shop: Tenant, reason: str) -> None:
    anna = staff("anna")
    with pytest.raises(NoReason):
        look_into(shop.id, anna, reason)
    page = log_in(anna).get(f"/beheer/accounts/{shop.id}/").content.decode()
    assert shop.owner.email not in page


def test_a_look_is_open_for_half_an_hour_and_the_account_reads_it(
    operator: Account,
    shop: Tenant,
    stranger: Tenant,
    shop_client: Client,
    stranger_client: Client,
    clock: Clock,
) -> None:
    anna = log_in(staff("anna"))
    anna.post(f"/beheer/accounts/{shop.id}/", {"reason": WHY})
    assert shop.owner.email in anna.get(f"/beheer/accounts/{shop.id}/").content.decode()
    assert stranger.owner.email not in anna.get(f"/beheer/accounts/{stranger.id}/").content.decode()
    assert WHY in shop_client.get("/instellingen/privacy/").content.decode()
    assert WHY not in stranger_client.get("/instellingen/privacy/").content.decode()
    clock.pass_(minutes=31)
    assert shop.owner.email not in anna.get(f"/beheer/accounts/{shop.id}/").content.decode()
    with account(shop.id):
        assert Look.objects.count() == 1


def test_one_approval_gives_nothing(operator: Account, shop: Tenant) -> None:
    anna, bas = staff("anna"), staff("bas")
    made = ask(shop, anna)
    disclosures.judge(made.id, anna, approves=True, words="Bevel gezien.")
    with pytest.raises(disclosures.SpokenBefore):
        disclosures.judge(made.id, anna, approves=True, words="Nog eens.")
    with pytest.raises(disclosures.NotApproved):
        disclosures.give(made.id, bas)
    answer = log_in(bas).post(f"/beheer/verstrekkingen/{made.id}/geven/")
    assert answer.status_code == 302
    assert Disclosure.objects.get(id=made.id).given_at is None


def test_two_approvals_give_what_was_asked_and_write_it_down(operator: Account, shop: Tenant) -> None:
    anna, bas = staff("anna"), staff("bas")
    made = ask(shop, anna)
    for one in (anna, bas):
        disclosures.judge(made.id, one, approves=True, words="")
    answer = log_in(bas).post(f"/beheer/verstrekkingen/{made.id}/geven/")
    assert json.loads(answer.content)["users"][0]["user__email"] == shop.owner.email
    found = Disclosure.objects.get(id=made.id)
    assert (found.state, found.given) == ("given", "account (1), users (1)")


def test_without_a_legal_ground_there_is_no_request(operator: Account, shop: Tenant) -> None:
    with pytest.raises(disclosures.NotApproved):
        disclosures.ask(
            account_id=shop.id,
            requester="Iemand",
            ground="curiosity",
            reference="x",
            asked_for="alles",
            by=staff("anna"),
        )


def ask(shop: Tenant, by: User) -> Disclosure:
    return disclosures.ask(
        account_id=shop.id,
        requester="Rechtbank Lindewoud",
        ground="court",
        reference="C/26/114",
        asked_for="NAW",
        by=by,
    )
