"""The wire to one relay: a few connections that pipeline, and the windows whose letters they send. Answers go to
the window; nothing is decided or stored here."""

import asyncio
import socket
from collections import deque
from collections.abc import Callable

import structlog

from mailexpert.delivery.ports import Relay, RelayTrouble
from mailexpert.delivery.transports.connection import Connection, connect
from mailexpert.delivery.window import Letter, Window

FIRST_WAIT, LONGEST_WAIT = 1.0, 20.0  # seconds between tries to reach a relay
LOOK_SECONDS = 1.0

log = structlog.get_logger()


class SmtpWire:
    def __init__(self, relay: Relay, hello: str) -> None:
        self.relay, self._hello = relay, hello
        self.emptied: Callable[[], None] = lambda: None  # told when a window has no letter left to take
        loop = asyncio.get_running_loop()
        self.now = loop.time
        self._windows: deque[Window] = deque()
        self._connections: set[Connection] = set()
        self._idle: set[Connection] = set()
        self._stands, self._changed = asyncio.Event(), asyncio.Event()
        self._most = relay.max_connections
        self._closing = False
        self.trouble = ""
        self.takes_utf8 = False
        self._keeper = loop.create_task(self._keep_connected())

    # For the lane

    async def ready(self) -> bool:
        """Wait up to a second for a connection that takes letters."""
        if not self._stands.is_set():
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._stands.wait()
            except TimeoutError:
                return False
        return True

    @property
    def waiting_windows(self) -> int:
        """Windows with letters that no connection has taken."""
        return len(self._windows)

    def submit(self, window: Window) -> None:
        self._windows.append(window)
        self._changed.set()
        self._wake_idle(all_of_them=True)

    async def close(self, seconds: float) -> None:
        """Wait so long for answers that are still to come, count the rest as unanswered, and say goodbye."""
        self._closing = True
        self._keeper.cancel()
        until = self.now() + seconds
        while self.now() < until and any(connection.awaits_dot for connection in self._connections):
            await asyncio.sleep(0.05)
        for connection in list(self._connections):
            connection.end()

    # For the connections

    def next_letter(self) -> Letter | None:
        windows = self._windows
        while windows:
            letter = windows[0].take()
            if letter is not None:
                return letter
            windows.popleft()
            self.emptied()
        return None

    def rests(self, connection: Connection) -> None:
        self._idle.add(connection)

    def lost(self, connection: Connection, reason: str) -> None:
        self._connections.discard(connection)
        self._idle.discard(connection)
        if not self._connections:
            self._stands.clear()
            self.trouble = reason or self.trouble
        self._wake_idle(all_of_them=False)
        self._changed.set()

    def _wake_idle(self, *, all_of_them: bool) -> None:
        """There are letters to take: of a new window, or those that a lost connection gave back."""
        while self._windows and self._idle:
            began = self._idle.pop().kick()
            if not began or not all_of_them:
                return

    # Keeping connected

    async def _keep_connected(self) -> None:
        """One connection first; when it stands, as many as the relay takes. Trouble is tried again, ever
        slower."""
        wait = FIRST_WAIT
        while not self._closing:
            self._check_patience()
            if len(self._connections) >= self._most or (self._connections and not self._windows):
                await self._rest(LOOK_SECONDS)
                continue
            try:
                await self._add()
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

    async def _add(self) -> None:
        transport, offer = await connect(self.relay, self._hello)
        connection = Connection(self, transport, offer)
        transport.set_protocol(connection)
        self._connections.add(connection)
        self.takes_utf8 = offer.smtputf8
        self.trouble = ""
        self._stands.set()
        connection.kick()

    def _not_added(self, trouble: RelayTrouble) -> None:
        if self._connections:
            self._most = max(1, len(self._connections))  # it takes no more than these
            return
        self._most = self.relay.max_connections
        self.trouble = trouble.reason
        log.warning(
            "relay takes nothing", relay=self.relay.id, reason=trouble.reason, detail=str(trouble)[:300]
        )

    def _check_patience(self) -> None:
        now = self.now()
        for connection in list(self._connections):
            connection.check(now)


def hello_name() -> str:
    """How we introduce ourselves (RFC 5321, 4.1.1.1): a name with a domain, else an address literal."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
