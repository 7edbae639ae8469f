"""Finding contacts."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts import actions, queries
from mailexpert.contacts.models import Contact, Membership, Segment
from mailexpert.contacts.queries import Search
from mailexpert.contacts.rules.tree import TreeProblem
from mailexpert.contacts.tests.cast import bring_in, make_contact, make_list
from mailexpert.core.scope import account
from mailexpert.sending.models import Suppression

pytestmark = pytest.mark.usefixtures("in_shop")


def found(term: str) -> list[str]:
    return [one.contact.email for one in queries.page(Search(term=term)).people]


@pytest.mark.parametrize(
    "term", ["ann", "ANNA", "anna@voor", "berg", "Ber", "van der", "anna berg", "el", "o'n", "é", "50%"]
)
def test_the_beginning_of_the_address_or_of_any_word_of_the_name_finds(term: str) -> None:
    make_contact("anna@voorbeeld.example", first_name="Anna El", last_name="van der Berg O'Neil Élan 50%")
    make_contact("bart@voorbeeld.example", first_name="Bart", last_name="Smit")
    assert found(term) == ["anna@voorbeeld.example"]


@pytest.mark.parametrize(
    "term", ["ann anna", "anna anna@", "berg anna@voor", "an@ an", "van anna@voorbeeld. d el"]
)
def test_some_words_may_be_in_the_address_and_the_others_in_the_name(term: str) -> None:
    make_contact("anna@voorbeeld.example", first_name="Anna El", last_name="van der Berg")
    make_contact("an@voorbeeld.example", first_name="Anja", last_name="Smit")
    whose = "an@voorbeeld.example" if term == "an@ an" else "anna@voorbeeld.example"
    assert found(term) == [whose]


@pytest.mark.parametrize(
    "term", ["nna", "%", "_", "'", "\\", "anna smit", "anna & bart", ":*", "a\0b", "x" * 5000]
)
def test_anything_else_finds_nobody_and_breaks_nothing(term: str) -> None:
    make_contact("anna@voorbeeld.example", first_name="Anna", last_name="Berg")
    assert found(term) == []


def test_a_strangers_names_are_not_found(stranger: Tenant) -> None:
    with account(stranger.id):
        make_contact("anna@vreemd.example", first_name="Anna")
    assert found("anna") == []


def test_each_status_has_its_people() -> None:
    into, other = make_list(), make_list("Acties", "offers")
    signed_up = make_contact("a@b.example", into)
    left = make_contact("c@d.example", into)
    actions.end_memberships(left.id, None, Membership.EndedBy.PAGE)
    blocked = make_contact("e@f.example", into)
    Suppression.objects.create(email_key=blocked.email_key, reason=1)
    unknown = make_contact("g@h.example")
    Membership.objects.create(list_id=other.id, contact_id=unknown.id, ground="unknown")
    nowhere = make_contact("i@j.example")
    expected = {
        "signed_up": signed_up,
        "unsubscribed": left,
        "suppressed": blocked,
        "no_ground": unknown,
        "unlisted": nowhere,
    }
    for status, contact in expected.items():
        page = queries.page(Search(status=status))
        assert [(one.contact.id, one.status) for one in page.people] == [(contact.id, status)]
    assert queries.count(Search(list_id=into.id)).n == 2
    assert queries.count(Search(list_id=into.id, status="signed_up")).n == 1


def test_totals_count_a_person_on_two_lists_once() -> None:
    into, other = make_list(), make_list("Acties", "offers")
    anna = make_contact(into=into)
    Membership.objects.create(list_id=other.id, contact_id=anna.id, ground="consent")
    assert queries.totals() == queries.Totals(contacts=1, signed_up=1)


def test_old_totals_of_a_large_account_are_shown_and_counted_anew(
    shop_client: Client, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MANY", 1)
    make_contact("a@x.example")
    queries.count_totals()
    make_contact("b@x.example")
    monkeypatch.setattr(queries, "KEPT_SECONDS", -1)
    assert shop_client.get("/contacten/").context["totals"].contacts == 1
    run_jobs()
    assert queries.totals().contacts == 2


def test_totals_of_a_large_account_that_were_never_counted_are_about_so_many_and_then_exact(
    shop_client: Client, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_contact("a@x.example", make_list())
    monkeypatch.setattr(queries, "MANY", 1)
    monkeypatch.setattr(queries, "_planned", lambda text, _params: 1_210 if "membership" in text else 2_340)
    first = shop_client.get("/contacten/").content.decode()
    assert "Ongeveer 2.340 contacten, waarvan ongeveer 1.210 aangemeld" in first
    assert "Ongeveer 2.340 contacten</span></h2>" in first
    assert first.count("2.340") == first.lower().count("ongeveer 2.340")
    run_jobs()
    then = shop_client.get("/contacten/").content.decode()
    assert "1 contact, waarvan 1 aangemeld" in then
    assert "ongeveer" not in then.lower()


def test_a_share_of_totals_that_are_about_so_many_is_not_shown(
    shop_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_contact("a@x.example")
    assert "100,0\N{NO-BREAK SPACE}% van 1" in shop_client.get("/contacten/?q=a@").content.decode()
    monkeypatch.setattr(queries, "MANY", 1)
    monkeypatch.setattr(queries, "_planned", lambda *_: 2_340)
    assert "% van" not in shop_client.get("/contacten/?q=a@").content.decode()


def test_whom_the_planner_has_not_met_yet_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MANY", 3)
    for n in range(4):
        make_contact(f"c{n}@x.example")
    monkeypatch.setattr(queries, "_planned", lambda *_: 2)
    assert queries.totals() == queries.Totals(contacts=4, signed_up=0)
    monkeypatch.setattr(queries, "MANY", 5)
    monkeypatch.setattr(queries, "_planned", lambda *_: 2_340)
    assert queries.totals().is_exact


def test_after_an_import_the_totals_are_counted_before_a_page_asks(
    run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MANY", 1)
    monkeypatch.setattr(queries, "_planned", lambda *_: 2_340)
    bring_in(run_jobs, "email\na@x.example\nb@x.example\n", make_list())
    assert queries.totals() == queries.Totals(contacts=2, signed_up=2)


@pytest.mark.parametrize(
    ("rows", "told"), [(0, 0), (7, 7), (999, 999), (20_471, 20_500), (1_003_452, 1_000_000)]
)
def test_the_planners_guess_is_told_in_three_figures(
    rows: int, told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_rows", lambda *_: [([{"Plan": {"Plan Rows": rows}}],)])
    assert queries._planned("SELECT", ()) == told


def test_a_long_name_is_kept_and_found_by_its_beginning() -> None:
    Contact.objects.create(email="a@b.example", last_name="x" * 5000)
    assert found("xxx") == ["a@b.example"]


def test_leafing_through_a_status_meets_everyone_once_in_both_directions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    monkeypatch.setattr(queries, "STRETCH", 2)
    monkeypatch.setattr(queries, "LONGER_STRETCH", 4)
    into, other = make_list(), make_list("Acties", "offers")
    left = []
    for n in range(20):
        contact = make_contact(f"c{n}@x.example", into)
        if n % 2:
            Membership.objects.create(list_id=other.id, contact_id=contact.id, ground="unknown")
            Membership.objects.filter(contact_id=contact.id).update(ended_at=timezone.now())
            left.append(contact.id)
    seen: list[int] = []
    page = queries.page(Search(status="unsubscribed"))
    while True:
        seen += [one.contact.id for one in page.people]
        if page.older is None:
            break
        page = queries.page(Search(status="unsubscribed", before=page.older))
    assert seen == left[::-1]
    back = queries.page(Search(status="unsubscribed", after=seen[5]))
    assert [one.contact.id for one in back.people] == seen[2:5]
    assert len(queries.page(Search(status="signed_up")).people) == 3


def test_whoever_is_rare_is_found_when_walking_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    into = make_list()
    first = make_contact("first@x.example")
    for n in range(10):
        make_contact(f"c{n}@x.example", into)
    monkeypatch.setattr(queries, "STRETCH", 2)
    monkeypatch.setattr(queries, "WALK_MS", -1)
    page = queries.page(Search(status="unlisted"))
    assert ([one.contact.id for one in page.people], page.total) == ([first.id], 1)


def test_a_count_that_takes_long_is_a_guess_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    make_contact("a@x.example", make_list())
    monkeypatch.setattr(queries, "_ask", lambda *_: None)
    assert not queries.count(Search(status="signed_up")).is_exact


@pytest.mark.parametrize("few", [0, 2_000])
def test_the_blocked_are_found_whether_few_or_many(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "FEW", few)
    into = make_list()
    made = [make_contact(f"c{n}@x.example", into if n else None) for n in range(5)]
    for one in (made[0], made[2], made[4]):
        Suppression.objects.create(email_key=one.email_key, reason=1)
    Suppression.objects.create(email_key="nobody@x.example", reason=1)
    found = [queries.page(Search(status="suppressed", list_id=list_id)).people for list_id in (None, into.id)]
    assert [[one.contact.id for one in people] for people in found] == [
        [made[4].id, made[2].id, made[0].id],
        [made[4].id, made[2].id],
    ]
    before = queries.page(Search(status="suppressed", before=made[4].id))
    assert [one.contact.id for one in before.people] == [made[2].id, made[0].id]
    assert before.newer == made[2].id


@pytest.mark.parametrize("few", [1, 2_000])
@pytest.mark.parametrize("gives_up", [False, True])
def test_a_page_is_the_same_however_it_was_found(
    gives_up: bool, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_contact(f"{'ab'[n % 2]}{n}@x.example") for n in range(9)]
    rules = {"join": "all", "parts": [{"on": "email", "test": "begins", "value": "a"}]}
    segment = Segment.objects.create(name="a", rules=rules)
    monkeypatch.setattr(queries, "PAGE", 2)
    monkeypatch.setattr(queries, "FEW", few)
    if gives_up:
        monkeypatch.setattr(queries, "_ask", lambda *_args, **_more: None)
    for asked in ({"term": "a"}, {"segment_id": segment.id}):
        page = queries.page(Search(**asked))
        assert [one.contact.id for one in page.people] == [made[8].id, made[6].id]
        older = queries.page(Search(**asked, before=page.older))
        assert [one.contact.id for one in older.people] == [made[4].id, made[2].id]
        newer = queries.page(Search(**asked, after=older.newer))
        assert [one.contact.id for one in newer.people] == [made[8].id, made[6].id]


@pytest.mark.parametrize(
    ("leaf", "first", "last"),
    [({}, 300, 250), ({"before": 200}, 199, 149), ({"after": 100}, 101, 151), ({"after": 290}, 291, 300)],
)
def test_of_few_who_fit_no_more_than_a_page_is_looked_up(
    leaf: dict[str, int], first: int, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []
    of = queries._of
    monkeypatch.setattr(queries, "_of", lambda ids: asked.append(list(ids)) or of(ids))
    queries._looked_up(Search(term="x", **leaf), list(range(1, 301)))
    assert [(ids[0], ids[-1]) for ids in asked] == [(first, last)]


def begins(letter: str) -> dict[str, object]:
    return {"join": "all", "parts": [{"on": "email", "test": "begins", "value": letter}]}


def emails(segment: Segment) -> list[str]:
    return [one.contact.email for one in queries.page(Search(segment_id=segment.id)).people]


def test_a_page_sees_at_once_that_its_segment_changed_or_is_gone() -> None:
    for letter in "ab":
        make_contact(f"{letter}@x.example")
    segment = Segment.objects.create(name="x", rules=begins("a"))
    assert emails(segment) == ["a@x.example"]
    Segment.objects.update(rules=begins("b"))
    assert emails(segment) == ["b@x.example"]
    Segment.objects.update(rules={"join": "all", "parts": [{"on": "field:gone", "test": "is", "value": "x"}]})
    with pytest.raises(TreeProblem, match="gone"):
        emails(segment)
    Segment.objects.update(rules=begins("a"))
    assert emails(segment) == ["a@x.example"]
    Segment.objects.all().delete()
    with pytest.raises(Segment.DoesNotExist):
        emails(segment)


def test_a_walk_that_was_in_vain_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    make_contact("a@x.example")
    segment = Segment.objects.create(name="x", rules=begins("a"))
    tried: list[bool] = []

    def too_long(*_args: object, in_order: bool = False, **_more: object) -> None:
        tried.append(in_order)

    monkeypatch.setattr(queries, "_ask", too_long)
    for _ in range(2):
        assert emails(segment) == ["a@x.example"]
    assert tried[0]
    assert not any(tried[1:])


@pytest.mark.django_db(transaction=True)
def test_a_page_of_a_segment_is_fetched_in_one_trip(shop: Tenant) -> None:
    with account(shop.id):
        into = make_list()
        for n in range(3):
            make_contact(f"a{n}@x.example", into)
        segment = Segment.objects.create(name="x", rules=begins("a"))
        assert len(emails(segment)) == 3
        with CaptureQueriesContext(connection) as trips:
            people = queries.page(Search(segment_id=segment.id)).people
        assert ([one.status for one in people], len(trips)) == (["signed_up"] * 3, 1)


@pytest.mark.django_db(transaction=True)
def test_few_who_fit_are_put_in_order_and_counted_in_one_trip(
    shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_quickly", lambda _wanted: None)
    monkeypatch.setattr(queries, "PAGE", 2)
    with account(shop.id):
        made = [make_contact(f"a{n}@x.example") for n in range(3)]
        make_contact("b@x.example")
        segment = Segment.objects.create(name="x", rules=begins("a"))
        queries.page(Search(segment_id=segment.id))
        with CaptureQueriesContext(connection) as trips:
            page = queries.page(Search(segment_id=segment.id))
        assert ([one.contact.id for one in page.people], len(trips)) == ([made[2].id, made[1].id], 1)
        last = queries.page(Search(segment_id=segment.id, before=page.older))
        assert ([one.contact.id for one in last.people], last.total) == ([made[0].id], None)
        made[0].delete()
        assert queries.page(Search(segment_id=segment.id)).total == 2


@pytest.mark.django_db(transaction=True)
def test_where_nobody_fits_a_page_of_nobody_is_not_asked_for(
    shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    for way in ("_quickly", "_at_once"):
        monkeypatch.setattr(queries, way, lambda _wanted: None)
    with account(shop.id):
        make_contact("a@x.example")
        with CaptureQueriesContext(connection) as trips:
            page = queries.page(Search(term="zzzz"))
        assert (page.people, page.total, page.newer, page.older, len(trips)) == ([], 0, None, None, 1)
