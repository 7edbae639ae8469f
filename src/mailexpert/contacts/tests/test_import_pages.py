"""The pages of an import, from upload to refused rows."""

import csv
import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mailexpert.base import antivirus
from mailexpert.conftest import Tenant
from mailexpert.contacts import actions_import
from mailexpert.contacts.models import Contact, Field, Import, List, Refusal
from mailexpert.contacts.tests.cast import make_list
from mailexpert.core.scope import account
from mailexpert.privacy.models import Consent, Evidence

RunJobs = Callable[[], int]
TEXT = "E-mail;Naam;Plaats\nanna@voorbeeld.example;Anna;Ede\njan@@x;=1+1;Ede\n"
EVIDENCE = "Formulier van de open dag, mei 2026."


def upload(client: Client, text: str = TEXT, name: str = "leden.csv") -> str:
    answer = client.post("/contacten/inlezen/", {"file": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def start(client: Client, url: str, **given: object) -> int:
    new_list = {"list": "new", "new_name": "Leden", "new_purpose": "newsletter"}
    data = {"field": ["email", "first_name", "plaats"], **new_list, "ground": "consent", "evidence": EVIDENCE}
    data["attested"] = "on"
    return client.post(url, data | given).status_code


def test_a_file_goes_in_step_by_step(shop_client: Client, shop: Tenant, run_jobs: RunJobs) -> None:
    url = upload(shop_client)
    draft = shop_client.get(url).content.decode()
    assert '<option value="first_name" selected>' in draft
    assert "Ede" in draft
    assert start(shop_client, url) == 302
    assert "hx-trigger" in shop_client.get(url).content.decode()
    run_jobs()
    done = shop_client.get(url).content.decode()
    assert "hx-trigger" not in done
    assert "jan@@x" in done
    with account(shop.id):
        batch = Import.objects.get()
        assert (batch.state, batch.added, batch.refused, batch.list.name) == ("done", 1, 1, "Leden")
        assert Contact.objects.get().t1 == "Ede"


SALE = {
    "bought": "Tuingereedschap",
    "ordered": "Orders 1 tot 80, voorjaar 2026",
    "could_refuse": "Vinkje bij de kassa.",
}


def test_existing_customers_come_in_with_evidence_of_their_own(
    shop_client: Client, shop: Tenant, run_jobs: RunJobs
) -> None:
    url = upload(shop_client)
    for lacking in SALE:
        given = {"ground": "soft_opt_in", "evidence": "", **SALE, lacking: ""}
        assert start(shop_client, url, **given) == 200
    assert start(shop_client, url, ground="soft_opt_in", evidence="", **SALE) == 302
    run_jobs()
    with account(shop.id):
        [line] = Consent.objects.all()
        said = Evidence.objects.get(id=line.evidence_id).text
    assert line.ground == "soft_opt_in"
    for words in ("Tuingereedschap", "Orders 1 tot 80, voorjaar 2026", "Vinkje bij de kassa", "SHA-256"):
        assert words in said


def test_a_dry_run_that_ended_brings_its_page_to_the_figures(
    shop_client: Client, shop: Tenant, run_jobs: RunJobs
) -> None:
    url = upload(shop_client)
    start(shop_client, url, do="try")
    assert "HX-Refresh" not in shop_client.get(f"{url}stand/").headers
    run_jobs()
    assert shop_client.get(f"{url}stand/").headers["HX-Refresh"] == "true"
    page = shop_client.get(url)
    assert page.context["tried"]["rows"] == 2
    assert page.context["form"]["new_name"].value() == "Leden"
    text = page.content.decode()
    assert EVIDENCE in text  # what was filled in is still there
    assert 'value="consent" id="id_ground_0" checked' in text.replace("required ", "")
    assert page.context["form"]["attested"].value() == "on"


def test_refused_rows_come_back_as_a_file_without_live_formulas(
    shop_client: Client, shop: Tenant, run_jobs: RunJobs
) -> None:
    url = upload(shop_client)
    start(shop_client, url)
    run_jobs()
    answer = shop_client.get(f"{url}geweigerd.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[1][0] == "3"
    assert "jan@@x" in rows[1][1]
    assert rows[1][2:] == ["jan@@x", "'=1+1", "Ede"]


def test_a_file_is_read_another_way_when_we_guessed_wrong(shop_client: Client, shop: Tenant) -> None:
    url = upload(shop_client, "a@b.example\nc@d.example\n")
    given = {"encoding": "windows-1252", "delimiter": "\t", "has_header": "yes"}
    shop_client.post(f"{url}lezen-als/", given)
    with account(shop.id):
        batch = Import.objects.get()
        assert (batch.encoding, batch.delimiter, batch.has_header) == ("windows-1252", "\t", True)


@pytest.mark.parametrize(
    "given",
    [
        {"field": ["", "first_name", ""]},
        {"field": ["email", "email", ""]},
        {"evidence": ""},
        {"list": "new", "new_name": ""},
        {"list": "new", "new_name": "Bestaat al"},
        {"ground": "zomaar"},
        {"list": "999999"},
    ],
)
def test_nothing_starts_before_columns_list_and_ground_are_clear(
    shop_client: Client, shop: Tenant, given: dict[str, object]
) -> None:
    with account(shop.id):
        make_list("Bestaat al")
    url = upload(shop_client)
    assert start(shop_client, url, **given) == 200
    with account(shop.id):
        assert Import.objects.get().state == "draft"
        assert List.objects.count() == 1


@pytest.mark.parametrize(
    ("problem", "word"),
    [
        (antivirus.Infected("Eicar"), "Eicar"),
        (antivirus.ScannerDown("weg"), "virusscanner"),
        (antivirus.ScannerMissing("geen"), "virusscanner"),
    ],
)
def test_a_file_that_the_scanner_refuses_is_not_stored(
    shop_client: Client, shop: Tenant, monkeypatch: pytest.MonkeyPatch, problem: Exception, word: str
) -> None:
    def refuse(*_args: object) -> None:
        raise problem

    monkeypatch.setattr(actions_import.antivirus, "scan", refuse)
    answer = shop_client.post("/contacten/inlezen/", {"file": SimpleUploadedFile("x.csv", b"email\n")})
    assert word in answer.content.decode()
    with account(shop.id):
        assert not Import.objects.exists()


def test_an_empty_file_is_refused_in_words(shop_client: Client) -> None:
    answer = shop_client.post("/contacten/inlezen/", {"file": SimpleUploadedFile("x.csv", b"")})
    assert b"me-error-summary" in answer.content


def test_a_draft_is_thrown_away(shop_client: Client, shop: Tenant) -> None:
    url = upload(shop_client)
    shop_client.post(f"{url}stoppen/")
    assert shop_client.get(url).status_code == 404


def test_a_waiting_import_is_cancelled_and_never_runs(
    shop_client: Client, shop: Tenant, run_jobs: RunJobs
) -> None:
    url = upload(shop_client)
    start(shop_client, url)
    shop_client.post(f"{url}stoppen/")
    run_jobs()
    with account(shop.id):
        assert Import.objects.get().state == "cancelled"
        assert not Contact.objects.exists()


@pytest.mark.parametrize("path", ["", "lezen-als/", "stand/", "stoppen/", "geweigerd.csv"])
def test_a_stranger_reaches_no_import(shop_client: Client, stranger_client: Client, path: str) -> None:
    url = upload(shop_client) + path
    answers = {stranger_client.get(url).status_code, stranger_client.post(url).status_code}
    assert answers <= {404, 405}
    assert 404 in answers


CLUB = (
    "E-mail;Bedrag;Sinds;Bestuur;Soort\n"
    "a@x.example;12,50;1-5-2026;ja;goud\n"
    "b@x.example;veel;1-5-2026;ja;goud\n"
    "c@x.example;3;ooit;nee;zilver\n"
    "d@x.example;3;2-5-2026;misschien;zilver\n"
    "e@x.example;3;2-5-2026;nee;brons\n"
    "f@x.example;4;2-5-2026;nee;Zilver\n"
)
KINDS = ["email", "bedrag:number", "sinds:date", "bestuur:boolean", "soort:choice"]


def test_a_new_field_is_of_the_kind_that_was_chosen_and_what_does_not_fit_is_refused(
    shop_client: Client, shop: Tenant, run_jobs: RunJobs
) -> None:
    url = upload(shop_client, CLUB)
    given = {"field": KINDS, "choices-5": "goud, zilver"}
    start(shop_client, url, do="try", **given)
    run_jobs()
    tried = shop_client.get(url)
    assert (tried.context["tried"]["added"], tried.context["tried"]["refused"]) == (2, 4)
    assert '<option value="bedrag:number" selected>' in tried.content.decode()
    assert 'value="goud, zilver"' in tried.content.decode()
    with account(shop.id):
        assert not Field.objects.exists()
    assert start(shop_client, url, **given) == 302
    run_jobs()
    with account(shop.id):
        kinds = dict(Field.objects.values_list("name", "kind"))
        assert kinds == {"bedrag": "number", "sinds": "date", "bestuur": "boolean", "soort": "choice"}
        assert Field.objects.get(name="soort").options == ["goud", "zilver"]
        why = list(Refusal.objects.order_by("line").values_list("reason", flat=True))
        assert why == ["number", "date", "boolean", "choice"]
        assert Contact.objects.get(email="f@x.example").t1 == "zilver"


def test_the_kind_that_a_column_looks_like_stands_first(shop_client: Client) -> None:
    page = shop_client.get(
        upload(shop_client, "E-mail;Sinds\na@x.example;1-5-2026\nb@x.example;2026-05-02\n")
    )
    [_email, since] = page.context["columns"]
    assert [value for value, _words in since["kinds"][1]][:2] == ["sinds:date", "sinds:text"]
    assert since["kinds"][0] == "Nieuw veld: Sinds, zo te zien datum"
    assert since["chosen"] == ""


@pytest.mark.parametrize("typed", ["", "goud"])
def test_a_choice_asks_for_more_than_one_value(shop_client: Client, shop: Tenant, typed: str) -> None:
    url = upload(shop_client, CLUB)
    for do in ("try", "start"):
        data = {"field": KINDS, "choices-5": typed, "do": do}
        assert start(shop_client, url, **data) == 200
    with account(shop.id):
        assert not Field.objects.exists()
