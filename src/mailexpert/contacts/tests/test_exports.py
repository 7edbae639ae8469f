"""Contacts on their way out."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts import actions_segments, exports, jobs
from mailexpert.contacts.models import Contact, Export, Field, Segment
from mailexpert.contacts.tests.cast import bring_in, make_contact, make_list
from mailexpert.core.scope import account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "path_of", lambda export_id: tmp_path / "exports" / f"{export_id}.csv")


def _rows(client: Client, made: Export) -> list[list[str]]:
    answer = client.get(f"/contacten/uitvoer/{made.id}/contacten.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_what_a_search_finds_is_exported_with_formulas_defused(
    shop_client: Client, in_shop: Tenant, run_jobs: Callable[[], int]
) -> None:
    Field.objects.create(name="city", label="Plaats", kind="text", slot="t1")
    into = make_list()
    anna = make_contact(
        "anna@x.example",
        into,
        first_name="=cmd|'/c calc'!A1",
        last_name='Van "D"',
        time_zone="Europe/Brussels",
        t1="@Ede",
    )
    make_contact("bart@x.example")
    actions_segments.tag([anna.id], actions_segments.make_tag("open dag").id)
    shop_client.post("/contacten/uitvoer/maken/", {"q": "anna"})
    run_jobs()
    made = Export.objects.get()
    head, row = _rows(shop_client, made)
    assert head[:5] == ["email", "first_name", "last_name", "language", "time_zone"]
    assert row[:8] == [
        "anna@x.example", "'=cmd|'/c calc'!A1", 'Van "D"', "", "Europe/Brussels", "'@Ede", "Nieuwsbrief", "open dag",
    ]  # fmt: skip
    assert made.rows == 1
    assert "Download" in shop_client.get("/contacten/uitvoer/").content.decode()


def test_an_export_that_is_brought_in_again_is_the_same_people(
    shop_client: Client, in_shop: Tenant, run_jobs: Callable[[], int]
) -> None:
    Field.objects.create(name="phone", label="Telefoon", kind="text", slot="t1")
    Field.objects.create(name="born", label="Geboren", kind="date", slot="d1")
    into = make_list()
    values = {"first_name": "=Anna", "last_name": "'t Hooft", "t1": "+31 6 12345678"}
    make_contact("anna@x.example", into, d1=date(1990, 2, 1), time_zone="Europe/Brussels", **values)
    make_contact("bart@x.example", into, first_name="\uff1dBart", t1="'-")
    before = list(Contact.objects.order_by("id").values())
    shop_client.post("/contacten/uitvoer/maken/")
    run_jobs()
    made = Export.objects.get()
    assert "'=Anna" in str(_rows(shop_client, made)[1])
    assert "'\uff1dBart" in str(_rows(shop_client, made)[2])
    done = bring_in(run_jobs, exports.path_of(made.id).read_bytes(), into)
    assert (done.added, done.updated, done.unchanged, done.refused) == (0, 0, 2, 0)
    assert list(Contact.objects.order_by("id").values()) == before


def test_an_export_expires_after_a_day(
    shop_client: Client, in_shop: Tenant, run_jobs: Callable[[], int]
) -> None:
    make_contact()
    shop_client.post("/contacten/uitvoer/maken/")
    run_jobs()
    made = Export.objects.get()
    Export.objects.update(finished_at=timezone.now() - timedelta(hours=25))
    assert shop_client.get(f"/contacten/uitvoer/{made.id}/contacten.csv").status_code == 410
    jobs.clean_imports.run()
    assert not exports.path_of(made.id).exists()


def test_a_segment_that_is_gone_meanwhile_is_said(
    shop_client: Client, in_shop: Tenant, run_jobs: Callable[[], int]
) -> None:
    gone = Segment.objects.create(name="x", rules={"join": "all", "parts": []})
    shop_client.post("/contacten/uitvoer/maken/", {"segment": gone.id})
    gone.delete()
    run_jobs()
    assert Export.objects.get().state == "failed"
    assert "segment is er niet meer" in shop_client.get("/contacten/uitvoer/").content.decode()


def test_a_stranger_fetches_no_export(
    stranger_client: Client, shop_client: Client, in_shop: Tenant, run_jobs: Callable[[], int]
) -> None:
    make_contact()
    shop_client.post("/contacten/uitvoer/maken/")
    run_jobs()
    made = Export.objects.get()
    assert stranger_client.get(f"/contacten/uitvoer/{made.id}/contacten.csv").status_code == 404


def test_export_holds_the_accounts_own_people_alone(
    stranger: Tenant, shop_client: Client, in_shop: Tenant, run_jobs: Callable[[], int]
) -> None:
    with account(stranger.id):
        make_contact("vreemd@x.example")
    make_contact()
    shop_client.post("/contacten/uitvoer/maken/")
    run_jobs()
    assert len(_rows(shop_client, Export.objects.get())) == 2
