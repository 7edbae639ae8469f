"""A relay that misbehaves according to the recipient's address; the part before a `+` says how.

ok          takes the message                      full      552 after the dot
no          550 to RCPT                            later     451 to RCPT, every time
once        451 to RCPT the first time             greylist  450 after the dot the first time
silent      closes without an answer to the dot    cut       closes before the dot, every time
closing     421 to RCPT the first time             slow      answers the dot after a second
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
    dot_seconds: float = 0.0
    taken: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    messages: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def __aenter__(self) -> "Sink":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 22)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *problem: Any) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink.example ESMTP\r\n")
        recipient, has_sender = "", False
        while line := (await reader.readline()).decode().strip():
            verb = line[:4].upper()
            if verb == "EHLO":
                writer.write(self._offers())
            elif verb == "MAIL":
                if has_sender:
                    writer.write(b"503 5.5.1 nested MAIL command\r\n")
                elif self.refuses_sender:
                    writer.write(b"550 5.7.1 sender refused\r\n")
                else:
                    has_sender = True
                    writer.write(b"250 2.1.0 ok\r\n")
            elif verb == "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                answer = self._to_recipient(address) if has_sender else b"503 5.5.1 need MAIL\r\n"
                writer.write(answer)
                if answer.startswith(b"421"):
                    return
                recipient = address if answer.startswith(b"250") else ""
            elif verb == "DATA":
                if not recipient:
                    writer.write(b"554 5.5.1 no valid recipients\r\n")
                    continue
                if recipient.startswith("cut"):
                    return
                writer.write(b"354 go ahead\r\n")
                await writer.drain()
                message = await reader.readuntil(b"\r\n.\r\n")
                answer = await self._to_dot(recipient, message)
                if not answer:
                    return
                writer.write(answer)
                recipient, has_sender = "", False
            elif verb == "RSET":
                recipient, has_sender = "", False
                writer.write(b"250 2.0.0 ok\r\n")
            elif verb == "QUIT":
                writer.write(b"221 2.0.0 bye\r\n")
                return
            await writer.drain()

    def _offers(self) -> bytes:
        offers = ["sink.example", *["PIPELINING"] * self.pipelines, *["SMTPUTF8"] * self.takes_utf8, "HELP"]
        rows = [f"250{'-' if offer != 'HELP' else ' '}{offer}\r\n" for offer in offers]
        return "".join(rows).encode()

    def _to_recipient(self, address: str) -> bytes:
        self.tried[address] += 1
        first = self.tried[address] == 1
        manner = address.partition("+")[0]
        if manner == "no":
            return b"550 5.1.1 <%b> no such user\r\n" % address.encode()
        if manner == "later" or (manner == "once" and first):
            return b"451 4.3.0 later\r\n"
        if manner == "closing" and first:
            return b"421 4.3.2 closing\r\n"
        return b"250 2.1.5 ok\r\n"

    async def _to_dot(self, address: str, message: bytes) -> bytes:
        manner = address.partition("+")[0]
        if self.dot_seconds or manner == "slow":
            await asyncio.sleep(self.dot_seconds or 1.0)
        if manner == "full":
            return b"552 5.2.2 mailbox full\r\n"
        if manner == "greylist" and self.tried[address] == 1:
            return b"450 4.2.0 greylisted\r\n"
        self.taken[address] += 1
        self.messages.append(message)
        return b"" if manner == "silent" else b"250 2.0.0 queued\r\n"
