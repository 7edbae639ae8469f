"""A relay that misbehaves according to the recipient's address; the part before a `+` says how.

ok          takes the message                      bad       554 after the dot
no          550 to RCPT                            later     451 to RCPT, every time
once        451 to RCPT the first time             greylist  450 after the dot the first time
silent      closes without an answer to the dot    cut       closes before the dot, every time
closing     421 to RCPT the first time             slow      answers the dot after a second
busy        451 to RCPT in the words of a provider that wants to be spared
hangs       takes the message, and never answers the dot
foreign     554 to RCPT: it doesn't relay for that domain
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Sink:
    """`taken` counts, per recipient, the dots it answered with 250 or kept silent on."""

    pipelines: bool = True
    takes_utf8: bool = False
    refuses_sender: bool = False
    most: int = 0  # bytes of a message, as it offers
    refuses_above: int = 0  # bytes, as it says only when asked
    dot_seconds: float = 0.0
    taken: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    messages: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    open: int = 0
    talking: int = 0  # connections with a message on its way
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> "Sink":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 22)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *problem: Any) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        self._writers.add(writer)
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            self._writers.discard(writer)
            writer.close()

    def cut_all(self) -> None:
        """The machine is gone: nobody listens and every connection is reset."""
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink.example ESMTP\r\n")
        talk = Talk(self)
        while line := (await reader.readline()).decode().strip():
            answer = talk.command(line)
            writer.write(answer)
            await writer.drain()
            if answer.startswith(b"354"):
                answer = await self._to_dot(talk.recipient, await reader.readuntil(b"\r\n.\r\n"))
                writer.write(answer)
                talk.reset()
            if not answer or answer[:3] in (b"421", b"221"):
                return

    def offers(self) -> bytes:
        size = [f"SIZE {self.most}"] * bool(self.most or self.refuses_above)
        offers = [
            "sink.example",
            *["PIPELINING"] * self.pipelines,
            *["SMTPUTF8"] * self.takes_utf8,
            *size,
            "HELP",
        ]
        rows = [f"250{'-' if offer != 'HELP' else ' '}{offer}\r\n" for offer in offers]
        return "".join(rows).encode()

    def to_recipient(self, address: str) -> bytes:
        self.tried[address] += 1
        first = self.tried[address] == 1
        manner = address.partition("+")[0]
        if manner == "no":
            return b"550 5.1.1 <%b> no such user\r\n" % address.encode()
        if manner == "later" or (manner == "once" and first):
            return b"451 4.3.0 later\r\n"
        if manner == "busy":
            return b"451 4.7.0 [TS01] messages temporarily deferred\r\n"
        if manner == "foreign":
            return b"554 5.7.1 Relay access denied\r\n"
        if manner == "closing" and first:
            return b"421 4.3.2 closing\r\n"
        return b"250 2.1.5 ok\r\n"

    async def _to_dot(self, address: str, message: bytes) -> bytes:
        manner = address.partition("+")[0]
        self.talking += 1
        try:
            if self.dot_seconds or manner == "slow":
                await asyncio.sleep(self.dot_seconds or 1.0)
        finally:
            self.talking -= 1
        if manner == "hangs":
            await asyncio.Event().wait()
        if manner == "bad":
            return b"554 5.6.0 content refused\r\n"
        if manner == "greylist" and self.tried[address] == 1:
            return b"450 4.2.0 greylisted\r\n"
        self.taken[address] += 1
        self.messages.append(message)
        return b"" if manner == "silent" else b"250 2.0.0 queued\r\n"


class Talk:
    """The envelope of one connection."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.reset()

    def reset(self) -> None:
        self.recipient, self._has_sender = "", False

    def command(self, line: str) -> bytes:
        """The answer; nothing means that the connection is cut."""
        verb = line[:4].upper()
        if verb == "EHLO":
            return self._sink.offers()
        if verb == "MAIL":
            return self._sender(int(line.partition(" SIZE=")[2].split()[0]) if " SIZE=" in line else 0)
        if verb == "RCPT":
            return self._recipient(line.partition("<")[2].partition(">")[0])
        if verb == "DATA":
            return self._data()
        if verb == "RSET":
            self.reset()
        return b"221 2.0.0 bye\r\n" if verb == "QUIT" else b"250 2.0.0 ok\r\n"

    def _sender(self, size: int) -> bytes:
        if self._has_sender:
            return b"503 5.5.1 nested MAIL command\r\n"
        if self._sink.refuses_sender:
            return b"550 5.7.1 sender refused\r\n"
        if self._sink.refuses_above and size > self._sink.refuses_above:
            return b"552 5.3.4 message size exceeds fixed limit\r\n"
        self._has_sender = True
        return b"250 2.1.0 ok\r\n"

    def _recipient(self, address: str) -> bytes:
        if not self._has_sender:
            return b"503 5.5.1 need MAIL\r\n"
        answer = self._sink.to_recipient(address)
        self.recipient = address if answer.startswith(b"250") else ""
        return answer

    def _data(self) -> bytes:
        if not self.recipient:
            return b"554 5.5.1 no valid recipients\r\n"
        return b"" if self.recipient.startswith("cut") else b"354 go ahead\r\n"
