"""Limits, meters, back-off and the sharing of connections, as tables and properties."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.delivery import pace
from mailexpert.delivery.pace import AHEAD, Level, Limit
from mailexpert.delivery.ports import Issue, Relay, Tempo
from mailexpert.mail.warmup import Plan

NOON = 1_800_000_000.0
RELAY = Relay(id=7, account_id=3, host="smtp.winkel.example", port=587, max_connections=8)


@pytest.mark.parametrize(
    ("limit", "level", "asked", "given"),
    [
        (Limit(per_second=10), Level(), 500, 15),
        (Limit(per_second=10), Level(), 4, 4),
        (Limit(per_second=10), Level(free_at=NOON + 1), 500, 5),
        (Limit(per_second=10), Level(free_at=NOON + 2), 500, 0),
        (Limit(per_second=1 / 36), Level(), 500, 1),
        (Limit(per_second=1 / 36), Level(free_at=NOON + 1), 500, 0),
        (Limit(per_day=50), Level(), 500, 50),
        (Limit(per_day=50), Level(day=date(2027, 1, 15).toordinal(), used=48), 500, 2),
        (Limit(per_day=50), Level(day=date(2027, 1, 14).toordinal(), used=50), 500, 50),
        (Limit(per_day=0), Level(), 500, 0),
        (Limit(per_second=10), Level(rests_until=NOON + 60), 500, 0),
    ],
)
def test_a_meter_hands_out_what_its_limit_allows(limit: Limit, level: Level, asked: int, given: int) -> None:
    assert pace.grant(limit, level, asked, NOON)[0] == given


@given(
    rate=st.floats(0.01, 1000),
    steps=st.lists(st.tuples(st.floats(0, 5), st.integers(0, 600)), min_size=1, max_size=40),
)
def test_no_row_of_grants_exceeds_the_rate(rate: float, steps: list[tuple[float, int]]) -> None:
    limit, level, now, handed = Limit(per_second=rate), Level(), NOON, 0
    for wait, asked in steps:
        now += wait
        given, level = pace.grant(limit, level, asked, now)
        assert 0 <= given <= asked
        handed += given
    assert handed <= rate * (now - NOON + AHEAD) + 1.01


@given(st.integers(0, 300), st.lists(st.integers(0, 100), max_size=20))
def test_no_day_gets_more_than_its_number_and_what_is_given_back_counts_no_more(
    per_day: int, asks: list[int]
) -> None:
    limit, level, used = Limit(per_day=per_day), Level(), 0
    for asked in asks:
        given, level = pace.grant(limit, level, asked, NOON)
        level = pace.give_back(level, given // 2, NOON)
        used += given - given // 2
    assert used == level.used <= per_day


def test_a_full_rate_is_reached_by_rounds_a_little_longer_than_a_second() -> None:
    limit, level, handed = Limit(per_second=100), Level(), 0
    for tick in range(100):
        given, level = pace.grant(limit, level, pace.wanted(limit, 0), NOON + 1.1 * tick)
        handed += given
    assert handed >= 100 * 1.1 * 99


def test_a_provider_that_keeps_deferring_is_slowed_to_a_message_a_minute_within_a_minute() -> None:
    level = Level()
    for second in range(0, 60, 2):
        level = pace.after_deferral(level, NOON + second)
    assert pace.narrowed(Limit(), level) == Limit(per_second=1 / 60)


def test_deferrals_of_the_same_rush_are_one_step() -> None:
    level = pace.after_deferral(Level(), NOON)
    assert pace.after_deferral(level, NOON + 1).step == level.step == 1


def test_it_recovers_step_by_step_in_ninety_minutes() -> None:
    level = Level(step=4, stepped_at=NOON)
    steps = [pace.recovered(level, NOON + minutes * 60).step for minutes in (0, 22, 23, 46, 68, 90)]
    assert steps == [4, 4, 3, 2, 1, 0]


def test_words_that_ask_for_a_rest_get_it_and_recovery_begins_after_it() -> None:
    level = pace.after_deferral(Level(), NOON, rest=3600)
    assert pace.grant(Limit(per_second=1), level, 5, NOON + 3599) == (0, level)
    assert pace.recovered(level, NOON + 3600 + 1340).step == 1
    assert pace.recovered(level, NOON + 3600 + 1360).step == 0


@pytest.mark.parametrize(
    ("most", "me", "holders", "share"),
    [
        (10, "a", [], 10),
        (10, "a", [("a", 0.1)], 10),
        (10, "a", [("a", 60), ("b", 60)], 5),
        (5, "a", [("a", 60), ("b", 60)], 3),
        (5, "b", [("a", 60), ("b", 60)], 2),
        (10, "b", [("a", 60), ("b", 0.5)], 0),
        (1, "b", [("a", 60), ("b", 60)], 0),
        (10, "c", [("a", 60)], 0),
    ],
)
def test_engines_divide_a_relays_connections(
    most: int, me: str, holders: list[tuple[str, float]], share: int
) -> None:
    assert pace.share(most, me, holders) == share


@given(st.integers(1, 50), st.integers(1, 12))
def test_the_shares_of_engines_that_stand_add_up(most: int, engines: int) -> None:
    holders = [(str(number), 60.0) for number in range(engines)]
    assert sum(pace.share(most, name, holders) for name, _age in holders) == most


def an_issue() -> Issue:
    words = dict.fromkeys(
        ("sender_name", "reply_to", "subject", "html", "text", "preheader", "sender_line"), ""
    )
    return Issue(
        id=9, account_id=3, kind=1, sender_address="nieuws@Mail.Winkel.example", fields={}, links=(), list_ids=(),
        purpose="newsletter", tracking="none", language="nl", per_hour=7200, **words,
    )  # fmt: skip


def test_a_message_meets_the_limits_of_its_relay_provider_account_issue_and_domain() -> None:
    relay = Relay(
        id=7,
        account_id=3,
        host="",
        port=25,
        per_second=10,
        per_hour=18_000,
        limits={"google": {"per_hour": 360}},
    )
    warmups = {"mail.winkel.example": Plan(first_day=date(2027, 1, 14), first=200)}
    tempo = Tempo(per_hour=3600, domains={"mail.winkel.example": 720}, warmups=warmups)
    found = pace.terms(relay, "google", an_issue(), tempo, date(2027, 1, 15))
    assert found == {
        "relay 7 google": Limit(per_second=0.1),
        "relay 7": Limit(per_second=5.0),
        "account 3": Limit(per_second=1.0),
        "issue 9": Limit(per_second=2.0),
        "sender 3 mail.winkel.example": Limit(per_second=0.2),
        "domain 3 mail.winkel.example google": Limit(per_day=400),
    }


@pytest.mark.parametrize(
    ("limit", "level", "said"),
    [
        (Limit(per_second=0.1), Level(), ""),  # as an account or an operator wished it
        (Limit(), Level(step=2), "provider_waits"),
        (Limit(per_second=0.1), Level(rests_until=NOON), "provider_waits"),
        (Limit(per_day=200), Level(used=200), "warm_up"),
        (Limit(per_day=200, per_second=0.1), Level(used=20), ""),
        (Limit(per_day=200), Level(step=1), "provider_waits"),
    ],
)
def test_what_a_mailing_says_while_a_limit_is_used_up(limit: Limit, level: Level, said: str) -> None:
    assert pace.reason(limit, level) == said


def test_without_any_limit_there_is_no_meter_to_turn() -> None:
    assert all(limit.is_none for limit in pace.terms(RELAY, "", None, Tempo(), date(2027, 1, 15)).values())


@pytest.mark.parametrize(
    ("delivers_itself", "limits", "group", "connections"),
    [
        (False, {}, "google", 8),
        (True, {}, "google", 5),
        (True, {}, "winkel.example", 8),
        (False, {"google": {"connections": 2}}, "google", 2),
        (True, {"google": {"connections": 50}}, "google", 5),
    ],
)
def test_a_provider_gets_no_more_connections_than_it_takes(
    delivers_itself: bool, limits: dict[str, dict[str, int]], group: str, connections: int
) -> None:
    relay = Relay(
        id=7,
        account_id=3,
        host="",
        port=25,
        max_connections=8,
        delivers_itself=delivers_itself,
        limits=limits,
    )
    assert pace.lane_connections(relay, group) == connections


@pytest.mark.parametrize(
    ("delivers_itself", "limits", "group", "messages"),
    [
        (False, {}, "yahoo", 0),
        (True, {}, "yahoo", 20),
        (True, {}, "winkel.example", 100),
        (True, {}, "", 0),
        (False, {"yahoo": {"per_connection": 7}}, "yahoo", 7),
        (True, {"yahoo": {"per_connection": 50}}, "yahoo", 20),
    ],
)
def test_a_connection_carries_no_more_to_a_provider_than_it_takes(
    delivers_itself: bool, limits: dict[str, dict[str, int]], group: str, messages: int
) -> None:
    relay = Relay(id=7, account_id=3, host="", port=25, delivers_itself=delivers_itself, limits=limits)
    assert pace.lane_per_connection(relay, group) == messages
