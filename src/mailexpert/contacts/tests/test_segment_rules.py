"""Rules of segments: reading them, and the same people by SQL as by plain Python."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailexpert.conftest import Tenant
from mailexpert.contacts import queries_catalogue
from mailexpert.contacts import queries_segments as queries
from mailexpert.contacts.models import Contact, Field, List, Membership, Tag, Tagging
from mailexpert.contacts.rules import facts, sql, tree
from mailexpert.contacts.rules.facts import Catalogue, Clock
from mailexpert.contacts.rules.plain import OnList, Person, holds
from mailexpert.contacts.rules.tree import Group, Rule, TreeProblem
from mailexpert.core.scope import account
from mailexpert.sending.models import Delivery, Issue, Suppression

TODAY = date(2026, 11, 22)
WORDS = ["Ede", "ede", "Den Haag", "100%", "a_b", "x\\y", "", "Łódź", None]
OPTIONS = ["Muziek", "Theater", "Sport"]


def _parse(*parts: Any, join: str = "all") -> Group:
    return tree.parse({"join": join, "parts": list(parts)})


# Reading


def test_a_tree_is_read_and_written_alike() -> None:
    source = {
        "join": "any",
        "parts": [
            {"on": "email", "test": "begins", "value": "anna"},
            {"join": "none", "parts": [{"on": "tag", "test": "has", "value": 3}]},
        ],
    }
    assert tree.dump(tree.parse(source)) == source


def _deep(levels: int) -> str:
    return '{"join":"all","parts":[' * levels + "]}" * levels


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{", "not_json"),
        (_deep(8), "too_deep"),
        (_deep(1_000), "too_deep"),
        (_deep(100_000), "too_deep"),
        ([], "not_a_rule"),
        ({"on": "email", "test": "is"}, "not_a_group"),
        ({"join": "all", "parts": [{"on": "email", "test": "is", "sql": "1"}]}, "not_a_rule"),
        ({"join": "xor", "parts": []}, "not_a_rule"),
        ({"join": "all", "parts": [{"on": "email", "test": "is", "value": "x" * 501}]}, "bad_value"),
        ({"join": "all", "parts": [{"on": "email", "test": "is", "value": "\0"}]}, "bad_value"),
        ({"join": "all", "parts": [{"on": "email", "test": "is", "value": {"a": 1}}]}, "bad_value"),
        ({"join": "all", "parts": [{"on": "email", "test": "filled"}] * 61}, "too_many"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused_with_a_reason(source: Any, code: str) -> None:
    with pytest.raises(TreeProblem, match=f"^{code}$"):
        tree.parse(source)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Rule(on="field:gone", test="is", value="x"), "gone"),
        (Rule(on="email; DROP TABLE", test="is", value="x"), "gone"),
        (Rule(on="email", test="over", value=1), "bad_test"),
        (Rule(on="field:n1", test="over", value="veel"), "bad_number"),
        (Rule(on="field:n1", test="over", value="nan"), "bad_number"),
        (Rule(on="field:d1", test="after", value="2026-02-30"), "bad_day"),
        (Rule(on="field:d1", test="past_days", value="-1"), "bad_days"),
        (Rule(on="field:d1", test="past_days", value=10**9), "bad_days"),
        (Rule(on="list", test="signed_up", value="99999"), "bad_choice"),
        (Rule(on="email", test="is", value=""), "no_value"),
        (Rule(on="email", test="any_of", value=" , "), "no_value"),
    ],
)
def test_a_rule_that_does_not_fit_the_account_is_named(rule: Rule, code: str) -> None:
    kinds = {"field:n1": "number", "field:d1": "date", "email": "text", "list": "list"}
    known = Catalogue({key: facts.Fact(key=key, kind=kind, column="t1") for key, kind in kinds.items()})
    assert facts.check(Group(parts=(rule,)), known) == {(0,): code}


def test_a_condition_holds_values_as_parameters_only() -> None:
    known = Catalogue({"email": facts.Fact(key="email", kind="text", column="email_key")})
    made = sql.condition(_parse({"on": "email", "test": "is", "value": "'; DROP"}), known, queries.clock())
    assert "DROP" not in made.sql
    assert list(made.params.values()) == ["'; drop"]


# The same people by both

ZONES = ["Europe/Amsterdam", "America/New_York"]


def _world(shop: Tenant, rng: random.Random) -> dict[int, Person]:
    """Forty contacts with something of everything, and each as a plain person."""
    for kind, slot in (
        ("text", "t1"),
        ("number", "n1"),
        ("date", "d1"),
        ("boolean", "b1"),
        ("choices", "t2"),
    ):
        Field.objects.create(name=slot, label=slot, kind=kind, slot=slot)
    lists = [List.objects.create(name=f"l{n}") for n in range(2)]
    tags = [Tag.objects.create(name=f"t{n}") for n in range(2)]
    issues = [_issue(n) for n in range(2)]
    return {one.id: _someone(rng, one, lists, tags, issues) for one in _contacts(rng)}


def _issue(n: int) -> Issue:
    return Issue.objects.create(subject=f"i{n}", sender_address="a@b.example", purpose="newsletter")


def _contacts(rng: random.Random) -> list[Contact]:
    made = [
        Contact.objects.create(
            email=f"{rng.choice('abc')}{n}@{rng.choice(['x', 'y'])}.example",
            first_name=rng.choice(["Anna", "anna", "", "Bo%"]),
            time_zone=rng.choice(["", *ZONES]),
            t1=rng.choice(WORDS),
            t2=rng.choice([None, "", "Muziek", "Muziek, Sport", "Theater"]),
            n1=rng.choice([None, 0.0, -1.5, 3.0, 1e9]),
            d1=rng.choice([None, TODAY, date(2000, 2, 29), TODAY - timedelta(30), TODAY + timedelta(3)]),
            b1=rng.choice([None, True, False]),
            created_at=datetime(2026, 11, rng.randint(1, 22), rng.randint(0, 23), tzinfo=UTC),
        )
        for n in range(40)
    ]
    return list(Contact.objects.filter(id__in=[one.id for one in made]))


def _someone(
    rng: random.Random, one: Contact, lists: list[List], tags: list[Tag], issues: list[Issue]
) -> Person:
    on = []
    for to in rng.sample(lists, rng.randint(0, 2)):
        ground, ended = rng.choice(["consent", "contract", "unknown"]), rng.random() < 0.3
        since = datetime(2026, 11, rng.randint(1, 22), 23, 30, tzinfo=UTC)
        Membership.objects.create(
            list=to, contact=one, ground=ground, since=since, ended_at=since if ended else None
        )
        on.append(OnList(list_id=to.id, ground=ground, since=since, ended=ended))
    mine = rng.sample(tags, rng.randint(0, 2))
    Tagging.objects.bulk_create([Tagging(tag=tag, contact=one) for tag in mine])
    got = {}
    for issue in rng.sample(issues, rng.randint(0, 2)):
        outcome, at = rng.choice([1, 2]), datetime(2026, 11, rng.randint(1, 22), 12, tzinfo=UTC)
        Delivery.objects.create(
            issue_id=issue.id, contact_id=one.id, attempt=1, outcome=outcome, code=0, at=at
        )
        if outcome == 1:
            got[issue.id] = at
    suppressed = rng.random() < 0.2
    if suppressed:
        Suppression.objects.create(email_key=one.email_key, reason=1)
    columns = {
        f.column: getattr(one, f.column) for f in queries_catalogue.catalogue().facts.values() if f.column
    }
    return Person(
        columns=columns, lists=on, tags=frozenset(t.id for t in mine), got=got, is_suppressed=suppressed
    )


def _rule(rng: random.Random, known: Catalogue) -> Rule:
    fact = known.facts[rng.choice(list(known.facts))]
    return Rule(on=fact.key, test=(test := rng.choice(fact.tests)), value=_value(rng, fact, test))


def _value(rng: random.Random, fact: facts.Fact, test: str) -> Any:
    if test in facts.NO_VALUE:
        return None
    if test in facts.DAYS:
        return rng.choice([0, 1, 3, 10, 30, 36_500])
    if fact.kind in ("date", "moment", "signup"):
        return rng.choice([TODAY, TODAY - timedelta(10), date.min, date.max, date(2000, 2, 29)]).isoformat()
    if fact.kind == "number":
        return rng.choice(["0", "-1,5", "3", 2.5, "1e9"])
    if fact.key == "time_zone":
        return rng.choice(ZONES)
    if fact.options:
        return rng.choice(list(fact.options))
    if test == "any_of":
        return rng.choice([["Ede", "100%"], "ede\nDen Haag", "anna, x"])
    return rng.choice([*filter(None, WORDS), "a", "e", "%", "_", "\\", "ANNA", ".example", "Muziek"])


def _tree(rng: random.Random, known: Catalogue, depth: int = 0) -> Group:
    parts = tuple(
        _tree(rng, known, depth + 1) if depth < 3 and rng.random() < 0.4 else _rule(rng, known)
        for _ in range(rng.randint(0, 3))
    )
    return Group(join=rng.choice(tree.JOINS), parts=parts)


@pytest.mark.django_db
def test_sql_finds_the_very_people_that_plain_python_finds(shop: Tenant) -> None:
    with account(shop.id):
        people = _world(shop, random.Random(5))
        known = queries_catalogue.catalogue()
        now = Clock(today=TODAY, zone=queries.clock().zone)

        @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(st.integers(0, 2**32))
        def same(seed: int) -> None:
            rules = tree.parse(tree.dump(_tree(random.Random(seed), known)))
            if facts.check(rules, known):
                return
            made = sql.condition(rules, known, now)
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT c.id FROM contacts_wall c WHERE {made.sql}", made.params)
                found = {row[0] for row in cursor.fetchall()}
            assert found == {n for n, one in people.items() if holds(rules, one, known, now)}

        same()
