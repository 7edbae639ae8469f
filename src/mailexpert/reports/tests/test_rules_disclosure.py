"""A report tells nothing by which somebody learns what one reader did: an attacker who chose mailing, segments and
conditions, and who knows what everybody else did, looks at two worlds that differ in one person's clicks alone."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailexpert.core.report_sections import SMALLEST_GROUP
from mailexpert.reports import rules_disclosure as rules
from mailexpert.reports.rules_disclosure import OTHER, Cell, Link, Measured, Sums, Told
from mailexpert.tracking.rules import Hour

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)


def told(**changes):
    values = {"sent": 100, "sums": Sums(clicks=30), "many_from": TEN}
    return rules.tell(Measured(**{**values, **changes}))


@pytest.mark.parametrize(("sent", "is_withheld"), [(0, True), (1, True), (19, True), (20, False)])
def test_of_fewer_than_twenty_nothing_is_told_not_even_a_sum(sent, is_withheld):
    found = told(sent=sent, links=[Link(number=0, base=sent, clicks=1)])
    assert found.is_withheld is is_withheld
    assert (found == Told(untold=1)) is is_withheld


@pytest.mark.parametrize("base", [None, 0, 19])
def test_a_link_that_few_saw_takes_the_sums_and_splits_with_it(base):
    links = [Link(number=0, base=100, clicks=29, machine_clicks=2), Link(number=1, base=base, clicks=1)]
    found = told(links=links, hours=[Hour(at=TEN, clicks=30)], machines=[Cell(name="2", clicks=2)])
    assert (found.links, found.untold) == (tuple(links[:1]), 1)
    assert (found.sums, found.hours, found.machines) == (Sums(clicks=29, machine_clicks=2), (), ())


def test_hours_before_many_had_it_are_told_with_the_one_in_which_they_had():
    hours = [Hour(at=TEN + timedelta(hours=n), clicks=n + 1) for n in range(4)]
    found = told(hours=hours, many_from=TEN + timedelta(hours=1, minutes=20))
    assert [(one.at.hour, one.clicks) for one in found.hours] == [(11, 3), (12, 3), (13, 4)]
    assert told(hours=hours, many_from=None).hours == ()


@pytest.mark.parametrize(
    ("cells", "whole", "expected"),
    [
        ({"phone": 60, "desktop": 40}, 100, {"phone": 60, "desktop": 40}),
        ({"phone": 60, "desktop": 39}, 100, {"phone": 60, OTHER: 40}),  # one unknown would be alone
        ({"phone": 50, "desktop": 30, "tablet": 5}, 100, {"phone": 50, "desktop": 30, OTHER: 20}),
        ({"phone": 95, "tablet": 5}, 100, {}),  # five would be told by the rest
        ({"phone": 19}, 19, {}),
        ({}, 0, {}),
    ],
)
def test_a_property_is_told_of_many_and_so_is_what_remains(cells, whole, expected):
    devices = [Cell(name=name, clicks=n) for name, n in cells.items()]
    found = told(sums=Sums(clicks=whole), properties={"devices": devices}).properties["devices"]
    assert {cell.name: cell.clicks for cell in found} == expected


@st.composite
def mailings(draw):
    """Who got it, which links each saw, and who clicked what when with which device; one of them is the victim."""
    people = draw(st.integers(1, 60))
    shown = [
        draw(st.sampled_from(["all", "some", "one", "all but one", "unknown"]))
        for _ in range(draw(st.integers(1, 5)))
    ]
    clicks = draw(
        st.lists(
            st.tuples(
                st.integers(0, people - 1),
                st.integers(0, len(shown) - 1),
                st.integers(0, 3),
                st.integers(0, 3),
            ),
            max_size=120,
        )
    )
    early = draw(st.integers(0, people))
    return people, shown, clicks, early


def sees(kind, person, people):
    """The victim is person 0: the attacker made the segments around them."""
    if kind in ("one", "unknown"):
        return person == 0
    return person > 0 if kind == "all but one" else kind == "all" or person % 3 == 0


def base_of(kind, people):
    return None if kind == "unknown" else sum(sees(kind, person, people) for person in range(people))


def report_of(people, shown, clicks, early):
    """Everything that the pages, the files and the API say of readers. `early` people had it in the first hour."""
    clicks = [one for one in clicks if sees(shown[one[1]], one[0], people)]
    per_link = Counter(link for _who, link, _hour, _device in clicks)
    hours = Counter(hour for *_rest, hour, _device in clicks)
    parts = Counter(12 * hour + link for _who, link, hour, _device in clicks)
    devices = Counter(str(device) for *_rest, device in clicks if device)
    minutes = [(TEN, early), (TEN + timedelta(hours=1), people - early)]
    return rules.tell(
        Measured(
            sent=people,
            sums=Sums(clicks=len(clicks)),
            links=[
                Link(number=n, base=base_of(kind, people), clicks=per_link[n]) for n, kind in enumerate(shown)
            ],
            many_from=rules.first_of_many(minutes),
            hours=[Hour(at=TEN + timedelta(hours=hour), clicks=n) for hour, n in sorted(hours.items())],
            parts=[Hour(at=TEN + timedelta(minutes=5 * part), clicks=n) for part, n in sorted(parts.items())],
            properties={"devices": [Cell(name=name, clicks=n) for name, n in devices.items()]},
        )
    )


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(mailings(), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 3)), max_size=5))
def test_what_somebody_clicked_in_a_group_under_twenty_changes_nothing_that_is_told(mailing, theirs):
    people, shown, clicks, early = mailing
    others = [one for one in clicks if one[0] != 0]
    small = [
        n
        for n, kind in enumerate(shown)
        if people < SMALLEST_GROUP or (base_of(kind, people) or 0) < SMALLEST_GROUP
    ]
    mine = [(0, link, hour, device) for link, hour, device in theirs if link in small]
    assert report_of(people, shown, others, early) == report_of(people, shown, [*others, *mine], early)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(mailings())
def test_no_sum_or_difference_of_what_is_told_is_about_fewer_than_twenty_people(mailing):
    people, shown, clicks, early = mailing
    found = report_of(people, shown, clicks, early)
    if found.sums is None:
        return
    small = sum(
        sees(shown[link], who, people) and (base_of(shown[link], people) or 0) < SMALLEST_GROUP
        for who, link, _hour, _device in clicks
    )
    everything = sum(sees(shown[link], who, people) for who, link, *_rest in clicks)
    assert sum(link.clicks for link in found.links) == found.sums.clicks == everything - small
    assert sum(hour.clicks for hour in found.hours) in (0, found.sums.clicks)
    assert sum(part.clicks for part in found.parts) == sum(hour.clicks for hour in found.hours)
    for cells in found.properties.values():
        assert all(cell.clicks >= SMALLEST_GROUP for cell in cells)
        assert not cells or sum(cell.clicks for cell in cells) == found.sums.clicks
    if found.hours:
        had_it = early if found.hours[0].at == TEN else people
        assert had_it >= SMALLEST_GROUP
    if found.parts:
        had_it = early if found.parts[0].at < TEN + timedelta(hours=1) else people
        assert had_it >= SMALLEST_GROUP
