"""What this engine knows of pace, refreshed with each of its rounds: who has quiet hours, what may go under the limits
that all engines share, and how many connections of each relay are ours."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from mailexpert.delivery import pace
from mailexpert.delivery.pace import Limit
from mailexpert.delivery.ports import Issue, Relay, Tempo
from mailexpert.delivery.purse import Meters, Purse


class Shared(Meters, Protocol):
    """What all engines share."""

    async def tempos(self) -> dict[int, Tempo]: ...
    async def say_quiet(self, accounts: Sequence[int]) -> None: ...
    async def holders(
        self, engine: str, relays: Mapping[int, bool]
    ) -> dict[int, list[tuple[str, float]]]: ...


class Wires(Protocol):
    def relays(self) -> dict[int, bool]:
        """Of each relay with a wire, whether it can't be reached."""
        ...

    def allow(self, relay: int, part: Callable[[int], int]) -> None: ...


class Pacer:
    def __init__(self, shared: Shared, wires: Wires, engine: str) -> None:
        self._shared, self._wires, self._engine = shared, wires, engine
        self._tempos: dict[int, Tempo] = {}
        self._told_quiet: list[int] = []
        self.purse = Purse(shared)
        self.quiet: list[int] = []

    async def refresh(self, meters: Sequence[str]) -> bool:
        """Whether there is leave to send that there wasn't. `meters` are those of the lanes at work."""
        self._tempos = await self._shared.tempos()
        before, self.quiet = self.quiet, pace.quiet_accounts(self._tempos, datetime.now(UTC))
        if self.quiet or before:
            await self._shared.say_quiet(self.quiet)
        await self.share_connections()
        return await self.purse.fill(meters)

    def terms(self, relay: Relay, group: str, issue: Issue | None = None) -> dict[str, Limit]:
        tempo = self._tempos.get(issue.account_id, Tempo()) if issue else Tempo()
        return pace.terms(relay, group, issue, tempo, datetime.now(UTC).date())

    async def close(self) -> None:
        await self.purse.empty()
        await self._shared.holders(self._engine, {})

    async def share_connections(self) -> None:
        """Divide each relay's connections, and those to each of its providers, with the other engines that use it."""
        used = self._wires.relays()
        held = await self._shared.holders(self._engine, used)
        for relay in used:
            part = partial(pace.share, me=self._engine, holders=held.get(relay, []))
            self._wires.allow(relay, part)
