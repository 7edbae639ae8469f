"""Labels, the bar for many at once, blocked addresses, and two contacts that are one person."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts import actions_bulk, forget, jobs_bulk, pieces, queries, queries_history
from mailexpert.contacts.models import Bulk, Contact, Field, List, Membership, Tag, Tagging
from mailexpert.contacts.tests.cast import bring_in, make_contact, make_list
from mailexpert.core.forgetting import Forgotten
from mailexpert.core.scope import account
from mailexpert.privacy import rules
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


def _all(client: Client, run_jobs: Any, **given: Any) -> str:
    """The page of what is done to everyone who fits, once it ran."""
    answer = client.post("/contacten/tegelijk/label/", {"whole": "1", "tag": "een", "verb": "tag", **given})
    waiting = client.get(answer.headers["Location"]).content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    run_jobs()
    return client.get(answer.headers["Location"]).content.decode()


def test_everyone_who_fits_is_labelled_in_the_background(
    shop_client: Client, people: list[Contact], run_jobs: Any
) -> None:
    assert "Label ‘een’ gegeven aan 1 contact" in _all(shop_client, run_jobs, q="p1")
    assert list(Tagging.objects.values_list("contact_id", flat=True)) == [people[1].id]
    _all(shop_client, run_jobs, verb="untag")
    assert not Tagging.objects.exists()
    shop_client.post(f"/contacten/tegelijk/{Bulk.objects.latest('id').id}/ongedaan/")
    assert Tagging.objects.count() == 1


def test_many_are_done_in_pieces_and_stopped_between_two(
    shop_client: Client, people: list[Contact], run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 3)
    began = actions_bulk.begin("tag", queries.Search(), tag_id=Tag.objects.create(name="een").id)
    pieces.gather(began.id)
    make_contact("later@x.example")  # whoever comes in the meantime was not asked for
    people[1].delete()  # and who went is passed over
    assert pieces.step(began.id)
    assert 'aria-valuenow="3"' in shop_client.get(f"/contacten/tegelijk/{began.id}/").content.decode()
    assert (
        shop_client.post(f"/contacten/tegelijk/{began.id}/ongedaan/")
        .headers["Location"]
        .endswith(f"{began.id}/")
    )
    assert Tagging.objects.count() == 2
    shop_client.post(f"/contacten/tegelijk/{began.id}/stoppen/")
    run_jobs()
    page = shop_client.get(f"/contacten/tegelijk/{began.id}/").content.decode()
    assert "Gestopt na 3 van 4" in page
    assert Tagging.objects.count() == 2
    assert Bulk.objects.get(id=began.id).asked_ids == []
    shop_client.post(f"/contacten/tegelijk/{began.id}/ongedaan/")
    assert not Tagging.objects.exists()


def test_an_undo_of_many_runs_in_the_background_too(
    shop_client: Client, people: list[Contact], run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions_bulk, "MOST_AT_ONCE", 2)
    _all(shop_client, run_jobs)
    assert Tagging.objects.count() == 4
    answer = shop_client.post(f"/contacten/tegelijk/{Bulk.objects.get().id}/ongedaan/")
    run_jobs()
    assert not Tagging.objects.exists()
    assert "Ongedaan maken" not in shop_client.get(answer.headers["Location"]).content.decode()


def test_everyone_who_fits_is_put_on_a_list_and_who_left_or_is_blocked_stays_off(
    shop_client: Client, people: list[Contact], into: List, run_jobs: Any
) -> None:
    other = make_list("Ander")
    Membership.objects.create(list=other, contact=people[0], ground="consent", ended_at=timezone.now())
    Membership.objects.create(list=other, contact=people[1], ground="unknown")
    Suppression.objects.create(email_key=people[2].email_key, reason=Suppression.Reason.OBJECTION)
    make_contact("zonder@x.example")
    asked = shop_client.post("/contacten/tegelijk/lijst/", {"whole": "1", "list": into.id}).content.decode()
    assert f'name="who" value="list={into.id}"' in asked
    given = {"list": other.id, "ground": "consent", "evidence": "Vroegen het.", "who": f"list={into.id}"}
    answer = shop_client.post("/contacten/tegelijk/lijst/", {"whole": "1", **given})
    for _ in range(2):  # a job may run twice
        run_jobs()
        jobs_bulk.run_bulk.run(account_id=into.account_id, bulk_id=Bulk.objects.get().id)
    standing = Membership.objects.filter(list=other, ended_at=None, ground="consent")
    assert set(standing.values_list("contact_id", flat=True)) == {people[1].id, people[3].id}
    assert Consent.objects.count() == 2
    assert Consent.objects.filter(person=rules.person(people[3].email_key), evidence_id__gt=0).exists()
    assert "2 contacten zijn op ‘Ander’ gezet" in shop_client.get(answer.headers["Location"]).content.decode()


def test_a_segment_that_is_gone_never_means_everyone(
    shop_client: Client, people: list[Contact], run_jobs: Any
) -> None:
    for path in ("tegelijk/label/", "tegelijk/lijst/", "uitvoer/maken/"):
        shop_client.post(f"/contacten/{path}", {"whole": "1", "tag": "een", "segment": "99"})
    assert not Bulk.objects.exists()
    began = actions_bulk.begin("tag", queries.Search(segment_id=99), tag_id=Tag.objects.create(name="x").id)
    run_jobs()
    assert Bulk.objects.get(id=began.id).state == "failed"
    assert "Er is niets gebeurd" in shop_client.get(f"/contacten/tegelijk/{began.id}/").content.decode()
    assert not Tagging.objects.exists()


def test_who_is_erased_in_the_meantime_leaves_no_number(people: list[Contact], run_jobs: Any) -> None:
    began = actions_bulk.begin("tag", queries.Search(), tag_id=Tag.objects.create(name="een").id)
    pieces.gather(began.id)
    forget.in_bulks([Forgotten(contact_id=people[2].id, address=people[2].email)])
    assert Bulk.objects.get(id=began.id).asked_ids == [people[0].id, people[1].id, 0, people[3].id]
    run_jobs()
    assert Tagging.objects.count() == 3


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


def test_of_the_chosen_too_who_left_or_is_blocked_stays_off(
    shop_client: Client, people: list[Contact]
) -> None:
    other = make_list("Ander")
    Membership.objects.create(list=other, contact=people[0], ground="consent", ended_at=timezone.now())
    Suppression.objects.create(email_key=people[1].email_key, reason=Suppression.Reason.OBJECTION)
    ids = [one.id for one in people[:3]]
    given = {"id": ids, "list": other.id, "ground": "consent", "evidence": "Vroeg het."}
    told = shop_client.post("/contacten/tegelijk/lijst/", given, follow=True).content.decode()
    assert "1 contact is op ‘Ander’ gezet" in told
    assert Membership.objects.get(list=other, ended_at=None).contact_id == people[2].id


def test_the_chosen_are_unsubscribed(shop_client: Client, people: list[Contact], into: List) -> None:
    given = {"id": [people[0].id], "from_list": into.id}
    told = shop_client.post("/contacten/tegelijk/uitschrijven/", given, follow=True).content.decode()
    assert "1 contact is uitgeschreven van ‘" in told
    left = Membership.objects.exclude(ended_at=None).get()
    assert (left.contact_id, left.ended_by) == (people[0].id, Membership.EndedBy.HAND)
    line = Consent.objects.get()
    assert (line.act, line.contact_id, line.list_id) == (Consent.Act.ENDED, people[0].id, into.id)
    assert (line.ground, line.source, line.purpose) == (left.ground, "hand", into.purpose)
    shop_client.post("/contacten/tegelijk/uitschrijven/", given)
    assert Consent.objects.count() == 1


def test_a_stranger_touches_none_of_the_shops_people(
    stranger: Tenant, stranger_client: Client, people: list[Contact], into: List, run_jobs: Any
) -> None:
    ids = [one.id for one in people]
    stranger_client.post("/contacten/tegelijk/label/", {"id": ids, "tag": "x"})
    stranger_client.post("/contacten/tegelijk/label/", {"whole": "1", "tag": "x"})
    stranger_client.post("/contacten/tegelijk/uitschrijven/", {"id": ids, "from_list": into.id})
    mine = actions_bulk.few("tag", ids[:1], tag_id=Tag.objects.create(name="mijn").id, by_id=None)
    for path in ("", "stoppen/", "ongedaan/"):
        url = f"/contacten/tegelijk/{mine.id}/{path}"
        assert {stranger_client.get(url).status_code, stranger_client.post(url).status_code} <= {404, 405}
    run_jobs()
    Tagging.objects.get().delete()
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


def test_another_address_stays_in_the_timeline(shop_client: Client, people: list[Contact]) -> None:
    shop_client.post(f"/contacten/{people[0].id}/wijzigen/", {"email": "nieuw@x.example", "first_name": "Jo"})
    kinds = {moment.kind for moment in queries_history.timeline(people[0].id)}
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
