"""How many clicks a second the intake answers, each stored before its answer, on one process.

.venv/bin/python bench/intake.py [--connections 64] [--seconds 4] [--turns 3] [--json]

It takes turns with the same HTTP server that answers the same redirect and does nothing else, and at the end counts
what was stored. Asks with `wrk` where it is installed, else with a small generator of its own, which is slower.
"""

import argparse
import asyncio
import json
import os
import re
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

TARGET = "https://winkel.example/artikel/1?utm_source=mail"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
RESULT = Path(__file__).parents[1] / "var" / "bench" / "intake.json"


# ── the two servers ──


def plain(port: int) -> None:
    """granian with an app that only answers."""
    import uvloop
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    async def app(_scope: object, wire: object) -> None:
        wire.response_empty(302, [("location", TARGET), ("cache-control", "no-store")])  # type: ignore[attr-defined]

    async def serve() -> None:
        server = Server(
            app,
            port=port,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            websockets=False,
            backlog=1024,
            log_enabled=False,
        )
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
        await server.serve()

    uvloop.run(serve())


@contextmanager
def running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    for _ in range(400):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield process
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ── asking ──


def ask(url: str, connections: int, seconds: int) -> tuple[int, float]:
    """How many were answered, and in how many seconds."""
    if shutil.which("wrk"):
        told = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "-H", f"User-Agent: {PHONE}", url],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found = re.search(r"(\d+) requests in ([\d.]+)s", told)
        assert found, told
        assert "Non-2xx" not in told, told
        return int(found[1]), float(found[2])
    return asyncio.run(ask_ourselves(url, connections, seconds))


async def ask_ourselves(url: str, connections: int, seconds: int) -> tuple[int, float]:
    host, _slash, path = url.removeprefix("http://").partition("/")
    request = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {PHONE}\r\n\r\n".encode()
    answered, until = [0], time.monotonic() + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection(*host.split(":"))
        while time.monotonic() < until:
            writer.write(request)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 302")
            answered[0] += 1
        writer.close()

    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(connections)))
    return answered[0], time.monotonic() - began


# ── the issue that is clicked ──


@contextmanager
def an_issue() -> Iterator[int]:
    """An issue of a throw-away account."""
    from mailexpert.accounts.models import Account
    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import account, beside_wall
    from mailexpert.sending.models import Issue

    with beside_wall(Beside.OPERATE):
        made = Account.objects.create(slug=f"bench-{secrets.token_hex(6)}", name="Bench")
    with account(made.id):
        issue = Issue.objects.create(sender_address="a@b.example", subject="Bench", links=[TARGET])
        yield issue.id
    with beside_wall(Beside.OPERATE):
        Account.objects.filter(id=made.id)._raw_delete("default")


def stored(issue: int) -> int:
    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import beside_wall
    from mailexpert.tracking.queries import hits

    with beside_wall(Beside.OPERATE):
        found = hits(issue)
    return found.clicks + found.machine_clicks


# ── the story ──


def measure(
    connections: int, seconds: int, turns: int, ports: tuple[int, int], home: str
) -> dict[str, object]:
    from mailexpert.base import env, keys
    from mailexpert.mail.links import click_token

    ours = os.environ | {"MAILEXPERT_HOME": home, "MAILEXPERT_TRACK_PORT": str(ports[0])}
    ours |= {"DATABASE_URL": os.environ.get("DATABASE_URL") or str(env.load().database_url)}
    intake_command = [sys.executable, "-m", "mailexpert.intake"]
    plain_command = [sys.executable, __file__, "--plain", str(ports[1])]
    rates: dict[str, list[float]] = {"intake": [], "plain": []}
    answered = 0
    with an_issue() as issue:
        path = f"/t/c/{click_token(keys.derive('links'), issue, 0)}"
        with running(intake_command, ports[0], ours) as intake, running(plain_command, ports[1], ours):
            began = cpu_seconds(intake)
            for _ in range(turns):
                for name, port in zip(rates, ports, strict=True):
                    count, took = ask(f"http://127.0.0.1:{port}{path}", connections, seconds)
                    rates[name].append(count / took)
                    answered += count if name == "intake" else 0
            spent = cpu_seconds(intake) - began
        kept = stored(issue)
    rate, baseline = (round(statistics.median(rates[name])) for name in ("intake", "plain"))
    return {
        "connections": connections,
        "clicks_per_second": rate,
        "plain_per_second": baseline,
        "share_of_plain": round(rate / baseline, 2),
        "cpu_us_per_click": round(spent / answered * 1e6, 1),
        "answered": answered,
        "stored": kept,
        "answered_means_stored": kept >= answered,
        "asked_with": "wrk" if shutil.which("wrk") else "own generator",
    }


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--plain", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.plain:
        plain(given.plain)
        return 0
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
    os.environ["MAILEXPERT_SECRET_KEY"] = secrets.token_urlsafe(32)
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as home:
        found = measure(given.connections, given.seconds, given.turns, (free_port(), free_port()), home)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n")
    if given.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:<24} {value!s:>16}")
    return 0 if found["answered_means_stored"] else 1


if __name__ == "__main__":
    sys.exit(main())
