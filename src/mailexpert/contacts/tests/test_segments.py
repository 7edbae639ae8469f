"""Segments: kept, counted, shown, explained."""

from contextlib import nullcontext
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mailexpert.conftest import Tenant
from mailexpert.contacts import actions_segments, hurry, queries
from mailexpert.contacts import queries_segments as counting
from mailexpert.contacts.models import Contact, Field, List, Segment
from mailexpert.contacts.rules import draft, tree
from mailexpert.contacts.rules.tree import Group, Rule
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.scope import account

EDE = {"join": "all", "parts": [{"on": "field:city", "test": "is", "value": "ede"}]}


@pytest.fixture
def city(shop: Tenant) -> Field:
    with account(shop.id):
        return Field.objects.create(name="city", label="Plaats", kind="text", slot="t1")


@pytest.fixture
def people(shop: Tenant, city: Field) -> list[Contact]:
    with account(shop.id):
        return [make_contact(f"p{n}@voorbeeld.example", t1="Ede" if n % 3 else "Rhenen") for n in range(9)]


@pytest.fixture
def in_ede(shop: Tenant, people: list[Contact]) -> Segment:
    with account(shop.id):
        return actions_segments.keep_segment("Ede", tree.parse(EDE))


def test_a_segment_is_made_without_writing_code(shop_client: Client, shop: Tenant, people: Any) -> None:
    given = {
        "name": " In  Ede ",
        "join-r": "any",
        "on-r-0": "field:city",
        "test-r-0": "is",
        "value-r-0": "EDE",
        "join-r-1": "all",
        "on-r-1-0": "email",
        "test-r-1-0": "begins",
        "value-r-1-0": "p0",
    }
    answer = shop_client.post("/contacten/segmenten/nieuw/", given)
    assert answer.headers["Location"] == "/contacten/segmenten/"
    with account(shop.id):
        kept = Segment.objects.get()
        assert kept.name == "In Ede"
        assert counting.count_exactly(counting.tree_of(kept)) == counting.Number(n=7, is_exact=True)
    assert "Plaats" in shop_client.get("/contacten/segmenten/").content.decode()
    assert b"7" in shop_client.get(f"/contacten/segmenten/{kept.id}/aantal/").content


def test_rules_that_miss_something_are_marked_and_nothing_is_kept(shop_client: Client, shop: Tenant) -> None:
    given = {"name": "Half", "join-r": "all", "on-r-0": "email", "test-r-0": "is", "value-r-0": ""}
    page = shop_client.post("/contacten/segmenten/nieuw/", given)
    assert page.status_code == 422
    assert b'aria-invalid="true"' in page.content
    with account(shop.id):
        assert not Segment.objects.exists()


def test_a_name_serves_once(shop_client: Client, shop: Tenant, in_ede: Segment) -> None:
    given = {"name": "EDE", "join-r": "all"}
    assert shop_client.post("/contacten/segmenten/nieuw/", given).status_code == 422


@pytest.mark.parametrize("do", ["rule:r", "group:r"])
def test_a_button_adds_a_rule_with_and_without_script(shop_client: Client, people: Any, do: str) -> None:
    for path in ("/contacten/segmenten/regels/", "/contacten/segmenten/nieuw/"):
        page = shop_client.post(path, {"join-r": "all", "name": "x", "do": do})
        assert page.status_code == 200
        assert page.content.count(b' name="on-r-0') == 1


def test_the_figures_follow_what_is_typed(shop_client: Client, people: Any) -> None:
    given = {"join-r": "all", "on-r-0": "field:city", "test-r-0": "is", "value-r-0": "Ede"}
    page = shop_client.post("/contacten/segmenten/telling/", given).content.decode()
    assert 'id="left-r-0" hx-swap-oob="true">6\n</span>' in page
    assert "p8@voorbeeld.example" in page


def test_a_rule_that_is_not_filled_in_yet_does_not_count(shop_client: Client, people: Any) -> None:
    given = {"join-r": "all", "on-r-0": "field:city", "test-r-0": "is", "value-r-0": ""}
    assert b"9</span>" in shop_client.post("/contacten/segmenten/telling/", given).content


