"""Two contacts that are one person: both histories stay, and of every choice the stricter one holds."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.contacts import actions, actions_merge, actions_rights, person, proof, queries
from mailexpert.contacts import queries_history as history
from mailexpert.contacts.actions_preferences import has_said_of_measuring
from mailexpert.contacts.models import Contact, Event, List, Membership, Preference, SignupTerm
from mailexpert.contacts.tests.cast import bring_in, make_contact, make_list
from mailexpert.mail import links
from mailexpert.privacy import actions as ledger
from mailexpert.privacy.models import Case, Consent
from mailexpert.privacy.rules import MEASUREMENT
from mailexpert.sending.models import Delivery, Issue, Stop, Suppression

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason


@pytest.fixture
def into(in_shop: Tenant) -> List:
    return make_list()


@pytest.fixture
def pair(into: List) -> tuple[Contact, Contact]:
    """Anna twice; the second one will be gone."""
    kept, gone = make_contact("a@x.example"), make_contact("anna@x.example")
    actions.sign_up(gone, into, ground="consent", evidence="Zei ja op de markt.")
    return kept, gone


def mailed(contact: Contact, subject: str) -> Any:
    issue = Issue.objects.create(subject=subject, sender_address="a@b.example", started_at=timezone.now())
    Delivery.objects.create(issue_id=issue.id, contact_id=contact.id, attempt=1, outcome=1, code=250)
    return issue


def test_two_contacts_that_are_one_person_become_one(shop_client: Client, into: List) -> None:
    left, both = make_list("Verlaten"), make_list("Beide")
    kept = make_contact("a@x.example", into, first_name="Anna")
    gone = make_contact("anna@x.example", both, first_name="Annie", last_name="Berg")
    for one in (kept, gone):
        Membership.objects.create(list_id=left.id, contact_id=one.id, ground="consent")
    actions.end_membership(gone.id, left.id, Membership.EndedBy.PAGE)
    shop_client.post(f"/contacten/{gone.id}/labels/", {"tag": "vip"})
    shop_client.post(f"/contacten/{kept.id}/samenvoegen/", {"other": gone.id})
    one = Contact.objects.get()
    assert (one.email, one.first_name, one.last_name) == ("a@x.example", "Anna", "Berg")
    standing = set(Membership.objects.filter(ended_at=None).values_list("list_id", flat=True))
    assert standing == {into.id, both.id}
    assert [tag.name for tag in queries.tags_of(one.id)] == ["vip"]
    assert (Event.objects.get().detail, Event.objects.get().former_id) == ("anna@x.example", gone.id)


def test_both_histories_stand_in_one_timeline_and_one_proof(
    shop_client: Client, pair: tuple[Contact, Contact]
) -> None:
    kept, gone = pair
    for one, subject in ((kept, "Aan de een"), (gone, "Aan de ander")):
        mailed(one, subject)
    actions_merge.merge(kept.id, gone.id)
    kinds = [moment.kind for moment in history.timeline(kept.id)]
    assert kinds.count("mail") == 2
    page = shop_client.get(f"/contacten/{kept.id}/").content.decode()
    for words in ("Aan de een", "Aan de ander", "Zei ja op de markt.", "anna@x.example"):
        assert words in page
    pack = proof.pack(Contact.objects.get())
    assert "Zei ja op de markt." in [line["words"] for line in pack["ledger"]]
    assert pack["person"]["former_addresses"] == ["anna@x.example"]
    assert "anna@x.example" in shop_client.get(f"/contacten/{kept.id}/bewijs/").content.decode()
    told = person.everything(Contact.objects.get())["tables"]["privacy_consent"]["rows"]
    assert "Zei ja op de markt." in [row.get("words") for row in told]


def test_what_was_merged_before_comes_along_too(pair: tuple[Contact, Contact]) -> None:
    kept, gone = pair
    last = make_contact("jansen@x.example")
    actions_merge.merge(kept.id, gone.id)
    actions_merge.merge(last.id, kept.id)
    assert history.numbers_of(last.id) == [last.id, gone.id, kept.id]
    assert "Zei ja op de markt." in [line["words"] for line in proof.pack(last)["ledger"]]


@pytest.mark.parametrize("reason", [Reason.OBJECTION, Reason.COMPLAINT])
def test_an_objection_or_complaint_of_either_holds_after_a_merge(
    pair: tuple[Contact, Contact], reason: int
) -> None:
    kept, gone = pair
    Suppression.objects.create(email_key=gone.email_key, reason=reason)
    actions_merge.merge(kept.id, gone.id)
    assert Suppression.objects.get(email_key=kept.email_key).reason == reason
    standing = Membership.objects.filter(ended_at=None)
    assert standing.exists() is (reason == Reason.COMPLAINT)


def test_a_list_that_the_other_one_left_takes_nobody_back_by_an_import(
    pair: tuple[Contact, Contact], into: List, run_jobs: Callable[[], int]
) -> None:
    kept, gone = pair
    actions.end_membership(gone.id, into.id, Membership.EndedBy.PAGE)
    actions_merge.merge(kept.id, gone.id)
    done = bring_in(run_jobs, f"email\n{kept.email}\n", into)
    assert (done.signed_up, done.stayed_off) == (0, 1)
    assert Membership.objects.get().ended_by == Membership.EndedBy.PAGE


def test_the_longer_pause_and_the_fewer_mails_hold(pair: tuple[Contact, Contact]) -> None:
    kept, gone = pair
    Preference.objects.create(contact_id=kept.id, every_days=31)
    Preference.objects.create(contact_id=gone.id, every_days=7, paused_until=date(2030, 1, 1))
    actions_merge.merge(kept.id, gone.id)
    chosen = Preference.objects.get()
    assert (chosen.every_days, chosen.paused_until) == (31, date(2030, 1, 1))


@pytest.mark.parametrize(
    ("mine", "theirs", "after"),
    [
        (True, None, True),
        (True, True, True),
        (True, False, False),
        (None, True, None),
        (False, True, False),
        (None, None, None),
    ],
)
def test_only_who_agreed_under_the_address_that_stays_is_measured(
    pair: tuple[Contact, Contact], mine: bool | None, theirs: bool | None, after: bool | None
) -> None:
    for one, said in zip(pair, (mine, theirs), strict=True):
        for act in () if said is None else (Consent.Act.GIVEN,) if said else (1, Consent.Act.ENDED):
            ledger.note(
                act, contact_id=one.id, email_key=one.email_key, source="preferences", purpose=MEASUREMENT
            )
    kept, gone = pair
    actions_merge.merge(kept.id, gone.id)
    assert has_said_of_measuring(kept) is after
    assert not has_said_of_measuring(gone)


def test_an_open_request_is_still_answered_to_the_person(
    shop: Tenant, pair: tuple[Contact, Contact], shop_client: Client
) -> None:
    kept, gone = pair
    case = actions_rights.ask(Case.Kind.ERASURE, email=gone.email, contact=gone, received=date(2026, 11, 2))
    actions_merge.merge(kept.id, gone.id)
    page = shop_client.get(f"/contacten/{kept.id}/").content.decode()
    assert "Verzoek binnengekomen: Wissen" in page
    actions_rights.carry_out(case.id, by_id=shop.owner.id, now=timezone.now())
    assert not Contact.objects.exists()


def test_a_request_stands_after_what_happened_before_it_and_before_its_answer(
    shop: Tenant, pair: tuple[Contact, Contact]
) -> None:
    _kept, gone = pair
    case = actions_rights.ask(Case.Kind.ACCESS, email=gone.email, contact=gone, received=timezone.localdate())
    assert [one.kind for one in history.timeline(gone.id)] == ["asked", "ledger"]
    actions_rights.carry_out(case.id, by_id=shop.owner.id, now=timezone.now())
    assert [one.kind for one in history.timeline(gone.id)] == ["answered", "asked", "ledger"]


def test_an_answer_that_is_taken_over_is_kept_no_longer_than_its_form_said(
    pair: tuple[Contact, Contact],
) -> None:
    kept, gone = pair
    Contact.objects.filter(id=gone.id).update(first_name="Anna")
    SignupTerm.objects.create(contact_id=gone.id, slot="first_name", until=date(2027, 1, 1))
    actions_merge.merge(kept.id, gone.id)
    assert SignupTerm.objects.get().contact_id == kept.id


def test_links_in_mails_to_the_address_that_is_gone_still_stop_and_set(
    pair: tuple[Contact, Contact], into: List
) -> None:
    kept, gone = pair
    issue = Issue.objects.create(
        subject="Hoi", sender_address="a@b.example", list_ids=[into.id], started_at=timezone.now()
    )
    token = links.stop_token(keys.derive("links"), issue.id, gone.id)
    actions_merge.merge(kept.id, gone.id)
    reader = Client()
    assert "a***@x.example" in reader.get(f"/voorkeuren/{token}").content.decode()
    reader.post(f"/uitschrijven/{token}", {"what": "stop"})
    assert not Membership.objects.filter(ended_at=None).exists()
    assert Stop.objects.get().contact_id == kept.id


def test_the_erasure_of_one_is_the_erasure_of_both(
    shop: Tenant, pair: tuple[Contact, Contact], into: List, run_jobs: Callable[[], int]
) -> None:
    kept, gone = pair
    actions.change_contact(kept.id, "nieuw@x.example", {})
    actions_merge.merge(kept.id, gone.id)
    other = make_contact("bart@x.example", t1=f"kwam met {gone.email} en a@x.example")
    actions.erase_contact(kept.id, stays_off=True)
    run_jobs()
    other.refresh_from_db()
    assert "@" not in other.t1  # type: ignore[attr-defined]
    done = bring_in(run_jobs, "email\na@x.example\nanna@x.example\nnieuw@x.example\n", into)
    assert (done.added, done.refused) == (0, 3)


def test_an_address_that_is_another_person_s_by_now_is_left_to_them(
    pair: tuple[Contact, Contact], run_jobs: Callable[[], int]
) -> None:
    kept, _gone = pair
    actions.change_contact(kept.id, "nieuw@x.example", {})
    other = make_contact("a@x.example", first_name="Ander")
    actions.erase_contact(kept.id, stays_off=True)
    run_jobs()
    other.refresh_from_db()
    assert (other.email, other.first_name) == ("a@x.example", "Ander")


def test_who_stopped_everything_did_so_under_a_new_address_too(pair: tuple[Contact, Contact]) -> None:
    kept, _gone = pair
    actions.object_to_all(kept, Membership.EndedBy.PAGE)
    actions.change_contact(kept.id, "nieuw@x.example", {})
    assert Suppression.objects.get(email_key="nieuw@x.example").reason == Reason.OBJECTION
