"""One connection to the catcher: bytes from the wire to a session, its replies back."""

import asyncio
from typing import cast

from mailexpert.catcher.session import NOT_KEPT, OK, Mail, Reply, Session
from mailexpert.catcher.store import NotKept, Store

IDLE_SECONDS = 300.0  # RFC 5321, 4.5.3.2.7
MOST_CONNECTIONS = 500
HOST = "localhost"


class Connection(asyncio.Protocol):
    """Runs the session's steps; none while a mail is being kept."""

    open_now = 0

    def __init__(self, store: Store) -> None:
        self._store = store
        self._session = Session(host=HOST)
        self._keeping: asyncio.Task[None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._heard = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        Connection.open_now += 1
        if Connection.open_now > MOST_CONNECTIONS:
            self._send(Reply(text=b"421 4.3.2 Too many connections\r\n", hang_up=True))
            return
        self._loop = asyncio.get_running_loop()
        self._heard = self._loop.time()
        self._transport.write(self._session.greeting())
        self._watch()

    def connection_lost(self, _problem: Exception | None) -> None:
        Connection.open_now -= 1
        if self._idle is not None:
            self._idle.cancel()

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        self._session.feed(data)
        if self._keeping is None:
            self._go_on()
        elif self._session.is_full and self._transport.is_reading():
            self._transport.pause_reading()

    def _go_on(self, first: bytes = b"") -> None:
        replies = bytearray(first)
        hang_up = False
        while not hang_up and (step := self._session.step()) is not None:
            if isinstance(step, Mail):
                self._keep(step)
                break
            replies += step.text
            hang_up = step.hang_up
        self._send(Reply(text=bytes(replies), hang_up=hang_up))

    def _keep(self, mail: Mail) -> None:
        self._keeping = asyncio.ensure_future(self._store.keep(mail))
        self._keeping.add_done_callback(self._kept)

    def _kept(self, done: "asyncio.Task[None]") -> None:
        self._keeping = None
        if done.cancelled() or self._transport.is_closing():
            return
        if not self._transport.is_reading():
            self._transport.resume_reading()
        self._go_on(NOT_KEPT if isinstance(done.exception(), NotKept) else OK)

    def _send(self, reply: Reply) -> None:
        if reply.text and not self._transport.is_closing():
            self._transport.write(reply.text)
        if reply.hang_up:
            self._transport.close()

    def _watch(self) -> None:
        """Hang up on who says nothing for five minutes."""
        silent = self._loop.time() - self._heard
        if silent >= IDLE_SECONDS and self._keeping is None:
            self._transport.close()
        else:
            self._idle = self._loop.call_later(max(1.0, IDLE_SECONDS - silent), self._watch)
