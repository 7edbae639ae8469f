"""The wire to one relay: a few connections that pipeline, shared by the lanes to its receiving providers. Answers go
to the window; nothing is decided or stored here."""

import asyncio
import math
import socket
from collections.abc import Callable

import structlog

from mailexpert.delivery.ports import Relay, RelayTrouble, Take
from mailexpert.delivery.transports.connection import Connection, connect
from mailexpert.delivery.transports.ways import Way, next_way
from mailexpert.delivery.window import Letter

FIRST_WAIT, LONGEST_WAIT = 1.0, 20.0  # seconds between tries to reach a relay
LOOK_SECONDS = 1.0
SPARES_FROM = 4  # connections; of so many one stays free of whoever has all others
DOWN_SECONDS = 2.0  # a connection that is lost and made again at once is no relay that is down

log = structlog.get_logger()


class SmtpWire:
    def __init__(self, relay: Relay, hello: str) -> None:
        self.relay, self._hello = relay, hello
        loop = asyncio.get_running_loop()
        self.now = loop.time
        self._ways: set[Way] = set()
        self._busy: list[Way] = []  # those with letters to take
        self._connections: set[Connection] = set()
        self._idle: set[Connection] = set()
        self.stands, self._changed = asyncio.Event(), asyncio.Event()
        self._most = self._share = relay.max_connections
        self._part: Callable[[int], int] = int  # all of them, until other engines are known of
        self.most_of_one = spared(self._share)
        self.is_closed = False  # nobody may use it any more
        self.trouble = ""
        self._in_trouble_since: float | None = None
        self.takes_utf8 = False
        self._keeper = loop.create_task(self._keep_connected())

    # For the lanes

    def way(self, take: Take, emptied: Callable[[], None]) -> Way:
        made = Way(self, take, emptied)
        made.allow(self._part)
        self._ways.add(made)
        return made

    def allow(self, part: Callable[[int], int]) -> None:
        self._part, self._share = part, part(self.relay.max_connections)
        for way in self._ways:
            way.allow(part)
        self._can_have(self._most)
        for connection in list(self._idle):
            if len(self._connections) > self._share:
                connection.end()
        self._changed.set()

    def has_letters(self, way: Way) -> None:
        if way not in self._busy:
            self._busy.append(way)
        self._changed.set()
        self._wake_idle(all_of_them=True)

    @property
    def is_down(self) -> bool:
        since = self._in_trouble_since
        return since is not None and self.now() - since > DOWN_SECONDS

    def leave(self, way: Way) -> bool:
        """Whether that was the last one; then `close` is to be called."""
        self._ways.discard(way)
        self.is_closed = not self._ways
        return self.is_closed

    async def close(self, seconds: float) -> None:
        """Wait so long for answers that are still to come, count the rest as unanswered, and say goodbye."""
        self._keeper.cancel()
        until = self.now() + seconds
        while self.now() < until and any(connection.awaits_dot for connection in self._connections):
            await asyncio.sleep(0.05)
        for connection in list(self._connections):
            connection.end()

    # For the connections

    def next_letter(self, connection: Connection) -> Letter | None:
        """The next letter for this connection; none sends it to rest, and one that is worn out or too many home."""
        busy = self._busy
        while busy and not self._is_over(connection):
            way = next_way(busy, connection.way)
            if way is None:
                break
            letter = way.take()
            if letter is not None:
                if way is not connection.way:
                    connection.serve(way)
                    busy.remove(way)
                    busy.append(way)
                connection.taken += 1
                return letter
            busy.remove(way)
        connection.serve(None)
        return None

    def _is_over(self, connection: Connection) -> bool:
        return connection.taken >= connection.most or len(self._connections) > self._share

    def rests(self, connection: Connection) -> None:
        if self._is_over(connection):
            connection.end()
        else:
            self._idle.add(connection)

    def returned(self, letter: Letter) -> None:
        """A letter that was given back is to be taken again."""
        for way in self._ways:
            if way.takes_back(letter.window) and way not in self._busy:
                self._busy.append(way)

    def lost(self, connection: Connection, reason: str) -> None:
        connection.serve(None)
        self._connections.discard(connection)
        self._idle.discard(connection)
        if not self._connections:
            self.stands.clear()
            self._is_in_trouble(reason or self.trouble)
        self._wake_idle(all_of_them=False)
        self._changed.set()

    def _wake_idle(self, *, all_of_them: bool) -> None:
        """There are letters to take: of a new window, or those that a lost connection gave back."""
        while self._busy and self._idle:
            began = self._idle.pop().kick()
            if not began or not all_of_them:
                return

    # Keeping connected

    async def _keep_connected(self) -> None:
        """One connection first; when it stands, twice as many each time, up to what the relay takes. Trouble is tried
        again, ever slower."""
        wait = FIRST_WAIT
        while not self.is_closed:
            self._check_patience()
            standing, most = len(self._connections), min(self._most, self._share)
            if standing >= most or (standing and not self._busy):
                await self._rest(LOOK_SECONDS)
                continue
            try:
                await self._add_some(min(standing or 1, most - standing))
                wait = FIRST_WAIT
            except RelayTrouble as trouble:
                self._not_added(trouble)
                await asyncio.sleep(0 if self._connections else wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _rest(self, seconds: float) -> None:
        self._changed.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _add_some(self, count: int) -> None:
        """All at once: a relay may be many round trips away."""
        tried = await asyncio.gather(*(self._add() for _ in range(count)), return_exceptions=True)
        for problem in tried:
            if problem is not None:
                raise problem

    async def _add(self) -> None:
        transport, offer = await connect(self.relay, self._hello)
        connection = Connection(self, transport, offer, self.relay.per_connection or math.inf)
        transport.set_protocol(connection)
        self._connections.add(connection)
        self.takes_utf8 = offer.smtputf8
        self.trouble, self._in_trouble_since = "", None
        self.stands.set()
        connection.kick()

    def _not_added(self, trouble: RelayTrouble) -> None:
        if self._connections:
            self._can_have(max(1, len(self._connections)))  # it takes no more than these
            return
        self._can_have(self.relay.max_connections)
        self._is_in_trouble(trouble.reason)
        log.warning(
            "relay takes nothing", relay=self.relay.id, reason=trouble.reason, detail=str(trouble)[:300]
        )

    def _can_have(self, connections: int) -> None:
        self._most = connections
        self.most_of_one = spared(min(self._share, connections))

    def _is_in_trouble(self, reason: str) -> None:
        self.trouble = reason
        if self._in_trouble_since is None:
            self._in_trouble_since = self.now()

    def _check_patience(self) -> None:
        now = self.now()
        for connection in list(self._connections):
            connection.check(now)


def spared(connections: int) -> int:
    """How many of a relay's connections one lane may have. The reply to a final dot may take ten minutes (RFC 5321,
    4.5.3.2.6): a provider for which none comes holds all that its lane has, and the others need one meanwhile."""
    return connections - 1 if connections >= SPARES_FROM else connections


def hello_name() -> str:
    """How we introduce ourselves (RFC 5321, 4.1.1.1): a name with a domain, else an address literal."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
