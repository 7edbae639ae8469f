"""How many clicks a second the intake answers, each stored before its answer, on one process; and whether all that was
answered is stored after kills.

.venv/bin/python bench/intake.py [--connections 64 512] [--seconds 4] [--turns 3] [--kills 20] [--json]

It takes turns with nginx (`return 302`, one worker) where that is installed, and with the same HTTP server that
answers the same redirect and does nothing else, and at the end counts what was stored. What is compared is the CPU of
a request, because the asker shares the machine. Asks with `wrk` where it is installed, else with a small generator of
its own.
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
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

TARGET = "https://winkel.example/artikel/1?utm_source=mail"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
BODY = re.compile(rb"(?i)content-length: (\d+)")
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


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_of_all(process: subprocess.Popen[bytes]) -> float:
    """With its workers."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return sum(cpu_of(int(pid)) for pid in (process.pid, *children))


NGINX = """
daemon off; worker_processes 1; pid {home}/nginx.pid; error_log {home}/nginx.log;
events {{ worker_connections 2048; }}
http {{
    access_log off; keepalive_requests 1000000000; keepalive_timeout 60;
    client_body_temp_path {home}/b; proxy_temp_path {home}/p; fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u;
    scgi_temp_path {home}/s;
    server {{ listen 127.0.0.1:{port}; location / {{ return 302 {target}; }} }}
}}
"""


def nginx_command(home: str, port: int) -> list[str]:
    config = Path(home) / "nginx.conf"
    config.write_text(NGINX.format(home=home, port=port, target=TARGET))
    return ["nginx", "-p", home, "-c", str(config), "-g", "user root;" if os.getuid() == 0 else ""]


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
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 302"), head
            if (length := BODY.search(head)) and int(length[1]):
                await reader.readexactly(int(length[1]))
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


def surroundings(home: str, port: int) -> dict[str, str]:
    from mailexpert.base import env

    ours = os.environ | {"MAILEXPERT_HOME": home, "MAILEXPERT_TRACK_PORT": str(port)}
    return ours | {"DATABASE_URL": os.environ.get("DATABASE_URL") or str(env.load().database_url)}


def measure(connections: int, seconds: int, turns: int, home: str) -> dict[str, object]:
    """One number of connections: rates and CPU of each server, taken in turns."""
    from mailexpert.base import keys
    from mailexpert.mail.links import click_token

    ports = {name: free_port() for name in ("intake", "plain", "nginx")}
    ours = surroundings(home, ports["intake"])
    commands = {
        "intake": [sys.executable, "-m", "mailexpert.intake"],
        "plain": [sys.executable, __file__, "--plain", str(ports["plain"])],
    }
    if shutil.which("nginx"):
        commands["nginx"] = nginx_command(home, ports["nginx"])
    rates: dict[str, list[float]] = {name: [] for name in commands}
    costs: dict[str, list[float]] = {name: [] for name in commands}
    answered = 0
    with an_issue() as issue, ExitStack() as standing:
        path = f"/t/c/{click_token(keys.derive('links'), issue, 0)}"
        servers = {
            name: standing.enter_context(running(command, ports[name], ours))
            for name, command in commands.items()
        }
        for _ in range(turns):
            for name, server in servers.items():
                before = cpu_of_all(server)
                count, took = ask(f"http://127.0.0.1:{ports[name]}{path}", connections, seconds)
                rates[name].append(count / took)
                costs[name].append((cpu_of_all(server) - before) / count * 1e6)
                answered += count if name == "intake" else 0
        standing.close()  # the intake counts what it has when it ends
        kept = stored(issue)
    found: dict[str, object] = {f"clicks_per_second_{connections}": round(statistics.median(rates["intake"]))}
    for name in commands:
        found[f"{name}_cpu_us_{connections}"] = round(statistics.median(costs[name]), 1)
    for name in set(commands) - {"intake"}:
        share = statistics.median(costs[name]) / statistics.median(costs["intake"])
        found[f"share_of_{name}_per_cpu_{connections}"] = round(share, 2)
    return found | {f"answered_{connections}": answered, f"stored_{connections}": kept}


def killed(kills: int) -> dict[str, object]:
    """On a PostgreSQL of its own: an intake, its collector between commit and unlink, or the database is killed every
    moment; and twice each disk is full. Every reader has a link of their own, so all can be held one against one."""
    from mailexpert.tests.chaos.reading import a_reading

    folder = Path(tempfile.mkdtemp(prefix="mailexpert-reading-"))
    folder.chmod(0o755)
    dying = [("intake", "collector", "database")[n % 3] for n in range(kills)]
    disks = ["disk of the intakes", "disk of the database"]
    happenings = [*dying[: kills // 3], *disks, *dying[kills // 3 :], *disks]
    with a_reading(folder) as reading:
        began = time.monotonic()
        with reading.readers():
            for what in happenings:
                time.sleep(secrets.randbelow(1500) / 1000)
                if what not in disks or reading.disks:
                    reading.kill(what)
        found = reading.outcome(began)
    shutil.rmtree(folder, ignore_errors=True)
    figures = found.figures()
    told = {f"killed_{name.replace(' ', '_')}": n for name, n in sorted(found.kills.items())}
    told |= {f"{name.replace(' ', '_')}": n for name, n in figures.items() if isinstance(n, int)}
    return told | {"faults": found.faults()}


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, nargs="*", default=[64, 512])
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--kills", type=int, default=20)
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
    found: dict[str, object] = {"asked_with": "wrk" if shutil.which("wrk") else "own generator"}
    with tempfile.TemporaryDirectory() as home:
        for connections in given.connections:
            found |= measure(connections, given.seconds, given.turns, home)
        if given.kills:
            found |= killed(given.kills)
    pairs = [(name, name.replace("answered", "stored")) for name in found if name.startswith("answered_")]
    found["answered_means_stored"] = not found.get("faults") and all(
        int(str(found[b])) >= int(str(found[a])) for a, b in pairs
    )
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n")
    if given.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:<32} {value!s:>16}")
    return 0 if found["answered_means_stored"] else 1


if __name__ == "__main__":
    sys.exit(main())
