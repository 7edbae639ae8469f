"""The erasure drill: a person in every table of the account, in files and in mails that were caught. After the erasure
a search over all of it finds nothing but the keyed hash. A new table or column is in it by itself."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mailexpert.base import clock, env
from mailexpert.conftest import Tenant
from mailexpert.contacts import actions, exports, files
from mailexpert.contacts.models import (
    Bulk,
    Contact,
    Event,
    Export,
    Field,
    Import,
    Membership,
    Preference,
    Refusal,
)
from mailexpert.contacts.tests.cast import bring_in, make_contact, make_list
from mailexpert.core import register
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.core.tests.rows import row_of_each
from mailexpert.privacy import actions_erasure, erasure_ledger, ledger, rules, traces
from mailexpert.privacy.models import Consent, Erasure
from mailexpert.sending.models import CaughtMail, Suppression

ADDRESS, NAME, SECRET = "anna.zonne@voorbeeld.example", "Zonnekwartel", "schoenmaat 41 en een half"
Why = Erasure.Why
TEXTS = """
SELECT table_name, array_agg(quote_ident(column_name)) FROM information_schema.columns
WHERE table_schema = 'public' AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')
GROUP BY table_name
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own, so that every file in it can be searched."""
    known = env.load()
    import dataclasses

    monkeypatch.setattr(env, "load", lambda: dataclasses.replace(known, home=tmp_path))
    return tmp_path


@pytest.fixture
def everywhere(shop: Tenant, home: Path) -> Contact:
    """Anna in every table, by her number and by her address in every text that may name somebody."""
    made = row_of_each(shop.id)
    with account(shop.id):
        Field.objects.update(slot="t9", kind="text")  # what row_of_each makes is no column
        anna = make_contact(ADDRESS, make_list("Van Anna"), last_name=NAME, t1=SECRET)
        Event.objects.create(contact_id=anna.id, kind="changed", detail="last_name")
        Bulk.objects.create(verb="tag", contact_ids=[anna.id, 5])
        Suppression.objects.create(email_key=anna.email_key, reason=Suppression.Reason.COMPLAINT)
        Preference.objects.create(contact_id=anna.id, every_days=7)
        waiting = Import.objects.create(file_name="leden.csv", encoding="utf-8")
        text = f"email;naam\n{ADDRESS.upper()};{NAME}\nbart@voorbeeld.example;Bart\n"
        files.keep(waiting.id, [text.encode()])
        batch = Import.objects.create(file_name="oud.csv", state=Import.State.DONE)
        Refusal.objects.create(batch=batch, line=2, reason="date", values=[ADDRESS, NAME])
    with account(shop.id), beside_wall(Beside.TESTS):
        CaughtMail.objects.create(rcpt_to=[ADDRESS], raw=f"To: {ADDRESS}\n\n{NAME}".encode(), size=1)
        _name_everywhere(shop.id, {model._meta.db_table: row for model, row in made.items()}, anna)
    return anna


def _name_everywhere(account_id: int, rows: dict[str, Any], anna: Contact) -> None:
    """The walk over the register: whatever may name a person names Anna, by address and by number."""
    for place in traces.places():
        for column, kind in place.columns.items():
            value = {"text": f"'{ADDRESS.title()}'", "json": f"'{{\"to\": \"x {ADDRESS} y\"}}'",
                     "array": f"ARRAY['{ADDRESS}']"}[kind]  # fmt: skip
            others = f" AND id <> {anna.id}" if place.table == "contacts_contact" else ""
            _try(f"UPDATE {place.table} SET {column} = {value} WHERE account_id = {account_id}{others}")
    for name, table in register.tables().items():
        if table.person == "contact_id" and name in rows:
            _try(f"UPDATE {name} SET contact_id = {anna.id} WHERE account_id = {account_id}")


def _try(statement: str) -> None:
    """A value that a table's own rules refuse can't be there in real life either."""
    from django.db import DatabaseError, transaction

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return


def _texts() -> Iterator[tuple[str, str]]:
    """Every value that stands in the database, in small letters, with its table and column."""
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute(TEXTS)
        for table, columns in cursor.fetchall():
            cursor.execute(
                f'SELECT {", ".join(f"lower({column}::text)" for column in columns)} FROM "{table}"'
            )
            for row in cursor.fetchall():
                yield from ((f"{table}.{at}", text) for at, text in zip(columns, row, strict=True) if text)


def found_anywhere(words: list[str], home: Path) -> list[str]:
    """Every table, every file, every name of a file."""
    found = [
        f"{place}: {word}"
        for place, text in _texts()
        for word in words
        if word.lower() in text or word.encode().hex() in text
    ]
    for path in (path for path in home.rglob("*") if path.is_file()):
        text = path.read_bytes().lower()
        found += [f"{path.relative_to(home)}: {word}" for word in words if word.lower().encode() in text]
    return sorted(set(found))


@pytest.mark.django_db
def test_nothing_of_an_erased_person_is_found_anywhere_but_the_keyed_hash(
    everywhere: Contact,
    shop: Tenant,
    home: Path,
    run_jobs: Callable[[], int],
    capfd: pytest.CaptureFixture[str],
) -> None:
    words = [ADDRESS, NAME, SECRET]
    assert len({place.partition(".")[0] for place in found_anywhere([ADDRESS], home)}) > 15
    with account(shop.id):
        out = Export.objects.create(wanted={"term": "", "list_id": None, "status": "", "segment_id": None})
        from mailexpert.contacts.jobs import run_export

        run_export.run(account_id=shop.id, export_id=out.id)
        assert ADDRESS in exports.path_of(out.id).read_text()
        erased = actions.erase_contact(everywhere.id, Why.ASKED, stays_off=True)
        assert not Contact.objects.filter(id=everywhere.id).exists()
    run_jobs()
    assert found_anywhere(words, home) == []
    said = capfd.readouterr()
    assert not [word for word in words if word in said.out + said.err]
    with account(shop.id):
        erased.refresh_from_db()
        assert erased.finished_at is not None
        assert erased.email_key == ""
        assert actions_erasure.is_genuine(erased)
        assert erased.counts["contacts_contact"] == 1
        off = Suppression.objects.get(email_key=rules.off_mark(shop.id, ADDRESS))
        assert off.reason == Suppression.Reason.COMPLAINT
        assert Bulk.objects.filter(contact_ids=[5]).exists()
        assert exports.path_of(out.id).exists()  # made once more, without her
        assert (
            "bart@voorbeeld.example"
            in files.path_of(Import.objects.get(state=Import.State.DRAFT, encoding="utf-8").id).read_text()
        )
    with beside_wall(Beside.TESTS):
        assert {entry.contact_id for entry in erasure_ledger.entries()} == {everywhere.id}


@pytest.mark.django_db
def test_the_chain_of_consent_stays_whole(shop: Tenant, home: Path, run_jobs: Callable[[], int]) -> None:
    with account(shop.id):
        into = make_list()
        anna = make_contact(ADDRESS)
        actions.sign_up(anna, into, ground="consent", evidence=f"Mail van {ADDRESS}, 3 mei")
        assert "a***@voorbeeld.example" in str(actions.ledger.Evidence.objects.get().text)
        actions.erase_contact(anna.id, Why.ASKED, stays_off=True)
    run_jobs()
    with beside_wall(Beside.TESTS):
        ledger.seal()
        ledger.seal()
        assert list(ledger.check()) == []
        assert set(Consent.objects.values_list("act", flat=True)) == {Consent.Act.GIVEN, Consent.Act.ERASED}


@pytest.mark.django_db
def test_a_worker_that_dies_at_any_step_is_followed_by_one_that_goes_on(
    everywhere: Contact,
    shop: Tenant,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    run_jobs: Callable[[], int],
) -> None:
    """Killed before each step in turn: the next worker does the rest, and the whole is done."""

    class Killed(BaseException):
        pass

    real = actions_erasure.strides
    total = len(list(real()))
    with account(shop.id):
        person = actions_erasure.Person(contact_id=everywhere.id, email_key=everywhere.email_key)
        begun = actions_erasure.begin(person, Why.ASKED, stays_off=True)

        def until(died_at: int) -> Callable[[], Any]:
            def strides() -> Any:
                for n, (name, act) in enumerate(real()):
                    if n == died_at and name not in Erasure.objects.get(id=begun.id).done:
                        raise Killed
                    yield name, act

            return strides

        for n in range(total):
            monkeypatch.setattr(actions_erasure, "strides", until(n))
            with pytest.raises(Killed):
                actions_erasure.carry_on([begun.id], clock.now())
        monkeypatch.setattr(actions_erasure, "strides", real)
        actions_erasure.carry_on([begun.id], clock.now())
        done = Erasure.objects.get(id=begun.id)
        assert done.finished_at is not None
        actions_erasure.carry_on([begun.id], clock.now())
        assert Erasure.objects.get(id=begun.id).counts == done.counts
    run_jobs()
    assert found_anywhere([ADDRESS, NAME, SECRET], home) == []


@pytest.mark.django_db
def test_who_asked_to_be_erased_is_not_brought_back_by_import_hand_or_api(
    shop: Tenant, stranger: Tenant, home: Path, run_jobs: Callable[[], int]
) -> None:
    with account(shop.id):
        into = make_list()
        anna = make_contact(ADDRESS, into)
        actions.erase_contact(anna.id, Why.ASKED, stays_off=True)
        run_jobs()
        batch = bring_in(run_jobs, f"email,first_name\n{ADDRESS},{NAME}\nbart@voorbeeld.example,Bart\n", into)
        assert (batch.added, batch.refused) == (1, 1)
        refused = Refusal.objects.get()
        assert (refused.reason, refused.values) == ("erased", [])
        for source in ("hand", "api"):
            with pytest.raises(actions.ErasedBefore):
                actions.add_contact(ADDRESS.title(), source=source)
        bart = Contact.objects.get()
        with pytest.raises(actions.ErasedBefore):
            actions.change_contact(bart.id, ADDRESS, {})
        assert actions.add_contact(ADDRESS, source="form").email == ADDRESS  # she comes back by herself
    with account(stranger.id):
        assert actions.add_contact(ADDRESS).email == ADDRESS
        assert rules.off_mark(shop.id, ADDRESS) != rules.off_mark(stranger.id, ADDRESS)


@pytest.mark.django_db
def test_an_address_inside_another_one_is_left_alone(
    shop: Tenant, home: Path, run_jobs: Callable[[], int]
) -> None:
    with account(shop.id):
        anna = make_contact("anna@voorbeeld.example")
        other = make_contact(
            "joanna@voorbeeld.example", t2="anna@voorbeeld.example.org anna@voorbeeld.example"
        )
        actions.erase_contact(anna.id)
        run_jobs()
        other.refresh_from_db()
        assert other.email == "joanna@voorbeeld.example"
        assert re.fullmatch(r"anna@voorbeeld\.example\.org \[#\w{8}\]", other.t2)  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_frozen_person_is_not_changed_by_an_import(shop: Tenant, run_jobs: Callable[[], int]) -> None:
    with account(shop.id):
        anna = make_contact(ADDRESS, first_name="Anna", status=Contact.Status.FROZEN)
        batch = bring_in(run_jobs, f"email,first_name\n{ADDRESS},Ander\n", make_list())
        anna.refresh_from_db()
        assert anna.first_name == "Anna"
        assert not Membership.objects.exists()
        assert (batch.updated, batch.stayed_off) == (0, 1)


@pytest.mark.django_db
def test_a_stranger_s_person_with_the_same_address_stays(
    shop: Tenant, stranger: Tenant, home: Path, run_jobs: Callable[[], int]
) -> None:
    with account(stranger.id):
        theirs = make_contact(ADDRESS, make_list(), last_name=NAME)
    with account(shop.id):
        actions.erase_contact(make_contact(ADDRESS).id, Why.ASKED, stays_off=True)
    run_jobs()
    with account(stranger.id):
        assert Contact.objects.get().id == theirs.id
        assert Membership.objects.count() == 1


@pytest.mark.django_db
def test_many_are_erased_at_the_cost_of_one_each_with_a_receipt_of_their_own(
    shop: Tenant, home: Path, run_jobs: Callable[[], int]
) -> None:
    def statements(people: int) -> int:
        with account(shop.id):
            made = [make_contact(f"p{people}.{n}@voorbeeld.example") for n in range(people)]
            other = make_contact(f"ander{people}@voorbeeld.example", t2=f"met {made[0].email} samen")
            actions.erase_contacts([one.id for one in made], Why.INACTIVE)
            with CaptureQueriesContext(connection) as seen:
                run_jobs()
            receipts = Erasure.objects.filter(contact_id__in=[one.id for one in made]).order_by("id")
            assert [one.counts.get("text of contacts_contact", 0) for one in receipts][:2] == [1, 0]
            assert all(actions_erasure.is_genuine(one) for one in receipts)
            other.refresh_from_db()
            assert "@" not in other.t2  # type: ignore[attr-defined]
        return len(seen)

    assert statements(60) == statements(2)


@pytest.mark.django_db
def test_an_address_in_a_line_of_its_own_inside_json_is_erased_too(
    shop: Tenant, home: Path, run_jobs: Callable[[], int]
) -> None:
    """Written as JSON the line before ends in an n, which is no letter of the address."""
    with account(shop.id):
        anna = make_contact(ADDRESS)
        note = Export.objects.create(wanted={"term": f"naam\n{ADDRESS}"}, state=Export.State.FAILED)
        actions.erase_contact(anna.id)
        run_jobs()
        note.refresh_from_db()
        assert re.fullmatch(r"naam\n\[#\w{8}\]", note.wanted["term"])
