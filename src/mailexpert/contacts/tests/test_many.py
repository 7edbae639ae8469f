"""Labels, the bar for many at once, blocked addresses, and two contacts that are one person."""

from typing import Any

import pytest
from django.test import Client

from mailexpert.conftest import Tenant
from mailexpert.contacts import actions, queries
from mailexpert.contacts.models import Bulk, Contact, Event, Field, List, Membership, Tag, Tagging
from mailexpert.contacts.tests.cast import bring_in, make_contact, make_list
from mailexpert.core.scope import account
from mailexpert.privacy.models import Consent
from mailexpert.sending.models import Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def into(in_shop: Tenant) -> List:
    return make_list()


@pytest.fixture
def people(into: List) -> list[Contact]:
    return [make_contact(f"p{n}@x.example", into) for n in range(4)]


def test_a_label_is_given_to_the_chosen_and_undone(shop_client: Client, people: list[Contact]) -> None:
    chosen = [people[0].id, people[1].id]
    Tagging.objects.create(tag=Tag.objects.create(name="Kerst"), contact=people[0])
    answer = shop_client.post("/contacten/tegelijk/label/", {"id": chosen, "tag": "kerst", "verb": "tag"})
    made = Bulk.objects.get()
    assert made.contact_ids == [people[1].id]
    assert f"done={made.id}" in answer.headers["Location"]
    assert "Ongedaan maken" in shop_client.get(answer.headers["Location"]).content.decode()
    shop_client.post(f"/contacten/tegelijk/{made.id}/ongedaan/")
    assert list(Tagging.objects.values_list("contact_id", flat=True)) == [people[0].id]


def test_everyone_who_fits_is_labelled_at_once(shop_client: Client, people: list[Contact]) -> None:
    shop_client.post("/contacten/tegelijk/label/", {"whole": "1", "q": "p1", "tag": "een", "verb": "tag"})
    assert list(Tagging.objects.values_list("contact_id", flat=True)) == [people[1].id]
    shop_client.post("/contacten/tegelijk/label/", {"whole": "1", "tag": "een", "verb": "untag"})
    assert not Tagging.objects.exists()
    shop_client.post(f"/contacten/tegelijk/{Bulk.objects.latest('id').id}/ongedaan/")
    assert Tagging.objects.count() == 1


def test_a_label_without_a_name_or_people_is_asked_for(shop_client: Client, people: Any) -> None:
    for given in ({"whole": "1", "tag": " "}, {"tag": "x"}):
        shop_client.post("/contacten/tegelijk/label/", given)
    assert not Tag.objects.exists()


def test_the_chosen_are_put_on_a_list_with_a_ground(shop_client: Client, people: list[Contact]) -> None:
    other = make_list("Ander")
    asked = shop_client.post("/contacten/tegelijk/lijst/", {"id": [people[0].id]})
    assert "p0@x.example" in asked.content.decode()
    given = {"id": [people[0].id], "list": other.id, "ground": "consent", "evidence": "Vroeg het."}
    shop_client.post("/contacten/tegelijk/lijst/", given)
    assert Membership.objects.get(list_id=other.id).ground == "consent"
    assert Consent.objects.count() == 1


def test_the_chosen_are_unsubscribed(shop_client: Client, people: list[Contact], into: List) -> None:
    shop_client.post("/contacten/tegelijk/uitschrijven/", {"id": [people[0].id], "from_list": into.id})
    assert Membership.objects.exclude(ended_at=None).get().contact_id == people[0].id


def test_a_stranger_touches_none_of_the_shops_people(
    stranger: Tenant, stranger_client: Client, people: list[Contact], into: List
) -> None:
    ids = [one.id for one in people]
    stranger_client.post("/contacten/tegelijk/label/", {"id": ids, "tag": "x"})
    stranger_client.post("/contacten/tegelijk/label/", {"whole": "1", "tag": "x"})
    stranger_client.post("/contacten/tegelijk/uitschrijven/", {"id": ids, "from_list": into.id})
    assert not Tagging.objects.exists()
    assert not Membership.objects.exclude(ended_at=None).exists()
    with account(stranger.id):
        assert not Tagging.objects.exists()


def test_a_way_back_leads_nowhere_else(shop_client: Client, people: list[Contact]) -> None:
    for back in ("https://boef.example/", "//boef.example/contacten/", "/uitloggen/"):
        answer = shop_client.post(
            "/contacten/tegelijk/label/", {"tag": "x", "id": people[0].id, "back": back}
        )
        assert answer.headers["Location"].startswith("/contacten/")


def test_who_bounced_may_be_mailed_again_who_objected_not(shop_client: Client, in_shop: Tenant) -> None:
    rows = [Suppression.objects.create(email_key=f"s{n}@x.example", reason=n) for n in (1, 2, 3, 4)]
    page = shop_client.get("/contacten/geblokkeerd/?q=s3").content.decode()
    assert "s3@x.example" in page
    assert "s1@x.example" not in page
    for row in rows:
        shop_client.post(f"/contacten/geblokkeerd/{row.id}/vrijgeven/")
    assert set(Suppression.objects.values_list("reason", flat=True)) == {2, 3}


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
    assert Event.objects.get().detail == "anna@x.example"


def test_an_objection_of_either_holds_after_a_merge(into: List) -> None:
    kept, gone = make_contact("a@x.example", into), make_contact("b@x.example", into)
    actions.object_to_all(gone, Membership.EndedBy.PAGE)
    actions.merge(kept.id, gone.id)
    assert Suppression.objects.count() == 2
    assert not Membership.objects.filter(ended_at=None).exists()


def test_another_address_stays_in_the_timeline(shop_client: Client, people: list[Contact]) -> None:
    shop_client.post(f"/contacten/{people[0].id}/wijzigen/", {"email": "nieuw@x.example", "first_name": "Jo"})
    kinds = {moment.kind for moment in queries.timeline(people[0].id)}
    assert kinds == {"address", "changed"}
    assert "p0@x.example" in shop_client.get(f"/contacten/{people[0].id}/").content.decode()


def test_a_field_with_choices_takes_no_other(shop_client: Client, run_jobs: Any, into: List) -> None:
    for label, kind in (("Maat", "choice"), ("Smaak", "choices")):
        given = {"label": label, "kind": kind, "options": "Klein\nGroot, extra\n\nKlein"}
        shop_client.post("/contacten/velden/", given)
    size = Field.objects.get(name="maat")
    assert size.options == ["Klein", "Groot extra"]
    done = bring_in(
        run_jobs,
        "email,maat,smaak\na@x.example,KLEIN,groot extra;klein\nb@x.example,Reus,\n",
        into,
    )
    made = Contact.objects.get()
    assert (getattr(made, size.slot), made.t2, done.refused) == ("Klein", "Klein, Groot extra", 1)
    page = shop_client.post(
        f"/contacten/{made.id}/wijzigen/",
        {"email": made.email, size.slot: "Groot extra", "t2": ["Groot extra"]},
    )
    assert page.status_code == 302
    made.refresh_from_db()
    assert (made.t1, made.t2) == ("Groot extra", "Groot extra")


def test_a_deleted_field_goes_with_what_it_held(shop_client: Client, run_jobs: Any, into: List) -> None:
    field = Field.objects.create(name="x", label="X", kind="text", slot="t1")
    made = make_contact(t1="iets")
    shop_client.post(f"/contacten/velden/{field.id}/verwijderen/")
    run_jobs()
    made.refresh_from_db()
    assert made.t1 is None
    assert not Field.objects.exists()
