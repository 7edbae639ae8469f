"""A provider that takes mail over HTTP, and a trunk to it: what the ports ask of a form other than SMTP."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from mailexpert.delivery.ports import Relay, Take
from mailexpert.delivery.tests.sink import Sink
from mailexpert.delivery.window import Letter, Window
from mailexpert.mail.reply import Phase

STATUS = {b"2": 202, b"4": 429, b"5": 422}


class Api(Sink):
    """Judges by the recipient's address as the sink does; says it in JSON."""

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            fields = dict(row.split(b": ", 1) for row in head.split(b"\r\n")[1:-2])
            body = await reader.readexactly(int(fields[b"Content-Length"]))
            recipient = fields[b"To"].decode()
            said = self.to_recipient(recipient)
            if said[:1] == b"2":
                said = await self._to_dot(recipient, body)
            if not said:
                return
            told = json.dumps({"code": int(said[:3]), "text": said[4:].decode().strip()}).encode()
            writer.write(
                b"HTTP/1.1 %d -\r\nContent-Length: %d\r\n\r\n" % (STATUS[said[:1]], len(told)) + told
            )


class ApiTrunk:
    takes_utf8 = True

    def __init__(self, relay: Relay) -> None:
        self.relay, self.trouble, self.is_closed = relay, "", False
        self._ways: set[ApiWire] = set()
        self.part: Callable[[int], int] = int

    @property
    def is_down(self) -> bool:
        return bool(self.trouble)

    def way(self, take: Take, emptied: Callable[[], None]) -> "ApiWire":
        made = ApiWire(self, take, emptied)
        self._ways.add(made)
        return made

    def allow(self, part: Callable[[int], int]) -> None:
        self.part = part

    def leave(self, way: "ApiWire") -> None:
        self._ways.discard(way)
        self.is_closed = not self._ways


class ApiWire:
    """Its requests: so many at once as the provider takes from this engine."""

    takes_utf8 = True

    def __init__(self, trunk: ApiTrunk, take: Take, emptied: Callable[[], None]) -> None:
        self._trunk, self._take_most, self._emptied = trunk, take, emptied
        self._windows: deque[Window] = deque()
        self._lines: set[asyncio.Task[None]] = set()

    @property
    def trouble(self) -> str:
        return self._trunk.trouble

    async def ready(self) -> bool:
        try:
            _reader, writer = await self._open()
        except OSError:
            self._trunk.trouble = "relay_unreachable"
            await asyncio.sleep(0.5)
            return False
        writer.close()
        self._trunk.trouble = ""
        return True

    @property
    def waiting_windows(self) -> int:
        return sum(1 for window in self._windows if window.backlog)

    def submit(self, window: Window) -> None:
        self._windows.append(window)
        for _ in range(self._trunk.part(self._take_most.connections) - len(self._lines)):
            line = asyncio.create_task(self._serve())
            self._lines.add(line)
            line.add_done_callback(self._lines.discard)

    async def close(self, seconds: float) -> None:
        self._trunk.leave(self)
        if self._lines:
            await asyncio.wait(self._lines, timeout=seconds)
        for line in list(self._lines):
            line.cancel()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._trunk.relay.host, self._trunk.relay.port)

    def _take(self) -> Letter | None:
        while self._windows:
            letter = self._windows[0].take()
            if letter is not None:
                return letter
            self._windows.popleft()
            self._emptied()
        return None

    async def _serve(self) -> None:
        reader, writer = await self._open()
        while (letter := self._take()) is not None:
            try:
                if not await self._hand_over(letter, reader, writer):
                    writer.close()
                    reader, writer = await self._open()
            except asyncio.CancelledError:
                letter.window.no_answer(letter.place)
                raise
        writer.close()

    async def _hand_over(
        self, letter: Letter, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the line stands; a request without an answer is one of which nobody knows."""
        head = b"POST /mail HTTP/1.1\r\nTo: %b\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % (letter.recipient, len(letter.body)) + letter.body)
        answer = b""
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            answer = await reader.readexactly(int(head.rpartition(b": ")[2]))
        if not answer:
            letter.window.no_answer(letter.place)
            return False
        told = json.loads(answer)
        if told["code"] == 250:
            letter.window.sent(letter.place)
        else:
            letter.window.answer(letter.place, Phase.DOT, told["code"], told["text"].encode())
        return True
