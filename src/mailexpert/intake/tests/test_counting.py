"""From lines to sums: every hit counts once, and with machines mixed in the sums are a plain recount's."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailexpert.intake.counting import Known, add_up, hits
from mailexpert.intake.hits import Device, Hit, Kind, Rule, prefix, read, verdicts

NOW = 1_795_000_000
HOUR = NOW // 3600
DAY = 86_400


def asked(who: int, contact: int = 0, link: int = 0, at: int = NOW, rule: int = 0) -> bytes:
    return b"~%b%d\t%d\t%d\n" % (prefix(7, link, False, 0 if rule else 1, rule), who, contact, at)


def counted(
    lines: bytes, known: dict[tuple[int, int], Known] | None = None, ahead: float = 0.0
) -> Counter[int]:
    found = hits(lines, dict(verdicts(lines.splitlines())), ahead=ahead, now=NOW + ahead)
    counts = add_up(found, known or {}).counts
    out: Counter[int] = Counter()
    for kind, n in zip(counts["kinds"], counts["sums"], strict=True):
        out[int(str(kind))] += int(str(n))
    return out


def test_a_line_of_the_version_before_is_read() -> None:
    assert read(b"7\t0\t2\t%d" % HOUR) == Hit(7, 0, 2, 0, Rule.PERSON, "", HOUR * 3600)
    assert read(b"7\t0\t4\t%d" % HOUR).rule == Rule.PROGRAM


def test_a_hit_is_kept_by_the_five_minutes_and_one_of_the_version_before_by_its_hour() -> None:
    line = prefix(7, 0, False, 1, 0)
    lines = b"%b%d\n%b%d\t%d\n%b%d\t%d\n" % (line, HOUR - 1, line, HOUR - 1, 0, line, HOUR - 1, 11)
    lines += asked(5, at=(HOUR - 1) * 3600 + 3599)
    counts = add_up(hits(lines, {}, ahead=0, now=NOW), {}).counts
    assert set(counts["hours"]) == {HOUR - 1}
    assert sorted(zip(map(str, counts["parts"]), counts["sums"], strict=True)) == [
        ("0", 1),
        ("11", 2),
        ("None", 1),
    ]


@pytest.mark.parametrize(
    ("ahead", "hour", "part"), [(0.0, -1, 0), (320.0, -1, 1), (-290.0, -2, 11), (DAY, 23, 0)]
)
def test_five_minutes_are_put_right_by_the_clock(ahead: float, hour: int, part: int) -> None:
    line = b"%b%d\t0\n" % (prefix(7, 0, False, 1, 0), HOUR - 1)
    counts = add_up(hits(line, {}, ahead=ahead, now=NOW + ahead), {}).counts
    assert (list(counts["hours"]), list(counts["parts"])) == ([HOUR + hour], [part])


def test_what_is_said_of_an_asker_later_holds_for_what_it_asked_before() -> None:
    lines = asked(5) + asked(6) + asked(5, link=1) + b"!5\t11\n"
    assert counted(lines) == {Kind.CLICK: 1, Kind.MACHINE_CLICK: 2}


def test_a_click_within_seconds_after_delivery_is_no_person_s() -> None:
    lines = asked(1, contact=9, at=NOW - 100)
    for delivered, kind in ((NOW - 102, Kind.MACHINE_CLICK), (NOW - 110, Kind.CLICK), (None, Kind.CLICK)):
        assert counted(lines, {(7, 9): Known("individual", "google", delivered)}) == {kind: 1}


def test_a_machine_leaves_no_trail_and_no_day() -> None:
    known = {(7, 9): Known("individual", "google", None)}
    lines = asked(1, contact=9) + asked(1, contact=9, rule=Rule.SCANNER)
    sums = add_up(hits(lines, {1: Rule.HIDDEN}, ahead=0, now=NOW), known)
    assert (sums.trail["issues"], sums.days["issues"]) == ([], [])
    sums = add_up(hits(lines, {}, ahead=0, now=NOW), known)
    assert (sums.trail["contacts"], sums.days["contacts"]) == ([9], [9])


def test_a_provider_is_known_only_of_who_agreed() -> None:
    lines = asked(1, contact=9) + asked(1, contact=8)
    known = {(7, 9): Known("individual", "google", None), (7, 8): Known("last_active", "yahoo", None)}
    assert sorted(add_up(hits(lines, {}, ahead=0, now=NOW), known).counts["providers"]) == ["", "google"]


@pytest.mark.parametrize("ahead", [-DAY, -40.0, 0.0, 40.0, DAY])
def test_a_clock_that_differs_by_a_day_is_put_right(ahead: float) -> None:
    lines = asked(1, contact=9, at=NOW - 30)
    [(hit, _n)] = hits(lines, {}, ahead=ahead, now=NOW + ahead)
    assert hit.at == NOW - 30 + ahead


def test_a_moment_to_come_is_now_and_one_of_years_ago_is_a_month_ago() -> None:
    assert [hit.at for hit, _n in hits(asked(1, at=NOW + 999), {}, ahead=0, now=NOW)] == [NOW]
    assert [hit.at for hit, _n in hits(asked(1, at=5), {}, ahead=0, now=NOW)] == [NOW - 30 * DAY]


ASKED = st.tuples(
    st.integers(0, 4),
    st.booleans(),
    st.sampled_from(list(Device)),
    st.sampled_from(list(Rule)),
    st.integers(0, 3),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(ASKED, max_size=200), st.sets(st.integers(1, 3)))
def test_with_machines_mixed_in_the_sums_are_a_plain_recount_s(
    asked_for: list[tuple[int, bool, Device, Rule, int]], machines: set[int]
) -> None:
    lines, plain = [], Counter[int]()
    for link, is_open, device, rule, who in asked_for:
        line = prefix(7, -1 if is_open else link, is_open, device, rule)
        lines.append(b"~%b%d\t0\t%d\n" % (line, who, NOW) if who else line + b"%d\n" % HOUR)
        plain[(1 if is_open else 2) + (2 if rule or who in machines else 0)] += 1
    lines += [b"!%d\t11\n" % who for who in machines]
    assert counted(b"".join(lines)) == plain
