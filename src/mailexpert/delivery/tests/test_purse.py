"""The tokens an engine holds: leave to send under limits that it shares."""

import asyncio
from collections.abc import Sequence

from mailexpert.delivery.pace import Level, Limit
from mailexpert.delivery.purse import Decide, Purse

NOON = 1_800_000_000.0
HOURLY = {"account 1": Limit(per_second=10)}


class Meters:
    """The table that engines share, with a clock of its own."""

    def __init__(self) -> None:
        self.now, self.stand = NOON, dict[str, Level]()

    async def turn_meters(self, keys: Sequence[str], decide: Decide) -> None:
        self.stand |= decide({key: self.stand.get(key, Level()) for key in keys}, self.now)

    def fill(self, purse: Purse, *watched: str) -> bool:
        return asyncio.run(purse.fill(watched))


def test_who_falls_under_no_limit_never_waits() -> None:
    assert Purse(Meters()).room({"account 1": Limit()}) == 250


def test_under_a_limit_nothing_goes_before_the_meter_gave_leave_and_no_more_than_it_gave() -> None:
    meters = Meters()
    purse = Purse(meters)
    assert purse.room(HOURLY) == 0
    assert meters.fill(purse)
    assert purse.room(HOURLY) == 15
    purse.spend(HOURLY, 15)
    assert (purse.room(HOURLY), purse.short_of(HOURLY)) == (0, "account 1")


def test_two_engines_share_one_limit() -> None:
    meters = Meters()
    purses, sent = [Purse(meters), Purse(meters)], 0
    for _ in range(60):
        meters.now += 1
        for purse in purses:
            room = purse.room(HOURLY)
            purse.spend(HOURLY, room)
            sent += room
            meters.fill(purse)
    assert 560 <= sent <= 620


def test_the_tightest_of_several_limits_counts() -> None:
    meters = Meters()
    purse, both = Purse(meters), {**HOURLY, "domain 1 x google": Limit(per_day=3)}
    purse.room(both)
    meters.fill(purse)
    assert purse.room(both) == 3


def test_leave_for_a_day_that_nobody_used_is_given_back() -> None:
    meters = Meters()
    purse, daily = Purse(meters), {"domain 1 x google": Limit(per_day=300)}
    purse.room(daily)
    meters.fill(purse)
    purse.spend(daily, 20)
    assert meters.stand["domain 1 x google"].used == 300
    asyncio.run(purse.empty())
    assert meters.stand["domain 1 x google"].used == 20


def test_a_provider_that_defers_is_slowed_for_every_engine() -> None:
    meters = Meters()
    one, other, lane = Purse(meters), Purse(meters), {"relay 0 google": Limit()}
    assert (one.room(lane), other.room(lane)) == (250, 250)
    one.deferred("relay 0 google", 0.0)
    meters.fill(one, "relay 0 google")
    meters.fill(other, "relay 0 google")
    assert (one.room(lane), other.room(lane)) == (0, 0)
    meters.now += 100
    meters.fill(one, "relay 0 google")
    assert one.room(lane) == 1


def test_a_provider_that_recovered_is_free_again() -> None:
    meters = Meters()
    purse, lane = Purse(meters), {"relay 0 google": Limit()}
    purse.deferred("relay 0 google", 60.0)
    meters.fill(purse, "relay 0 google")
    assert purse.room(lane) == 0
    meters.now += 60 + 4 * 1350 + 1
    meters.fill(purse, "relay 0 google")
    assert purse.room(lane) == 250
