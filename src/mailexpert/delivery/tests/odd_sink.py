"""A relay that breaks the rules of SMTP: as a whole (its greeting, its EHLO, its TLS, its login), or at the turn of a
recipient whose address says how. Whose turn it is at MAIL it reads from the return path.

mute       never answers RCPT                     stuck     never answers the dot
half       half a line to RCPT, then hangs up     shut      421 to the dot
flood      megabytes without a line's end         torn      hangs up inside the message
lines      a reply that goes on forever           dothalf   half a line to the dot, then hangs up
extra      two replies to RCPT                    dotflood  megabytes to the dot
swallow    none to RCPT, and goes on              dottwice  two replies to the dot
nonsense   no reply at all in SMTP's sense        early     an answer to the dot together with the 354
no3        354 to RCPT                            data4     451 to DATA
drip       a byte to RCPT now and then            data5     554 to DATA
mail4      451 to MAIL                            data421   421 to DATA
mail5      550 to MAIL                            datamute  never answers DATA
mail421    421 to MAIL                            rset5     550 to RCPT, then 502 to RSET
mailmute   never answers MAIL                     rsetmute  550 to RCPT, then no answer to RSET
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from mailexpert.base import keys
from mailexpert.delivery.tests.sink import Sink, Talk
from mailexpert.mail import verp

GREETING = b"220 sink.example ESMTP\r\n"
HANGS = b""
TO_SENDER = {
    "mail4": b"451 4.3.0 later\r\n",
    "mail5": b"550 5.7.1 not from you\r\n",
    "mail421": b"421 4.3.2 going\r\n",
}
TO_RECIPIENT = {
    "half": b"250 2.1.5 o",
    "flood": b"250-" + b"x" * 5_000_000,
    "lines": b"250-on and on\r\n" * 300_000,
    "extra": b"250 2.1.5 ok\r\n" * 2,
    "swallow": b"",
    "nonsense": b"hello there\r\n",
    "no3": b"354 not yet\r\n",
    "rset5": b"550 5.1.1 nobody\r\n",
    "rsetmute": b"550 5.1.1 nobody\r\n",
}
TO_DATA = {
    "data4": b"451 4.3.0 disk\r\n",
    "data5": b"554 5.6.0 never\r\n",
    "data421": b"421 4.3.2 going\r\n",
}
TO_DOT = {
    "shut": b"421 4.3.2 going down\r\n",
    "dothalf": b"250 2.0.0 que",
    "dotflood": b"250-" + b"x" * 5_000_000,
}
EARLY = b"354 go ahead\r\n250 2.0.0 queued\r\n"
MUTE = {"MAIL": "mailmute", "RCPT": "mute", "DATA": "datamute", "RSET": "rsetmute"}


@dataclass
class OddSink(Sink):
    greeting: bytes = GREETING
    hello: bytes = b""
    starttls: bytes = b""
    login: bytes = b""
    silent_at: str = ""  # the first four letters of a verb
    context: ssl.SSLContext | None = None
    emails: Mapping[int, str] = field(default_factory=dict)  # of contacts

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
        talk = OddTalk(self)
        while line := (await reader.readline()).decode().strip():
            answer, goes_on = talk.answer(line)
            if talk.manner == MUTE.get(line[:4]) or self.silent_at == line[:4]:
                await asyncio.sleep(600)
            while talk.manner == "drip":
                writer.write(b"2")
                await asyncio.sleep(0.1)
            writer.write(answer)
            await writer.drain()
            if not goes_on:
                return
            is_body_next = answer.startswith(b"354") and line == "DATA"
            if is_body_next and not await self.message(talk, reader, writer):
                return

    async def message(
        self, talk: "OddTalk", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the conversation goes on after it."""
        if talk.manner == "torn":
            await reader.read(20)
            return False
        body = await reader.readuntil(b"\r\n.\r\n")
        if talk.manner == "shut":
            writer.write(TO_DOT["shut"])
            return False
        reply = await self._to_dot(talk.recipient, body)
        if talk.manner == "stuck":
            await asyncio.sleep(600)
        writer.write(TO_DOT.get(talk.manner, reply) + reply * (talk.manner == "dottwice"))
        goes_on = bool(reply) and talk.manner not in TO_DOT
        talk.reset()
        return goes_on


class OddTalk(Talk):
    """`manner`: how to be odd now."""

    def __init__(self, sink: OddSink) -> None:
        super().__init__(sink)
        self._odd, self.manner = sink, ""

    def answer(self, line: str) -> tuple[bytes, bool]:
        """What is said to a command, and whether the conversation goes on."""
        sink, verb, usual = self._odd, line[:4].upper(), self.command(line)
        if verb == "EHLO":
            return self._to_hello() or usual, True
        if verb == "STAR":
            return sink.starttls, False
        if verb == "AUTH":
            return sink.login, True
        if verb == "RSET" and self.manner == "rset5":
            return b"502 5.5.1 what?\r\n", True
        if verb in ("MAIL", "RCPT"):
            self.manner = self._whose(line).partition("+")[0]
        odd = self._odd_answer(verb)
        if odd is None:
            return usual, usual[:3] not in (b"221", b"421")
        if odd[:1] in (b"4", b"5"):
            self.reset()
        return odd, self.manner != "half" and odd[:3] != b"421"

    def _odd_answer(self, verb: str) -> bytes | None:
        if verb == "DATA" and self.manner == "early":
            return EARLY
        return {"MAIL": TO_SENDER, "RCPT": TO_RECIPIENT, "DATA": TO_DATA}.get(verb, {}).get(self.manner)

    def _to_hello(self) -> bytes:
        sink = self._odd
        if sink.starttls and not sink.context:
            return b"250-sink.example\r\n250 STARTTLS\r\n"
        if sink.login:
            return b"250-sink.example\r\n250 AUTH PLAIN\r\n"
        return sink.hello

    def _whose(self, line: str) -> str:
        address = line.partition("<")[2].partition(">")[0]
        if line[:4].upper() == "RCPT":
            return address
        stop = verp.read(keys.derive("links"), address)
        email = self._odd.emails.get(stop.contact, "") if stop else ""
        return email if email.startswith("mail") else ""
