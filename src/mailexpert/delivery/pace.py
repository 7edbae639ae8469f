"""How much may go, decided on values alone: how large a window is, what a limit hands out to which engine, how far a
provider that defers is spared, and how engines divide a relay's connections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from mailexpert.delivery.ports import Issue, Relay, Tempo
from mailexpert.mail import providers
from mailexpert.mail.warmup import Plan

LARGEST = 250
FIRST = 25
SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Turns a second, as seen on the last windows; none seen yet is a careful start. A window holds at most a second
    of it, so that a pause, a cancelled mailing or an unsubscribe acts within a second on slow lanes too."""

    per_second: float = FIRST / SECONDS

    @property
    def window(self) -> int:
        return max(1, min(LARGEST, round(self.per_second * SECONDS)))

    def after(self, taken: int, seconds: float) -> "Pace":
        """The pace once `taken` turns took `seconds`: falls at once, rises at most fourfold a window."""
        if taken <= 0:
            return self
        seen = taken / max(seconds, 1e-3)
        return Pace(per_second=max(0.5, min(seen, self.per_second * 4)))


# ── limits that all engines share ──

AHEAD = (
    1.5  # seconds for which tokens are handed out in advance: a little more than a round of the engine takes
)
MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most so many a second (a limit an hour is a fraction of one) and a day; None is without end."""

    per_second: float | None = None
    per_day: int | None = None

    @property
    def is_none(self) -> bool:
        return self.per_second is None and self.per_day is None


class Level(NamedTuple):
    """A meter as it stands. `free_at`: when what was handed out is used up at the limit's pace, in seconds since 1970.
    `step`: how far a provider that deferred is being spared; `rests_until`: it gets nothing before."""

    free_at: float = 0.0
    day: int = 0
    used: int = 0
    step: int = 0
    stepped_at: float = 0.0
    rests_until: float = 0.0


def wanted(limit: Limit, held: int) -> int:
    """How many tokens to ask for, given those that are held."""
    if limit.per_second is None:
        return max(0, MOST_AT_ONCE - held)
    return max(0, min(MOST_AT_ONCE, max(1, round(limit.per_second * AHEAD))) - held)


def grant(limit: Limit, level: Level, asked: int, now: float) -> tuple[int, Level]:
    """How many of the tokens asked for are handed out, and the meter after it. Over any stretch of time that is at
    most what the limit allows in it and AHEAD, and one; over a day at most `per_day`."""
    if now < level.rests_until:
        return 0, level
    day = _day(now)
    used = level.used if level.day == day else 0
    given = asked if limit.per_day is None else min(asked, max(0, limit.per_day - used))
    free_at = level.free_at
    if limit.per_second is not None:
        begin = max(free_at, now)
        room = int((now + AHEAD - begin) * limit.per_second)
        given = min(given, max(room, 1 if free_at <= now else 0))
        free_at = begin + given / limit.per_second if given > 0 else free_at
    return given, level._replace(free_at=free_at, day=day, used=used + given)


def give_back(level: Level, count: int, now: float) -> Level:
    """Tokens that nobody used count no more for their day; the seconds they stood for are gone."""
    if level.day != _day(now):
        return level
    return level._replace(used=max(0, level.used - count))


def _day(now: float) -> int:
    return date_of(now).toordinal()


def date_of(now: float) -> date:
    return datetime.fromtimestamp(now, UTC).date()


# ── providers that defer ──

STEPS = (
    None,
    1.0,
    1 / 5,
    1 / 20,
    1 / 60,
)  # messages a second; from the bottom it takes 90 minutes to the top
STEP_SECONDS = 1_350.0
AGAIN_SECONDS = 10.0  # deferrals within so many seconds of the last step are answers to the same rush


def after_deferral(level: Level, now: float, rest: float = 0.0) -> Level:
    """A provider deferred and blames us: a step slower, and nothing at all for as long as its words ask for."""
    rests_until = max(level.rests_until, now + rest) if rest else level.rests_until
    if level.step and now - level.stepped_at < AGAIN_SECONDS:
        return level._replace(rests_until=rests_until)
    step = min(level.step + 1, len(STEPS) - 1)
    return level._replace(step=step, stepped_at=now, rests_until=rests_until)


def recovered(level: Level, now: float) -> Level:
    """A step faster for each stretch without a deferral."""
    since = max(level.stepped_at, level.rests_until)
    steps = min(level.step, max(0, int((now - since) // STEP_SECONDS)))
    if not steps:
        return level
    return level._replace(step=level.step - steps, stepped_at=since + steps * STEP_SECONDS)


def narrowed(limit: Limit, level: Level) -> Limit:
    """The limit while a provider is being spared."""
    spared = STEPS[level.step]
    if spared is None or (limit.per_second is not None and limit.per_second <= spared):
        return limit
    return replace(limit, per_second=spared)


# ── which limits a message falls under ──


def terms(relay: Relay, group: str, issue: Issue | None, tempo: Tempo, today: date) -> dict[str, Limit]:
    """Every limit that a message of this issue meets on its way through this relay to this provider, by its meter. The
    first is the provider's own; without an issue those that hold for all."""
    special = relay.limits.get(group, {})
    found = {
        lane_meter(relay, group): Limit(
            per_second=_rate(None, special.get("per_hour")), per_day=_allowed(relay.warmup, today)
        ),
        f"relay {relay.id}": Limit(per_second=_rate(relay.per_second, relay.per_hour)),
    }
    if issue is not None:
        domain = issue.sender_address.rpartition("@")[2].lower()
        found[f"account {issue.account_id}"] = Limit(per_second=_rate(None, tempo.per_hour))
        found[f"issue {issue.id}"] = Limit(per_second=_rate(None, issue.per_hour))
        found[f"sender {issue.account_id} {domain}"] = Limit(
            per_second=_rate(None, tempo.domains.get(domain))
        )
        found[f"domain {issue.account_id} {domain} {group}"] = Limit(
            per_day=_allowed(tempo.warmups.get(domain), today)
        )
    return found