def test_a_tree_of_any_size_is_answered_with_words(shop_client: Client, shop: Tenant) -> None:
    given = {"join-r": "all", **{f"on-r-{n}": "email" for n in range(90)}}
    page = shop_client.post("/contacten/segmenten/regels/", given)
    assert "hooguit 60 voorwaarden" in page.content.decode()
    deep = {"join-" + "-".join(["r", *["0"] * n]): "all" for n in [*range(900), 1_000]}
    for path, status in (("regels", 200), ("telling", 200), ("nieuw", 422)):
        body = urlencode({**deep, "name": "Diep"})
        kind = "application/x-www-form-urlencoded"
        page = shop_client.post(f"/contacten/segmenten/{path}/", body, content_type=kind)
        assert page.status_code == status
    assert "diep" in page.content.decode()
    with account(shop.id):
        assert not Segment.objects.exists()


def test_a_field_that_is_gone_is_named_and_breaks_no_page(
    shop_client: Client, shop: Tenant, in_ede: Segment, people: list[Contact]
) -> None:
    with account(shop.id):
        Field.objects.all().delete()
    for path in (
        "/contacten/segmenten/",
        f"/contacten/segmenten/{in_ede.id}/",
        f"/contacten/segmenten/{in_ede.id}/aantal/",
        f"/contacten/?segment={in_ede.id}",
        f"/contacten/{people[0].id}/segmenten/",
    ):
        assert shop_client.get(path).status_code == 200


def test_contacts_are_browsed_by_segment(shop_client: Client, in_ede: Segment) -> None:
    page = shop_client.get(f"/contacten/?segment={in_ede.id}").content.decode()
    assert "p1@voorbeeld.example" in page
    assert "p0@voorbeeld.example" not in page


def test_the_frozen_are_in_no_segment(in_ede: Segment, shop: Tenant, people: list[Contact]) -> None:
    with account(shop.id):
        Contact.objects.filter(id=people[1].id).update(status=Contact.Status.FROZEN)
        assert counting.count_exactly(tree.parse(EDE)).n == 5
        assert queries.count(queries.Search(segment_id=in_ede.id)).n == 5


def test_why_somebody_is_in_is_told_rule_by_rule(
    shop_client: Client, shop: Tenant, in_ede: Segment, people: list[Contact]
) -> None:
    text = shop_client.get(f"/contacten/{people[1].id}/segmenten/", headers={"accept-language": "en"})
    assert "in dit segment" in text.content.decode()
    with account(shop.id):
        found = counting.why(tree.parse(EDE), people[0].id)
    assert found == counting.Why(is_in=False, holds={(0,): False})


def test_a_segment_is_deleted_and_its_people_stay(shop_client: Client, shop: Tenant, in_ede: Segment) -> None:
    shop_client.post(f"/contacten/segmenten/{in_ede.id}/verwijderen/")
    with account(shop.id):
        assert not Segment.objects.exists()
        assert Contact.objects.count() == 9


def test_a_column_that_a_segment_looks_into_is_indexed(in_ede: Segment, run_jobs: Any, shop: Tenant) -> None:
    run_jobs()
    with account(shop.id), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('contacts_active_t1') IS NOT NULL")
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT count(*) FROM pg_statistic_ext WHERE stxname = 'contacts_lower_t1'")
        assert cursor.fetchone() == (1,)


