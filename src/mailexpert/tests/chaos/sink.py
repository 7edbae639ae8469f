"""A relay as a process that can be killed: each mail it takes stands in its file before it says so. Whoever is named
`once…` is deferred the first time."""

import asyncio
import os
import sys
from pathlib import Path

import uvloop

OFFERS = b"250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
OK, LATER = b"250 2.0.0 ok\r\n", b"451 4.3.0 later\r\n"
REPLIES = {b"EHLO": OFFERS, b"DATA": b"354 go on\r\n", b"QUIT": b"221 2.0.0 bye\r\n"}
END = b"\r\n.\r\n"


class Session(asyncio.Protocol):
    deferred: set[bytes] = set()

    def __init__(self, file: int) -> None:
        self._file, self._buffer, self._in_mail, self._recipient = file, b"", False, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport) or hasattr(transport, "write")
        self._transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        taken: list[bytes] = []
        replies: list[bytes] = []
        while self._mail(taken, replies) if self._in_mail else self._command(replies):
            pass
        if taken:
            os.write(self._file, b"".join(taken))
        self._transport.write(b"".join(replies))  # type: ignore[attr-defined]

    def _command(self, replies: list[bytes]) -> bool:
        line, found, rest = self._buffer.partition(b"\r\n")
        if not found:
            return False
        self._buffer, verb = rest, line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0]
            if self._recipient.startswith(b"once") and self._recipient not in self.deferred:
                self.deferred.add(self._recipient)
                self._recipient = b""
            replies.append(OK if self._recipient else LATER)
        elif verb == b"DATA" and not self._recipient:
            replies.append(b"554 5.5.1 no valid recipients\r\n")
        else:
            self._in_mail = verb == b"DATA"
            replies.append(REPLIES.get(verb, OK))
        return True

    def _mail(self, taken: list[bytes], replies: list[bytes]) -> bool:
        end = self._buffer.find(END)
        if end < 0:
            return False
        self._buffer, self._in_mail = self._buffer[end + len(END) :], False
        taken.append(self._recipient + b"\n")
        replies.append(OK)
        self._recipient = b""
        return True


async def serve(port: int, path: Path) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(file), "127.0.0.1", port, backlog=200)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
