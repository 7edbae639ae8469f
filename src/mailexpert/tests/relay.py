"""A relay for stories, in a process of its own: what it takes it keeps in a file, as it came.

takes  every mail      slow  a hundred a second on each connection      refuses  each connection, with 421
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailexpert.operations.ports import answers
from mailexpert.tests.ports import free_ports
from mailexpert.tests.stack import wait_until

OFFERS = b"250-relay.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
END = b"\r\n.\r\n"
OK = b"250 2.0.0 ok\r\n"
SLOW_SECONDS = 0.01


@dataclass(frozen=True, kw_only=True)
class Received:
    sender: str
    recipient: str
    raw: bytes


class Relay:
    def __init__(self, folder: Path) -> None:
        self.port, self._file = free_ports(1)[0], folder / "received"
        self._file.touch()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self, manner: str = "takes") -> None:
        """Or go on in another manner."""
        self.stop()
        command = [sys.executable, "-m", "mailexpert.tests.relay", str(self.port), str(self._file), manner]
        self._process = subprocess.Popen(command)
        wait_until(lambda: answers("127.0.0.1", self.port), "the relay answers", 20)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def received(self) -> Iterator[Received]:
        """Everything that it has kept so far."""
        with self._file.open("rb") as rows:
            while head := rows.readline():
                sender, recipient, size = json.loads(head)
                yield Received(sender=sender, recipient=recipient, raw=rows.read(size))


class Session(asyncio.Protocol):
    """Written by RFC 5321 alone, sharing nothing with what it judges."""

    def __init__(self, file: Path, manner: str) -> None:
        self._file, self._manner = file.open("ab", buffering=0), manner
        self._buffer, self._in_mail = b"", False
        self._sender = self._recipient = ""
        self._replies: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._manner == "refuses":
            transport.write(b"421 4.3.2 not today\r\n")
            transport.close()
        else:
            transport.write(b"220 relay.example ESMTP\r\n")

    def connection_lost(self, problem: Exception | None) -> None:
        self._file.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._mail() if self._in_mail else self._command():
            pass
        replies, self._replies = b"".join(self._replies), []
        if self._manner == "slow":
            asyncio.get_running_loop().call_later(SLOW_SECONDS * replies.count(OK), self._say, replies)
        else:
            self._say(replies)

    def _say(self, replies: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(replies)

    def _command(self) -> bool:
        line, found, rest = self._buffer.partition(b"\r\n")
        if not found:
            return False
        self._buffer = rest
        verb, address = line[:4].upper(), line.partition(b"<")[2].partition(b">")[0].decode()
        if verb == b"MAIL":
            self._sender = address
        elif verb == b"RCPT":
            self._recipient = address
        self._in_mail = verb == b"DATA"
        self._replies.append({b"EHLO": OFFERS, b"DATA": b"354 go on\r\n"}.get(verb, b"250 2.1.0 ok\r\n"))
        return True

    def _mail(self) -> bool:
        end = self._buffer.find(END)
        if end < 0:
            return False
        raw = self._buffer[: end + 2].replace(b"\r\n..", b"\r\n.")
        self._buffer, self._in_mail = self._buffer[end + len(END) :], False
        head = json.dumps([self._sender, self._recipient, len(raw)]).encode()
        self._file.write(head + b"\n" + raw)
        self._replies.append(OK)
        return True


async def serve(port: int, file: Path, manner: str) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(file, manner), "127.0.0.1", port, backlog=200)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
