"""What the engine needs from outside: the values it works with, the outbox and the way to a relay."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from mailexpert.mail.quiet import QuietHours
from mailexpert.mail.tuples import outright
from mailexpert.mail.warmup import Plan

DEFAULT_RELAY = 0  # the installation's own, for accounts without one


class DatabaseAway(Exception):
    """The database gives no answer. Nothing may be sent until it does; what was sent is settled then."""


class RelayTrouble(Exception):
    """The relay takes nothing now; `reason` is the code that the mailing's page turns into words."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    id: int
    account_id: int
    host: str
    port: int
    security: str = "none"
    verify: bool = True
    login: str = "password"
    username: str = ""
    password: str = field(default="", repr=False)
    token_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    max_connections: int = 8
    per_connection: int = 0
    per_second: int | None = None
    per_hour: int | None = None
    delivers_itself: bool = False
    warmup: Plan | None = None
    limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def is_default(self) -> bool:
        return self.id == DEFAULT_RELAY

    @property
    def is_installations(self) -> bool:
        """The operator named it, so it may lie on this machine."""
        return self.id <= DEFAULT_RELAY


@dataclass(frozen=True, kw_only=True, slots=True)
class Take:
    """What one receiving provider takes at once over all engines, and over one connection; 0 is without end."""

    connections: int
    per_connection: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Errand:
    """What there is to do at a relay for one receiving provider. `serves` are the relays whose mail this is: its own,
    and those of its pool that are down. `is_alone`: no other of its pool could stand in for it."""

    relay: Relay
    group: str
    serves: Sequence[int]
    is_alone: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Tempo:
    """What an account asks of its own sending. `domains`: messages an hour of a sender domain; `warmups` are those that
    are new."""

    per_hour: int | None = None
    quiet: QuietHours | None = None
    domains: Mapping[str, int] = field(default_factory=dict)
    warmups: Mapping[str, Plan] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """The frozen mailing. `fields` maps a custom field's name to its column. `domain` signs it with `keys`
    (selector and sealed secret, with a blank between); `return_host` is where its bounces come back to."""

    id: int
    account_id: int
    kind: int
    sender_name: str
    sender_address: str
    reply_to: str
    subject: str
    html: str
    text: str
    preheader: str
    fields: Mapping[str, str]
    links: Sequence[str]
    list_ids: Sequence[int]
    purpose: str
    tracking: str
    language: str
    sender_line: str
    counts_opens: bool = False
    per_hour: int | None = None
    domain: str = ""
    return_host: str = ""
    keys: Sequence[str] = ()


@dataclass(kw_only=True, slots=True)
class Shard:
    """A shard that we hold a lease on; `upto` moves only after its commit, `unsettled` counts its open
    windows."""

    account_id: int
    issue_id: int
    id: int
    upto: int
    size: int
    epoch: int
    unsettled: int = 0
    last_turn: float = 0.0
    rests_until: float = 0.0
    dropped: bool = False

    @property
    def left(self) -> int:
        return self.size - self.upto


class Turn(NamedTuple):
    """`age`: seconds since the first attempt."""

    contact_id: int
    shard_id: int
    attempt: int
    age: float = 0.0


TURN = outright(Turn)


class Retry(NamedTuple):
    account_id: int
    issue_id: int
    shard_id: int
    contact_id: int
    attempt: int
    id: int
    age: float = 0.0


class Person(NamedTuple):
    """Someone whose turn it is; `skip` is the reason to leave them out, 0 for none."""

    contact_id: int
    email: str | None
    skip: int
    values: tuple[Any, ...]


PERSON = outright(Person)


class Outcome(NamedTuple):
    shard_id: int
    contact_id: int
    attempt: int
    outcome: int
    code: int


class Again(NamedTuple):
    """A turn that comes again `wait` seconds from now as attempt `attempt`; `tried` is the one that just
    ended."""

    shard_id: int
    contact_id: int
    tried: int
    attempt: int
    wait: float
    code: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """What came of a window. `closes` is the shard that has no turn left after it."""

    account_id: int
    issue_id: int
    of_retries: bool
    sent: Sequence[Turn] = ()
    outcomes: Sequence[Outcome]
    again: Sequence[Again]
    replies: Sequence[tuple[int, int, str]]
    shards: Sequence[int]
    closes: Shard | None = None
    late_from: float = math.inf  # by our clock; after that a person may have ordered a new attempt

    @property
    def is_late(self) -> bool:
        return time.monotonic() > self.late_from


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Whose shards or retries to take: of these relays, at this provider, but not of these issues and accounts.
    `pool` is the account whose relay it is, 0 for the installation's."""

    pool: int
    relays: Sequence[int]
    group: str
    held: Sequence[int] = ()
    quiet: Sequence[int] = ()


class Outbox(Protocol):
    async def claim_shards(self, where: Claim, room: int) -> list[Shard]: ...
    async def claim_retries(self, where: Claim, room: int) -> list[Retry]: ...
    async def load_issue(self, issue: int) -> Issue: ...
    async def read_window(
        self, issue: Issue, columns: Sequence[str], shard: Shard, size: int
    ) -> list[Person]: ...
    async def read_people(
        self, issue: Issue, columns: Sequence[str], contacts: Sequence[int]
    ) -> list[Person]: ...
    async def open_window(self, shard: Shard, size: int, skips: Mapping[int, int]) -> bool: ...
    async def settle(self, settlement: Settlement) -> None: ...
    async def release_shard(self, shard: Shard) -> None: ...
    async def shard_stands_at(self, shard: Shard) -> int | None: ...
    async def issue_states(self, issues: Sequence[int]) -> dict[int, int]: ...
    async def set_reason(self, reason: str, issue: int) -> None: ...
    async def set_relay_reason(self, relay: int, reason: str) -> None: ...


Message = tuple[bytes, bytes, bytes]  # sender, recipient, body


class Letters(Protocol):
    """Composes the messages of one issue."""

    @property
    def columns(self) -> Sequence[str]: ...

    def compose(self, people: Sequence[Person]) -> Iterator[Message | None]:
        """A message for each person, made when it is asked for; None where it can't be made. Never raises."""
        ...

    @property
    def take_long(self) -> bool:
        """They are signed, or need Liquid for each person: `compose_ahead` takes the place of `compose`."""
        ...

    async def compose_ahead(self, people: Sequence[Person]) -> Iterator[Message | None]:
        """The same messages, all made while the loop goes on. Raises only what no message is to blame for."""
        ...


class Wire(Protocol):
    """The connections to one relay. A transport gives answers; it never decides or stores."""

    @property
    def trouble(self) -> str:
        """Why no connection stands, as a code; empty while one does."""
        ...

    @property
    def takes_utf8(self) -> bool: ...

    async def ready(self) -> bool:
        """Wait up to a second for a connection that takes letters."""
        ...

    def submit(self, window: Any) -> None: ...

    @property
    def waiting_windows(self) -> int:
        """Windows with letters that no connection has taken."""
        ...

    async def close(self, seconds: float) -> None:
        """Wait so long for answers that are still to come, count the rest as unanswered, and say goodbye."""
        ...