def test_a_count_that_takes_too_long_is_estimated(
    shop: Tenant, shop_client: Client, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with account(shop.id):
        monkeypatch.setattr(counting, "_counted", lambda rules, within_ms: None)
        monkeypatch.setattr(counting, "TELLING_HITS", 3)
        assert counting.count_now(tree.parse(EDE)) == counting.Number(n=6, is_exact=False)
    given = {"join-r": "all", "on-r-0": "field:city", "test-r-0": "is", "value-r-0": "Ede"}
    page = shop_client.post("/contacten/segmenten/telling/", given).content.decode()
    assert "ongeveer" in page
    assert '"exactly": "1"' in page  # and the page asks for the exact number by itself


@pytest.mark.parametrize("in_a_transaction", [True, False])
@pytest.mark.django_db(transaction=True)
def test_a_statement_gives_up_after_its_time(shop: Tenant, in_a_transaction: bool) -> None:
    with account(shop.id), transaction.atomic() if in_a_transaction else nullcontext():
        make_contact()
        with pytest.raises(OperationalError) as slow:
            hurry.asked("SELECT pg_sleep(2)", within_ms=50)
        assert hurry.took_too_long(slow.value)
        assert Contact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_hurried_statement_leaves_no_setting_behind(shop: Tenant) -> None:
    with account(shop.id), connection.cursor() as cursor:
        beside, rows = hurry.asked("SELECT current_setting('work_mem')", within_ms=5_000, beside="7")
        assert (beside, rows) == (7, [("128MB",)])
        cursor.execute("SELECT current_setting('work_mem'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("16MB", "0")


@pytest.mark.django_db(transaction=True)
def test_what_follows_from_rules_is_made_once_and_a_count_reads_no_segment(
    shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with account(shop.id):
        Field.objects.create(name="city", label="Plaats", kind="text", slot="t1")
        make_contact(t1="Ede")
        assert counting.count_exactly(tree.parse(EDE)).n == 1
        monkeypatch.setattr(counting.sql, "condition", None)
        with CaptureQueriesContext(connection) as trips:
            assert counting.count_exactly(tree.parse(EDE)).n == 1
        assert [("contacts_field" in one["sql"], "contacts_segment" in one["sql"]) for one in trips] == [
            (True, False)
        ]


@pytest.mark.parametrize("in_a_transaction", [True, False])
@pytest.mark.django_db(transaction=True)
def test_a_count_sees_at_once_that_a_field_moved_or_is_gone(shop: Tenant, in_a_transaction: bool) -> None:
    with account(shop.id), transaction.atomic() if in_a_transaction else nullcontext():
        field = Field.objects.create(name="city", label="Plaats", kind="text", slot="t1")
        make_contact("a@x.example", t1="Ede")
        make_contact("b@x.example", t2="Ede")
        make_contact("c@x.example", t2="Ede", n1=5.0)
        rules = tree.parse(EDE)
        assert counting.count_exactly(rules).n == 1
        Field.objects.filter(id=field.id).update(slot="t2")
        assert counting.count_exactly(rules).n == 2
        Field.objects.filter(id=field.id).update(slot="n1", kind="number")
        with pytest.raises(tree.TreeProblem, match="bad_number"):
            counting.count_exactly(rules)
        over = Group(parts=(Rule(on="field:city", test="over", value=4),))
        assert counting.count_exactly(over).n == 1
        Field.objects.all().delete()
        with pytest.raises(tree.TreeProblem, match="gone"):
            counting.count_exactly(over)


def test_a_large_account_is_sampled_in_stretches(
    shop: Tenant, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "FEW", 5)
    with account(shop.id):
        hits, looked_at = counting.sampled([counting.condition(tree.parse(EDE))])
    assert 0 < hits[0] <= looked_at


def test_buttons_that_ask_for_nonsense_change_nothing() -> None:
    source = {"join": "all", "parts": [{"on": "email", "test": "is", "value": "x"}]}
    for do in ("rule:r-9", "drop:r-7", "drop:r", "rule:r-0", "explode:r", "rule:r" + "-0" * 30, ""):
        assert draft.change(source, do) is None
    assert len(source["parts"]) == 1


@pytest.mark.parametrize("path", ["", "aantal/", "verwijderen/"])
def test_a_stranger_reaches_no_segment(
    stranger_client: Client, shop: Tenant, in_ede: Segment, path: str
) -> None:
    url = f"/contacten/segmenten/{in_ede.id}/{path}"
    assert {stranger_client.get(url).status_code, stranger_client.post(url).status_code} <= {404, 405}
    with account(shop.id):
        assert Segment.objects.count() == 1


def test_a_stranger_counts_none_of_the_shops_people(stranger_client: Client, people: Any) -> None:
    page = stranger_client.post("/contacten/segmenten/telling/", {"join-r": "all"})
    assert b"voorbeeld.example" not in page.content


def test_lists_are_asked_by_their_standing(shop: Tenant) -> None:
    with account(shop.id):
        into = make_list()
        make_contact("a@x.example", into)
        other: List = make_list("Ander")
        for to, n in ((into, 1), (other, 0)):
            rule = Rule(on="list", test="signed_up", value=str(to.id))
            assert counting.count_now(Group(parts=(rule,))).n == n
