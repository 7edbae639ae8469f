"""A relay that breaks the rules of SMTP: as a whole (its greeting, its EHLO, its TLS), or at the turn of a recipient
whose address says how.

mute       never answers RCPT                     stuck     never answers the dot
half       half a line to RCPT, then hangs up     shut      421 to the dot
flood      megabytes without a line's end         torn      hangs up inside the message
lines      a reply that goes on forever           data4     451 to DATA
extra      two replies to RCPT                    data5     554 to DATA
swallow    none to RCPT, and goes on              no3       354 to RCPT
nonsense   no reply at all in SMTP's sense
"""

import asyncio
import ssl
from dataclasses import dataclass

from mailexpert.delivery.tests.sink import Sink, Talk

GREETING = b"220 sink.example ESMTP\r\n"
HANGS = b""
TO_RECIPIENT = {
    "half": b"250 2.1.5 o",
    "flood": b"250-" + b"x" * 5_000_000,
    "lines": b"250-on and on\r\n" * 300_000,
    "extra": b"250 2.1.5 ok\r\n" * 2,
    "swallow": b"",
    "nonsense": b"hello there\r\n",
    "no3": b"354 not yet\r\n",
}
TO_DATA = {"data4": b"451 4.3.0 disk\r\n", "data5": b"554 5.6.0 never\r\n"}
HANG_UP = ("half",)


@dataclass
class OddSink(Sink):
    greeting: bytes = GREETING
    hello: bytes = b""
    starttls: bytes = b""
    context: ssl.SSLContext | None = None

    async def __aenter__(self) -> "OddSink":
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, limit=1 << 22, ssl=self.context
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.greeting)
        if self.greeting[:3] != b"220" or not self.greeting.endswith(b"\n"):
            await asyncio.sleep(600 if self.greeting == HANGS else 0)
            return
        talk = Talk(self)
        while line := (await reader.readline()).decode().strip():
            answer, goes_on = self.answer(talk, line)
            if talk.recipient.startswith("mute"):
                await asyncio.sleep(600)
            writer.write(answer)
            await writer.drain()
            if not goes_on:
                return
            is_body_next = answer.startswith(b"354") and line == "DATA"
            if is_body_next and not await self.message(talk, reader, writer):
                return

    def answer(self, talk: Talk, line: str) -> tuple[bytes, bool]:
        """What is said to a command, and whether the conversation goes on."""
        verb, usual = line[:4].upper(), talk.command(line)
        if verb == "EHLO" and self.starttls and not self.context:
            return b"250-sink.example\r\n250 STARTTLS\r\n", True
        if verb == "EHLO" and self.hello:
            return self.hello, True
        if verb == "STAR":
            return self.starttls, False
        manner = talk.recipient.partition("+")[0]
        if verb == "RCPT" and manner in TO_RECIPIENT:
            return TO_RECIPIENT[manner], manner not in HANG_UP
        if verb == "DATA" and manner in TO_DATA:
            talk.reset()
            return TO_DATA[manner], True
        return usual, usual[:3] not in (b"221", b"421")

    async def message(self, talk: Talk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        manner = talk.recipient.partition("+")[0]
        if manner == "torn":
            await reader.read(20)
            return False
        body = await reader.readuntil(b"\r\n.\r\n")
        if manner == "shut":
            writer.write(b"421 4.3.2 going down\r\n")
            return False
        reply = await self._to_dot(talk.recipient, body)
        if manner == "stuck":
            await asyncio.sleep(600)
        writer.write(reply)
        talk.reset()
        return bool(reply)
