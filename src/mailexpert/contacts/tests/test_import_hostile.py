"""Files and orders that mean harm, or nothing: each ends in a sentence, nothing is lost and nothing is half done."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from mailexpert.conftest import Tenant, make_tenant
from mailexpert.contacts import actions_import, jobs
from mailexpert.contacts.models import Contact, Field, Import, List, Membership, Refusal
from mailexpert.contacts.tests.cast import bring_in, make_list, upload
from mailexpert.core.scope import account
from mailexpert.privacy.models import Consent

RunJobs = Callable[[], int]


@pytest.fixture
def into(in_shop: Tenant) -> List:
    return make_list()


def test_a_file_of_a_million_columns_is_refused_in_a_sentence(shop_client: Client, in_shop: Tenant) -> None:
    wide = upload("email;" + "k;" * 999_998 + "k\n" + "a@x.example\n")
    wide.name = "breed.csv"
    page = shop_client.post("/contacten/inlezen/", {"file": wide})
    assert "300 kolommen" in page.content.decode()
    assert not Import.objects.exists()


def test_a_cell_of_fifty_megabytes_costs_its_own_row(run_jobs: RunJobs, into: List) -> None:
    text = "email,naam\na@x.example,Anna\nb@x.example," + "z" * 50_000_000 + "\nc@x.example,Cor\n"
    done = bring_in(run_jobs, text, into)
    assert (done.state, done.added, done.refused) == ("done", 2, 1)
    assert Refusal.objects.get().reason == "too_long"


def test_one_address_ten_thousand_times_is_one_contact_with_one_proof(run_jobs: RunJobs, into: List) -> None:
    text = "email,naam\n" + "".join(f"{'A' if n % 2 else 'a'}nna@x.example,N{n}\n" for n in range(10_000))
    done = bring_in(run_jobs, text, into)
    assert (done.added, done.duplicates, Consent.objects.count()) == (1, 9_999, 1)
    assert Contact.objects.get().first_name == "N9999"


def test_letters_that_look_alike_are_other_people_and_hosts_show_what_they_are(
    run_jobs: RunJobs, into: List
) -> None:
    done = bring_in(
        run_jobs, "email\nanna@bank.example\n\u0430nna@bank.example\nanna@b\u0430nk.example\n", into
    )
    assert done.added == 3
    assert Contact.objects.filter(email__startswith="anna@xn--").exists()


def test_a_field_that_is_deleted_while_the_file_waits_stops_the_import_and_says_so(
    shop_client: Client, run_jobs: RunJobs, into: List
) -> None:
    batch = actions_import.take_file(upload("email,plaats\na@x.example,Ede\n"), "x.csv")
    actions_import.begin(batch, ["email", "plaats"], into, "consent", "Formulier.")
    Field.objects.all().delete()
    run_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.reason, batch.technical) == ("failed", "field_gone", "plaats")
    assert not Contact.objects.exists()
    assert "is intussen verwijderd" in shop_client.get(f"/contacten/inlezen/{batch.id}/").content.decode()


@pytest.mark.parametrize(
    "name", ["x" * 500, "'; DROP TABLE contacts_contact; --", "account_id", "email_key", "t1"]
)
def test_a_page_that_names_a_column_of_the_table_gets_a_field_of_its_own(
    shop_client: Client, run_jobs: RunJobs, into: List, name: str
) -> None:
    batch = actions_import.take_file(upload("email,plaats\na@x.example,Ede\n"), "x.csv")
    given = {"field": ["email", name], "list": into.id, "ground": "consent", "evidence": "Formulier, mei 2026.",
             "attested": "on", "existing": "update"}  # fmt: skip
    assert shop_client.post(f"/contacten/inlezen/{batch.id}/", given).status_code in (200, 302)
    run_jobs()
    batch.refresh_from_db()
    assert batch.state in ("draft", "done")
    assert [one.t1 for one in Contact.objects.all()] in ([], ["Ede"])
    assert all(one.slot == "t1" and len(one.name) <= 40 for one in Field.objects.all())


def test_one_file_twice_at_the_same_moment_comes_in_once(transactional_db: None) -> None:
    shop = make_tenant("winkel", "Winkel de Vries")
    rows = "email,naam\n" + "".join(f"c{n}@x.example,N{n}\n" for n in range(300))
    with account(shop.id):
        into = make_list()
        order = actions_import.Order(
            file_name="x.csv", list_id=into.id, ground="consent", evidence="Formulier."
        )
        ids = [actions_import.start_import(upload(rows), order).id for _ in range(2)]

    def run(import_id: int) -> None:
        jobs.run_import.run(account_id=shop.id, import_id=import_id)
        connection.close()

    both = [threading.Thread(target=run, args=[one]) for one in ids]
    for one in both:
        one.start()
    for one in both:
        one.join()
    with account(shop.id):
        assert sorted(Import.objects.values_list("added", "unchanged", "signed_up")) == [
            (0, 300, 0),
            (300, 0, 300),
        ]
        assert (Contact.objects.count(), Membership.objects.count(), Consent.objects.count()) == (
            300,
            300,
            300,
        )
