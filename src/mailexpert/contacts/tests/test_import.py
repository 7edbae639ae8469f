"""Files of contacts, brought in whole."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from mailexpert.conftest import Tenant
from mailexpert.contacts import actions
from mailexpert.contacts.actions_import import (
    EmptyFile,
    NoAddressColumn,
    Order,
    TwiceMapped,
    UnknownColumn,
    start_import,
)
from mailexpert.contacts.models import Contact, Field, Import, List, Membership, Refusal
from mailexpert.contacts.tests.cast import CONSENTED, bring_in, make_contact, make_list, upload
from mailexpert.core.scope import account
from mailexpert.privacy.models import Consent, Evidence
from mailexpert.sending.models import Suppression

RunJobs = Callable[[], int]
pytestmark = pytest.mark.usefixtures("in_shop")


def reasons(batch: Import) -> list[tuple[int, str]]:
    return list(Refusal.objects.filter(batch=batch).order_by("line").values_list("line", "reason"))


def test_good_rows_come_in_and_each_refused_one_is_named(run_jobs: RunJobs) -> None:
    into = make_list()
    batch = bring_in(
        run_jobs,
        "E-mailadres;Voornaam;Achternaam;Woonplaats\n"
        "anna@voorbeeld.example;Anna;de Vries;Utrecht\n"
        "jan@@voorbeeld.example;Jan;Smit;Ede\n"
        ";Niemand;;\n"
        "rené@café.example;René;;\n",
        into,
        mapping={
            "E-mailadres": "email",
            "Voornaam": "first_name",
            "Achternaam": "last_name",
            "Woonplaats": "city",
        },
    )
    assert (batch.state, batch.added, batch.updated, batch.refused) == ("done", 2, 0, 2)
    assert reasons(batch) == [(3, "address"), (4, "no_address")]
    anna = Contact.objects.get(email="anna@voorbeeld.example")
    assert (anna.first_name, anna.last_name, anna.t1) == ("Anna", "de Vries", "Utrecht")
    assert Contact.objects.filter(email="rené@xn--caf-dma.example", first_name="René").exists()
    assert Field.objects.get().name == "city"


def test_a_refused_row_keeps_its_values(run_jobs: RunJobs) -> None:
    batch = bring_in(run_jobs, 'email,naam\njan@@x,"Jan ""de"" \\ Smit, a}"\na@b.example,x\n', make_list())
    assert Refusal.objects.get(batch=batch).values == ["jan@@x", 'Jan "de" \\ Smit, a}']


def test_everyone_is_on_the_list_with_ground_and_proof(run_jobs: RunJobs) -> None:
    into = make_list()
    text = "email\nanna@voorbeeld.example\n"
    batch = bring_in(run_jobs, text, into)
    kept = Membership.objects.get(list_id=into.id)
    assert (kept.ground, kept.source, kept.ended_at) == ("consent", "import", None)
    line = Consent.objects.get()
    assert (line.act, line.contact_id, line.list_id, line.purpose) == (
        1,
        kept.contact_id,
        into.id,
        "newsletter",
    )
    said = Evidence.objects.get(id=line.evidence_id).text
    assert said.startswith(CONSENTED)
    assert f"leden.csv, SHA-256 {sha256(text.encode()).hexdigest()}" in said
    assert "Ik verklaar dat deze mensen deze grondslag gaven" in said
    assert batch.signed_up == 1


def test_the_same_file_again_changes_nothing(run_jobs: RunJobs) -> None:
    into = make_list()
    text = "email,voornaam\nanna@voorbeeld.example,Anna\nbart@voorbeeld.example,\n"
    bring_in(run_jobs, text, into)
    before = list(Contact.objects.order_by("id").values())
    batch = bring_in(run_jobs, text, into)
    assert (batch.added, batch.updated, batch.unchanged, batch.signed_up) == (0, 0, 2, 0)
    assert list(Contact.objects.order_by("id").values()) == before
    assert Consent.objects.count() == 2


def test_an_empty_cell_keeps_what_was_known(run_jobs: RunJobs) -> None:
    into = make_list()
    make_contact(first_name="Anna", last_name="de Vries")
    batch = bring_in(run_jobs, "email,voornaam,achternaam\nANNA@voorbeeld.example,Annie,\n", into)
    assert (batch.added, batch.updated) == (0, 1)
    anna = Contact.objects.get()
    assert (anna.first_name, anna.last_name, anna.email) == ("Annie", "de Vries", "anna@voorbeeld.example")


def test_a_time_zone_comes_in_and_one_that_is_nowhere_is_refused(run_jobs: RunJobs) -> None:
    make_contact("cor@voorbeeld.example", time_zone="Europe/Amsterdam")
    batch = bring_in(
        run_jobs,
        "email,tijdzone\nanna@voorbeeld.example,america/paramaribo\nbart@voorbeeld.example,Mars\n"
        "cor@voorbeeld.example,\n",
        make_list(),
    )
    assert (batch.added, batch.unchanged, reasons(batch)) == (1, 1, [(3, "time_zone")])
    zones = dict(Contact.objects.values_list("email", "time_zone"))
    assert zones == {
        "anna@voorbeeld.example": "America/Paramaribo",
        "cor@voorbeeld.example": "Europe/Amsterdam",
    }


def test_an_address_that_stands_twice_in_the_file_comes_in_once_and_the_last_value_wins(
    run_jobs: RunJobs,
) -> None:
    batch = bring_in(
        run_jobs,
        "email,voornaam,achternaam\na@b.example,Eén,Smit\nc@d.example,X,\nA@B.example,Twee,\na@b.example,,\n",
        make_list(),
    )
    assert (batch.added, batch.duplicates, batch.refused) == (2, 2, 0)
    found = Contact.objects.get(email_key="a@b.example")
    assert (found.first_name, found.last_name) == ("Twee", "Smit")


def test_whoever_unsubscribed_or_is_suppressed_stays_off(run_jobs: RunJobs) -> None:
    into = make_list()
    anna = make_contact("anna@voorbeeld.example", into)
    actions.end_membership(anna.id, into.id, Membership.EndedBy.PAGE)
    Suppression.objects.create(email_key="bart@voorbeeld.example", reason=3)
    Suppression.objects.create(email_key="kees@voorbeeld.example", reason=Suppression.Reason.COMPLAINT)
    names = ("anna@voorbeeld.example", "Bart@voorbeeld.example", "Kees@Voorbeeld.example", "c@d.example")
    batch = bring_in(run_jobs, "\n".join(["email", *names, ""]), into)
    assert (batch.signed_up, batch.stayed_off) == (1, 3)
    assert Membership.objects.get(contact_id=anna.id).ended_at is not None
    blocked = ["bart@voorbeeld.example", "kees@voorbeeld.example"]
    assert not Membership.objects.filter(contact__email_key__in=blocked).exists()


def test_a_known_ground_replaces_an_unknown_one_and_never_the_other_way(run_jobs: RunJobs) -> None:
    into = make_list()
    bring_in(run_jobs, "email\nanna@voorbeeld.example\n", into, ground="unknown")
    assert Membership.objects.get().ground == "unknown"
    bring_in(run_jobs, "email\nanna@voorbeeld.example\n", into, ground="consent")
    assert Membership.objects.get().ground == "consent"
    bring_in(run_jobs, "email\nanna@voorbeeld.example\n", into, ground="unknown")
    assert Membership.objects.get().ground == "consent"


def test_a_formula_stays_text(run_jobs: RunJobs) -> None:
    bring_in(run_jobs, "email,voornaam\na@b.example,=cmd|'/C calc'!A0\n", make_list())
    assert Contact.objects.get().first_name == "=cmd|'/C calc'!A0"


def test_tabs_backslashes_and_line_breaks_arrive_as_they_are(run_jobs: RunJobs) -> None:
    text = 'email,note\na@b.example,"one\\N\ttwo\r\nthree\\\\"\n'
    bring_in(run_jobs, text, make_list(), mapping={"email": "email", "note": "note"})
    assert Contact.objects.get().t1 == "one\\N\ttwo\r\nthree\\\\"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_accents_survive_every_encoding(run_jobs: RunJobs, encoding: str) -> None:
    bring_in(run_jobs, "email;voornaam\na@b.example;Zoë\n".encode(encoding), make_list())
    assert Contact.objects.get().first_name == "Zoë"


def test_a_row_that_the_encoding_cannot_read_or_that_holds_a_nul_is_refused(run_jobs: RunJobs) -> None:
    data = (
        "email,naam\na@b.example,Zoë\n".encode() + b"c@d.example,\xff\ne@f.example,x\x00y\ng@h.example,ok\n"
    )
    batch = bring_in(run_jobs, data, make_list())
    assert batch.added == 2
    assert reasons(batch) == [(3, "unreadable"), (4, "unreadable")]


def test_rows_with_too_many_values_a_lost_quote_or_endless_length_are_refused(run_jobs: RunJobs) -> None:
    text = 'email,naam\na@b.example,x,y\nc@d.example,"lost\n' + "z" * 1_200_000 + "\ng@h.example,ok\n"
    batch = bring_in(run_jobs, text, make_list())
    assert batch.added == 1
    assert reasons(batch) == [(2, "too_many_columns"), (3, "quotes"), (4, "too_long")]


def test_without_a_header_addresses_are_found(run_jobs: RunJobs) -> None:
    batch = bring_in(run_jobs, "Anna,anna@voorbeeld.example\nBart,bart@voorbeeld.example\n", make_list())
    assert batch.added == 2


def test_of_two_columns_with_the_same_name_the_first_is_read(run_jobs: RunJobs) -> None:
    bring_in(run_jobs, "email,email\na@b.example,c@d.example\n", make_list())
    assert Contact.objects.get().email == "a@b.example"


def test_a_cell_of_the_wrong_kind_refuses_its_row(run_jobs: RunJobs) -> None:
    actions.make_field("born", "Geboren", Field.Kind.DATE)
    batch = bring_in(run_jobs, "email,born\na@b.example,31-02-2026\nc@d.example,1-2-1990\n", make_list())
    assert reasons(batch) == [(2, "date")]
    assert str(Contact.objects.get().d1) == "1990-02-01"


@pytest.mark.parametrize(
    ("text", "mapping", "problem"),
    [
        ("", None, EmptyFile),
        ("naam,plaats\nAnna,Ede\n", None, NoAddressColumn),
        ("email\na@b.example\n", {"mail": "email"}, UnknownColumn),
        ("email,x\na@b.example,y\n", {"email": "email", "x": "email"}, TwiceMapped),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_not_kept(
    text: str, mapping: dict[str, str] | None, problem: type[Exception], own_folder: Path
) -> None:
    order = Order(file_name="x.csv", list_id=make_list().id, ground="consent", mapping=mapping)
    with pytest.raises(problem):
        start_import(upload(text), order)
    assert not Import.objects.exists()
    assert not [path for path in own_folder.rglob("*") if path.is_file()]


def test_the_file_is_gone_when_the_import_is_over(run_jobs: RunJobs, own_folder: Path) -> None:
    bring_in(run_jobs, "email\na@b.example\n", make_list())
    assert not [path for path in own_folder.rglob("*") if path.is_file()]


def test_a_strangers_list_takes_no_import(shop: Tenant, stranger: Tenant) -> None:
    with account(stranger.id):
        theirs = make_list("Van een ander")
    with account(shop.id), pytest.raises(List.DoesNotExist):
        start_import(upload("email\na@b.nl\n"), Order(file_name="x.csv", list_id=theirs.id, ground="consent"))
