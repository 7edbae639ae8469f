"""The wire to one relay: a few connections that pipeline (RFC 5321, 2920). A message's envelope is one write,
and the next message's envelope rides with this one's body. Answers go to the window; nothing is decided or
stored here."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import structlog

from mailexpert.delivery.ports import Relay, RelayTrouble
from mailexpert.delivery.transports.greeting import Greeted, connect
from mailexpert.delivery.window import Letter, Window
from mailexpert.mail.reply import Phase

LONGEST_LINE = 8192  # a relay that sends more without an end of line is none
MOST_LINES = 100  # in one reply
COMMAND_SECONDS = 60.0
DOT_SECONDS = 600.0  # RFC 5321, 4.5.3.2.6: the answer to the final dot may take 10 minutes
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0

log = structlog.get_logger()


class State(IntEnum):
    IDLE = 0
    RSET = 1
    SENDER = 2
    RECIPIENT = 3
    DATA = 4
    DOT = 5
    OVER = 6


PHASES = {State.SENDER: Phase.SENDER, State.RECIPIENT: Phase.RECIPIENT, State.DATA: Phase.DATA}


@dataclass(slots=True)
class Refusal:
    phase: Phase
    code: int
    text: bytes


class Connection(asyncio.Protocol):
    """One greeted connection. Between greeting and goodbye it takes letters from the wire by itself."""

    def __init__(self, wire: "SmtpWire", greeted: Greeted) -> None:
        self._wire, self._greeted = wire, greeted
        self._state = State.IDLE
        self._buffer = b""
        self._lines: list[bytes] = []
        self._letter: Letter | None = None
        self._ahead: Letter | None = None  # its envelope is on the wire already
        self._refusal: Refusal | None = None
        self._needs_reset = False
        self.deadline = 0.0
        self._transport = greeted.transport
        self._pipelines = greeted.pipelines

    # What the wire asks

    def kick(self) -> bool:
        """Start with the next letter; False when there is none."""
        letter = self._wire.next_letter()
        if letter is None:
            self._rest()
            return False
        self._begin(letter)
        return True

    def end(self) -> None:
        """Leave politely; what has no answer yet is given back or in doubt."""
        if self._state is State.OVER:
            return
        if self._state is State.IDLE:
            self._transport.write(b"QUIT\r\n")
        self._over()

    def check(self, now: float) -> None:
        if self._state is not State.IDLE and now > self.deadline:
            self._over()
            self._wire.lost(self, "relay_unreachable")

    @property
    def awaits_dot(self) -> bool:
        return self._state is State.DOT

    # What asyncio tells

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        while self._state is not State.OVER:
            line, found, rest = buffer.partition(b"\n")
            if not found:
                break
            buffer = rest
            self._line(line)
        self._buffer = buffer
        if len(buffer) > LONGEST_LINE:
            self._broken()

    def _line(self, line: bytes) -> None:
        if line[3:4] == b"-":
            self._lines.append(line)
            if len(self._lines) > MOST_LINES:
                self._broken()
            return
        if self._lines:
            line = b"\n".join([*self._lines, line])
            self._lines.clear()
        code = line[:3]
        if not code.isdigit():
            self._broken()
            return
        self._reply(int(code), line)

    def connection_lost(self, problem: Exception | None) -> None:
        if self._state is not State.OVER:
            idle = self._state is State.IDLE
            self._over()
            self._wire.lost(self, "" if idle else "relay_unreachable")

    # The conversation

    def _reply(self, code: int, text: bytes) -> None:
        if code == 421:
            self._closed_by_relay(text)
        elif self._state is State.DOT:
            self._answered(code, text)
        elif self._state is State.RSET:
            self._state = State.SENDER
            if not self._pipelines:
                self._write_sender()
        elif self._state in PHASES:
            self._envelope_reply(code, text)
        else:
            self._broken()  # an answer that nobody asked for

    def _begin(self, letter: Letter) -> None:
        self._letter, self._refusal = letter, None
        reset, self._needs_reset = self._needs_reset, False
        self._state = State.RSET if reset else State.SENDER
        self._patience(COMMAND_SECONDS)
        if self._pipelines:
            self._transport.write((b"RSET\r\n" if reset else b"") + self._envelope(letter))
        elif reset:
            self._transport.write(b"RSET\r\n")
        else:
            self._write_sender()

    def _envelope(self, letter: Letter) -> bytes:
        more = b"" if letter.recipient.isascii() else b" SMTPUTF8"
        return b"MAIL FROM:<%b>%b\r\nRCPT TO:<%b>\r\nDATA\r\n" % (letter.sender, more, letter.recipient)

    def _write_sender(self) -> None:
        assert self._letter is not None
        self._transport.write(self._envelope(self._letter).partition(b"\r\n")[0] + b"\r\n")

    def _envelope_reply(self, code: int, text: bytes) -> None:
        state = self._state
        if code >= 400 and self._refusal is None:
            self._refusal = Refusal(PHASES[state], code, text)
        if state is State.DATA:
            self._data_reply(code, text)
            return
        if self._refusal is not None and not self._pipelines:
            self._refused()
            return
        self._state = State(state + 1)
        if not self._pipelines:
            assert self._letter is not None
            step = b"RCPT TO:<%b>\r\n" % self._letter.recipient if state is State.SENDER else b"DATA\r\n"
            self._transport.write(step)

    def _data_reply(self, code: int, text: bytes) -> None:
        if self._refusal is None and code == 354:
            self._hand_over()
        elif code == 354:
            # The relay wants a message nobody receives: an empty one ends it (RFC 2920, 3.1).
            self._state = State.DOT
            self._transport.write(b".\r\n")
        else:
            self._refused(code, text)

    def _hand_over(self) -> None:
        letter = self._letter
        assert letter is not None
        self._state = State.DOT
        self._ahead = self._wire.next_letter() if self._pipelines else None
        self._patience(DOT_SECONDS)
        if self._ahead is None:
            self._transport.write(letter.body + b".\r\n")
        else:
            self._transport.write(b"".join((letter.body, b".\r\n", self._envelope(self._ahead))))

    def _answered(self, code: int, text: bytes) -> None:
        letter, refusal = self._letter, self._refusal
        assert letter is not None
        self._letter, self._refusal = None, None
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            self._letter, self._state = ahead, State.SENDER
            self._patience(COMMAND_SECONDS)
        if refusal is not None:
            letter.window.answer(letter.place, refusal.phase, refusal.code, refusal.text)
        else:
            letter.window.answer(letter.place, Phase.DOT, code, text)
        if ahead is None:
            self.kick()

    def _refused(self, code: int = 0, text: bytes = b"") -> None:
        letter, refusal = self._letter, self._refusal or Refusal(Phase.DATA, code, text)
        assert letter is not None
        self._letter, self._refusal = None, None
        self._needs_reset = refusal.phase is not Phase.SENDER
        if refusal.phase is Phase.SENDER and refusal.code < 500:
            self._turned_away(letter)
            return
        letter.window.answer(letter.place, refusal.phase, refusal.code, refusal.text)
        self.kick()

    # Ends

    def _turned_away(self, letter: Letter) -> None:
        """It takes nothing from us now, whoever the mail is for."""
        self._letter = letter
        self._over()
        self._wire.lost(self, "relay_refuses")

    def _closed_by_relay(self, text: bytes) -> None:
        """421 means that the message was not taken, even as the answer to a final dot (RFC 5321, 3.8)."""
        if self._state is State.DOT:
            self._state = State.DATA
        log.info(
            "relay closes the connection",
            relay=self._wire.relay.id,
            reply=text[:200].decode("ascii", "replace"),
        )
        self._over()
        self._wire.lost(self, "relay_refuses")

    def _broken(self) -> None:
        self._over()
        self._wire.lost(self, "relay_refuses")

    def _over(self) -> None:
        """After this nothing is read or written any more: who was on the wire is given back or in doubt."""
        state, self._state = self._state, State.OVER
        letter, self._letter = self._letter, None
        ahead, self._ahead = self._ahead, None
        self._transport.close()
        if ahead is not None:
            ahead.window.give_back(ahead)
        if letter is None:
            return
        if state is State.DOT and self._refusal is None:
            letter.window.no_answer(letter.place)
        else:
            letter.window.give_back(letter)

    def _rest(self) -> None:
        self._state = State.IDLE
        self._wire.rests(self)

    def _patience(self, seconds: float) -> None:
        self.deadline = self._wire.now() + seconds


class SmtpWire:
    """The connections to one relay, as many as it takes, and the windows whose letters they send."""

    def __init__(self, relay: Relay, hello: str) -> None:
        self.relay, self._hello = relay, hello
        self.emptied: Callable[[], None] = lambda: None  # told when a window has no letter left to take
        self._loop = asyncio.get_running_loop()
        self.now = self._loop.time
        self._windows: deque[Window] = deque()
        self._connections: set[Connection] = set()
        self._idle: set[Connection] = set()
        self._stands = asyncio.Event()
        self._changed = asyncio.Event()
        self._most = relay.max_connections
        self._closing = False
        self.trouble = ""
        self.takes_utf8 = False
        self._keeper = self._loop.create_task(self._keep_connected())

    # For the lane

    async def ready(self) -> bool:
        if not self._stands.is_set():
            try:
                async with asyncio.timeout(1.0):
                    await self._stands.wait()
            except TimeoutError:
                return False
        return True

    @property
    def waiting_windows(self) -> int:
        return len(self._windows)

    def submit(self, window: Window) -> None:
        self._windows.append(window)
        self._changed.set()
        for connection in list(self._idle):
            self._idle.discard(connection)
            if not connection.kick():
                break

    async def close(self, seconds: float) -> None:
        self._closing = True
        self._keeper.cancel()
        until = self.now() + seconds
        while self.now() < until and any(connection.awaits_dot for connection in self._connections):
            await asyncio.sleep(0.05)
        for connection in list(self._connections):
            connection.end()
        self._connections.clear()

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
        self._wake_idle()
        self._changed.set()

    def _wake_idle(self) -> None:
        """Letters that a lost connection gave back are there for the others."""
        if self._windows and self._idle:
            self._idle.pop().kick()

    # Keeping connected

    async def _keep_connected(self) -> None:
        """One connection first; when it stands, as many as the relay takes. Trouble is tried again, ever
        slower."""
        wait = FIRST_WAIT
        while not self._closing:
            self._check_patience()
            try:
                if len(self._connections) < self._most and (self._windows or not self._connections):
                    await self._add()
                    wait = FIRST_WAIT
                    continue
            except RelayTrouble as trouble:
                wait = min(wait * 2, LONGEST_WAIT)
                self._not_added(trouble)
                await asyncio.sleep(wait if not self._connections else 0)
                continue
            await self._rest()

    async def _rest(self) -> None:
        self._changed.clear()
        try:
            async with asyncio.timeout(1.0):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _add(self) -> None:
        greeted = await connect(self.relay, self._hello)
        connection = Connection(self, greeted)
        greeted.transport.set_protocol(connection)
        self._connections.add(connection)
        self.takes_utf8 = greeted.takes_utf8
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
