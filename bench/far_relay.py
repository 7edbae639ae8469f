"""A relay at the other end of a long line: how near does the engine come to what the round trips allow?

.venv/bin/python bench/far_relay.py [--messages 20000] [--connections 100] [--round-trip 0.05] [--json]

Needs a database (DATABASE_URL, or the home's own). The relay is a process that answers each write only after the
round trip's time; with pipelining a message costs one.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
from multiprocessing.connection import Connection

OFFER = b"250-far.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


class Far(asyncio.Protocol):
    """Takes every message. What it says arrives a round trip after what it heard."""

    def __init__(self, round_trip: float) -> None:
        self._round_trip, self._in_message, self._rest = round_trip, False, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._loop = transport, asyncio.get_running_loop()
        self._say(b"220 far.example\r\n")

    def data_received(self, data: bytes) -> None:
        data, said = self._rest + data, []
        while data:
            if self._in_message:
                end = data.find(b"\r\n.\r\n")
                if end < 0:
                    data = data[-4:]
                    break
                data, self._in_message = data[end + 5 :], False
                said.append(b"250 taken\r\n")
                continue
            line, found, after = data.partition(b"\r\n")
            if not found:
                break
            data = after
            said.append(self._answer(line.upper()))
        self._rest = data
        if said:
            self._say(b"".join(said))

    def _answer(self, line: bytes) -> bytes:
        if line.startswith(b"EHLO"):
            return OFFER
        if line == b"DATA":
            self._in_message = True
            return b"354 go on\r\n"
        return b"250 good\r\n"

    def _say(self, said: bytes) -> None:
        self._loop.call_later(self._round_trip, self._transport.write, said)


def relay(round_trip: float, tell: Connection) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Far(round_trip), "127.0.0.1", 0)
        tell.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--messages", type=int, default=20_000)
    ask.add_argument("--connections", type=int, default=100)
    ask.add_argument("--round-trip", type=float, default=0.05, help="seconds")
    ask.add_argument("--json", action="store_true")
    asked = ask.parse_args()
    ours, theirs = multiprocessing.Pipe()
    far = multiprocessing.get_context("spawn").Process(
        target=relay, args=(asked.round_trip, theirs), daemon=True
    )
    far.start()
    address = f"smtp://127.0.0.1:{ours.recv()}?connections={asked.connections}"
    command = [
        sys.executable, "-m", "mailexpert.operations.cli", "bench", "send", "--json",
        "--messages", str(asked.messages), "--relay", address,
    ]  # fmt: skip
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ
    )
    far.terminate()
    sent, possible = json.loads(done.stdout), asked.connections / asked.round_trip
    found = {
        "connections": asked.connections,
        "round_trip_ms": asked.round_trip * 1000,
        "possible_per_second": round(possible),
        "sent_per_second": sent["rate"],
        "share_of_possible": round(sent["rate"] / possible, 3),
        "cpu_us_per_message": sent["cpu_us_per_message"],
    }
    print(json.dumps(found) if asked.json else "  ".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
