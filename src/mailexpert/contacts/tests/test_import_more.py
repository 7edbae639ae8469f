"""Imports: spreadsheets, dry runs, duplicate rules, citizen service numbers, and taking a whole import back."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts import actions_import, actions_undo, rules_bsn, spreadsheet
from mailexpert.contacts.actions import end_membership
from mailexpert.contacts.models import Change, Contact, Field, Import, List, Membership
from mailexpert.contacts.tests.cast import bring_in, make_contact, make_list, upload
from mailexpert.core.scope import account
from mailexpert.privacy.models import Consent

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]

SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{}</sheetData></worksheet>"
)
BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Leden" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
LINKS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)

OFFICE = LINKS.replace('/worksheet"', '/officeDocument"').replace("worksheets/sheet1.xml", "xl/workbook.xml")


def workbook(rows: list[list[Any]]) -> bytes:
    cells = []
    for n, row in enumerate(rows, 1):
        inside = "".join(
            f'<c r="{chr(65 + at)}{n}"><v>{value}</v></c>'
            if isinstance(value, int | float)
            else f'<c r="{chr(65 + at)}{n}" t="inlineStr"><is><t>{value}</t></is></c>'
            for at, value in enumerate(row)
        )
        cells.append(f'<row r="{n}">{inside}</row>')
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("_rels/.rels", OFFICE)
        book.writestr("xl/workbook.xml", BOOK)
        book.writestr("xl/_rels/workbook.xml.rels", LINKS)
        book.writestr("xl/worksheets/sheet1.xml", SHEET.format("".join(cells)))
    return made.getvalue()


@pytest.fixture
def into(in_shop: Tenant) -> List:
    return make_list()


def test_a_spreadsheet_is_brought_in_like_a_csv(run_jobs: RunJobs, into: List) -> None:
    file = workbook(
        [["E-mail", "Voornaam", "Punten"], ["zoë@voorbeeld.example", "Zoë", 12], ["x", "Jan", 1.5]]
    )
    done = bring_in(
        run_jobs, file, into, mapping={"E-mail": "email", "Voornaam": "first_name", "Punten": "punten"}
    )
    assert (done.state, done.added, done.refused) == ("done", 1, 1)
    made = Contact.objects.get()
    assert (made.email, made.first_name, made.t1) == ("zoë@voorbeeld.example", "Zoë", "12")


def test_a_zip_that_is_no_spreadsheet_is_refused(in_shop: Tenant) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("iets.txt", "x")
    for content in (made.getvalue(), b"PK\x03\x04 en verder niets", workbook([["a"]])[:200]):
        with pytest.raises(spreadsheet.NotASpreadsheet):
            actions_import.take_file(upload(content), "leden.xlsx")
    assert not Import.objects.exists()


def test_a_zip_bomb_is_weighed_before_it_is_unpacked(
    shop_client: Client, in_shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "LARGEST_UNPACKED", 10_000)
    bomb = upload(workbook([["0" * 50_000]]))
    bomb.name = "bom.xlsx"
    page = shop_client.post("/contacten/inlezen/", {"file": bomb})
    assert "meer dan een lijst" in page.content.decode()
    assert not Import.objects.exists()


def test_a_file_of_a_thousand_columns_is_refused_in_a_sentence(shop_client: Client, in_shop: Tenant) -> None:
    wide = upload(";".join(f"k{n}" for n in range(1_000)) + "\n" + ";" * 999 + "\n")
    wide.name = "breed.csv"
    page = shop_client.post("/contacten/inlezen/", {"file": wide})
    assert "300 kolommen" in page.content.decode()


def test_a_dry_run_counts_and_keeps_nothing(shop_client: Client, run_jobs: RunJobs, into: List) -> None:
    make_contact("anna@x.example", first_name="Anna")
    file = upload(
        "email;voornaam;plaats\nanna@x.example;Annie;Ede\nbart@x.example;Bart;Ede\njan@@x;Jan;Ede\n"
    )
    batch = actions_import.take_file(file, "leden.csv")
    given = {"do": "try", "field": ["email", "first_name", "plaats"], "list": into.id, "ground": "consent"}
    shop_client.post(f"/contacten/inlezen/{batch.id}/", given)
    run_jobs()
    batch.refresh_from_db()
    assert batch.state == "draft"
    assert batch.trial is not None
    counts = batch.trial["counts"]
    assert (counts["added"], counts["updated"], counts["refused"], counts["signed_up"]) == (1, 1, 1, 2)
    assert Contact.objects.count() == 1
    assert not Consent.objects.exists()
    assert not Field.objects.exists()
    page = shop_client.get(f"/contacten/inlezen/{batch.id}/").content.decode()
    assert "Wat er zou gebeuren" in page
    assert '<option value="plaats:text" selected' in page


@pytest.mark.parametrize(
    ("existing", "names", "updated"),
    [("update", ("Annie", "Bo"), 2), ("fill", ("Anna", "Bo"), 1), ("keep", ("Anna", ""), 0)],
)
def test_who_is_there_already_is_changed_as_was_chosen(
    run_jobs: RunJobs, into: List, existing: str, names: tuple[str, str], updated: int
) -> None:
    anna, bo = make_contact("anna@x.example", first_name="Anna"), make_contact("bo@x.example")
    batch = actions_import.take_file(
        upload("email,voornaam\nanna@x.example,Annie\nbo@x.example,Bo\n"), "a.csv"
    )
    actions_import.begin(batch, ["email", "first_name"], into, "consent", "ja", existing)
    run_jobs()
    found = [Contact.objects.get(id=one.id).first_name for one in (anna, bo)]
    assert (tuple(found), Import.objects.get().updated) == (names, updated)
    assert Membership.objects.count() == 2


def test_the_eleven_test_knows_a_citizen_service_number() -> None:
    assert rules_bsn.is_bsn("111222333")
    assert rules_bsn.is_bsn("1112.22.333")
    assert not rules_bsn.is_bsn("111222334")
    assert not rules_bsn.is_bsn("000000000")


def _valid(n: int) -> str:
    return next(text for text in (f"{n * 20 + k:09}" for k in range(20)) if rules_bsn.is_bsn(text))


@pytest.mark.parametrize(("header", "count"), [("BSN", 1), ("kenmerk", 1_000)])
def test_a_column_of_citizen_service_numbers_is_blocked(
    run_jobs: RunJobs, into: List, header: str, count: int
) -> None:
    rows = "".join(f"p{n}@x.example,{_valid(10_000_000 + n)}\n" for n in range(count))
    done = bring_in(run_jobs, f"email,{header}\n{rows}", into, mapping={"email": "email", header: header})
    assert (done.state, done.reason) == ("failed", "bsn")
    assert not Contact.objects.exists()


def test_order_numbers_of_nine_figures_come_in(run_jobs: RunJobs, into: List) -> None:
    rows = "".join(f"p{n}@x.example,{100_000_000 + n}\n" for n in range(200))
    done = bring_in(run_jobs, f"email,order\n{rows}", into, mapping={"email": "email", "order": "order"})
    assert (done.state, done.added) == ("done", 200)


def test_a_whole_import_is_taken_back(run_jobs: RunJobs, into: List, shop_client: Client) -> None:
    anna = make_contact("anna@x.example", first_name="Anna")
    bo = make_contact("bo@x.example")
    Membership.objects.create(list_id=into.id, contact_id=bo.id, ground="unknown", source="hand")
    text = "email,voornaam\nanna@x.example,Annie\nbo@x.example,\ncor@x.example,Cor\ndirk@x.example,Dirk\n"
    done = bring_in(run_jobs, text, into, mapping={"email": "email", "voornaam": "first_name"})
    dirk = Contact.objects.get(email="dirk@x.example")
    end_membership(dirk.id, into.id, Membership.EndedBy.ONE_CLICK)
    shop_client.post(f"/contacten/inlezen/{done.id}/ongedaan/")
    assert set(Contact.objects.values_list("email", flat=True)) == {
        "anna@x.example", "bo@x.example", "dirk@x.example",
    }  # fmt: skip
    assert Contact.objects.get(id=anna.id).first_name == "Anna"
    left = {(one.contact_id, one.ground, one.ended_at is None) for one in Membership.objects.all()}
    assert left == {(bo.id, "unknown", True), (dirk.id, "consent", False)}
    assert not Change.objects.exists()
    undone = Consent.objects.filter(source="undo")
    assert undone.count() == 3
    assert all(bytes(line.person) for line in undone)
    assert "ongedaan gemaakt</" in shop_client.get("/contacten/inlezen/").content.decode()


def test_an_import_is_taken_back_once_and_within_a_week(run_jobs: RunJobs, into: List) -> None:
    done = bring_in(run_jobs, "email\na@x.example\n", into)
    Import.objects.filter(id=done.id).update(landed_at=timezone.now() - timedelta(days=8))
    with pytest.raises(actions_undo.TooLate):
        actions_undo.undo(done.id)
    again = bring_in(run_jobs, "email\nb@x.example\n", into)
    actions_undo.undo(again.id)
    with pytest.raises(actions_undo.TooLate):
        actions_undo.undo(again.id)


def test_a_stranger_undoes_nothing(
    stranger_client: Client, run_jobs: RunJobs, shop: Tenant, into: List
) -> None:
    done = bring_in(run_jobs, "email\na@x.example\n", into)
    assert stranger_client.post(f"/contacten/inlezen/{done.id}/ongedaan/").status_code == 404
    with account(shop.id):
        assert Contact.objects.count() == 1
