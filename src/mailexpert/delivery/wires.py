"""The wires of this engine: one to each relay that it uses, shared by the lanes to its receiving providers."""

from collections.abc import Callable
from typing import Protocol

from mailexpert.delivery import pace
from mailexpert.delivery.ports import Relay, Wire


class Trunk(Protocol):
    """All connections to one relay. SMTP is one way to make them; a provider's HTTP interface may be another."""

    relay: Relay

    def way(self, connections: int | None, emptied: Callable[[], None]) -> Wire:
        """A wire for one lane over at most so many of the connections."""
        ...

    def allow(self, connections: int) -> None: ...

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
        return trunk.way(pace.lane_connections(relay, group), emptied)

    def relays(self) -> dict[int, tuple[int, bool]]:
        """Of each relay with a wire: the connections it takes, and whether it can't be reached."""
        self._trunks = {relay: trunk for relay, trunk in self._trunks.items() if not trunk.is_closed}
        return {relay: (trunk.relay.max_connections, trunk.is_down) for relay, trunk in self._trunks.items()}

    def allow(self, relay: int, connections: int) -> None:
        if relay in self._trunks:
            self._trunks[relay].allow(connections)