def lane_meter(relay: Relay, group: str) -> str:
    return f"relay {relay.id} {group or 'others'}"


def reason(limit: Limit, level: Level) -> str:
    """What the page of a mailing says while a meter under this limit allows nothing. An hour's limit that somebody set
    is no news; a provider that defers is, and so is a day that is used up."""
    if level.step or level.rests_until:
        return "provider_waits"
    return "warm_up" if limit.per_day is not None and level.used >= limit.per_day else ""


def _rate(per_second: float | None, per_hour: int | None) -> float | None:
    rates = [rate for rate in (per_second, per_hour / 3600 if per_hour else None) if rate]
    return min(rates, default=None)


def _allowed(plan: Plan | None, today: date) -> int | None:
    return None if plan is None else plan.allowed(today)


# ── connections ──


def lane_connections(relay: Relay, group: str) -> int:
    """How many of a relay's connections may carry one provider's mail at once."""
    asked = relay.limits.get(group, {}).get("connections")
    known = providers.BY_KEY.get(group)
    if relay.delivers_itself and known is not None:
        asked = min(asked or known.connections, known.connections)
    return min(asked or relay.max_connections, relay.max_connections)


def lane_per_connection(relay: Relay, group: str) -> int:
    """After how many messages to one provider a connection is replaced; 0 is never."""
    asked = int(relay.limits.get(group, {}).get("per_connection", 0))
    if not relay.delivers_itself or not group:
        return asked
    known = providers.BY_KEY.get(group)
    usual = known.per_connection if known is not None else providers.PER_CONNECTION
    return min(asked or usual, usual)


def share(most: int, me: str, holders: Sequence[tuple[str, float]]) -> int:
    """My part of `most` connections. `holders` are the engines that use them, the oldest first, with the seconds since
    they came; a newcomer waits until the others have had time to give some away."""
    names = [name for name, _age in holders]
    if me not in names:
        return 0 if names else most
    place = names.index(me)
    if len(names) > 1 and holders[place][1] < SETTLE_SECONDS:
        return 0
    return most // len(names) + (1 if place < most % len(names) else 0)


SETTLE_SECONDS = 2.5


def quiet_accounts(tempos: Mapping[int, Tempo], now: datetime) -> list[int]:
    """The accounts in whose quiet hours this moment lies."""
    return sorted(account for account, tempo in tempos.items() if tempo.quiet and tempo.quiet.hold(now))
