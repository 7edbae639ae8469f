"""The wires of this engine: one to each relay that it uses, shared by the lanes to its receiving providers."""

from collections.abc import Callable
from typing import Protocol

from mailexpert.delivery import pace
from mailexpert.delivery.ports import Relay, Take, Wire


class Trunk(Protocol):
    """All connections to one relay. SMTP is one way to make them; a provider's HTTP interface may be another."""

    relay: Relay

    def way(self, take: Take, emptied: Callable[[], None]) -> Wire:
        """A wire for one lane; `emptied` is called when a window has no letter left to take."""
        ...

    def allow(self, part: Callable[[int], int]) -> None:
        """Which part of so many connections is this engine's: of all to the relay, and of those to one provider."""
        ...

    @property
    def is_down(self) -> bool:
        """No connection could be made for some time."""
        ...

    @property
    def is_closed(self) -> bool: ...


class Wires:
    def __init__(self, connect: Callable[[Relay], Trunk]) -> None:
        self._connect = connect
        self._trunks: dict[int, Trunk] = {}

    def way(self, relay: Relay, group: str, emptied: Callable[[], None]) -> Wire:
        trunk = self._trunks.get(relay.id)
        if trunk is None or trunk.is_closed or trunk.relay != relay:
            trunk = self._trunks[relay.id] = self._connect(relay)
        take = Take(
            connections=pace.lane_connections(relay, group),
            per_connection=pace.lane_per_connection(relay, group),
        )
        return trunk.way(take, emptied)

    def relays(self) -> dict[int, bool]:
        """Of each relay with a wire, whether it can't be reached."""
        self._trunks = {relay: trunk for relay, trunk in self._trunks.items() if not trunk.is_closed}
        return {relay: trunk.is_down for relay, trunk in self._trunks.items()}

    def allow(self, relay: int, part: Callable[[int], int]) -> None:
        if relay in self._trunks:
            self._trunks[relay].allow(part)
