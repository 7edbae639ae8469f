"""The intake as a process: `python -m mailexpert.intake`."""

import asyncio
import signal
import socket
import sys
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import structlog
import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from mailexpert.base import env, keys, logs, metrics, outgoing
from mailexpert.intake.app import App
from mailexpert.intake.collector import Collector
from mailexpert.intake.database import Line
from mailexpert.intake.hits import HitDesk
from mailexpert.intake.journal import Journal
from mailexpert.intake.marking import Marker, Standing
from mailexpert.intake.networks import Networks
from mailexpert.intake.readers import ReaderDesk
from mailexpert.intake.sites import SiteDesk, Sites
from mailexpert.intake.stops import StopDesk
from mailexpert.intake.targets import Pixels, Targets
from mailexpert.intake.visits import VisitCollector, VisitDesk

HEADER_SECONDS = 5  # a head that drips is an attack on connections (slowloris)
LARGEST_HEAD = 16_384  # bytes of request line and headers
MOST_AT_ONCE = 4096  # connections; more wait in the backlog
READ_SECONDS, STOP_SECONDS = 3.0, 3.0
FINISH_PAUSE = 0.25
FORGET_PAUSE = 600.0
REPORT_PAUSE = 60.0
PIXELS_PAUSE = 1.0  # so fast a switch acts on pictures in mails that were sent
SITES_PAUSE = 3.0
END_SECONDS = 5.0

log = structlog.get_logger()


async def serve(settings: env.Environment) -> None:
    """Answer until a signal says to end; then finish the files and count them."""
    url = settings.database_url
    if not url:
        raise env.EnvironmentProblem("DATABASE_URL is not set. Start with `mailexpert intake`, or set it.")
    folder = settings.home / "intake"
    journal = Journal(folder / "hits")
    hits = HitDesk(journal, asyncio.get_running_loop())
    reading, stopping = Line(url, seconds=READ_SECONDS), Line(url, seconds=STOP_SECONDS)
    looking, standing = Line(url, seconds=READ_SECONDS), Line(url, seconds=READ_SECONDS)
    stops = StopDesk(stopping, folder)
    visited = Journal(folder / "visits")
    visits = VisitDesk(visited, is_proxied=settings.is_https)
    pixels, networks = Pixels(looking), Networks(settings.home / "networks", is_proxied=settings.is_https)
    marks, sites = keys.derive("marks"), Sites(looking)
    marker = Marker(marks, sites, Standing(standing))
    readers = ReaderDesk(hits, Targets(reading), pixels, networks, marker)
    told = SiteDesk(visited, sites, networks, marks)
    app = App(keys.derive("links"), settings.base_url, readers, stops, visits, told)
    collectors = [Collector(url, folder / "hits"), VisitCollector(url, folder / "visits")]
    for collector in collectors:
        collector.start()
    metrics.gauge("mailexpert_intake_forged_tokens", "Tokens that nobody here signed.", lambda: app.forged)
    metrics.gauge(
        "mailexpert_intake_unknown_links",
        "Tokens of ours that lead nowhere any more.",
        lambda: readers.unknown,
    )
    metrics.gauge(
        "mailexpert_intake_hidden_asked", "Times that somebody followed a link that nobody can see.",
        lambda: readers.hidden_asked,
    )  # fmt: skip
    metrics.gauge(
        "mailexpert_intake_files", "Files of hits that wait to be added up.", lambda: _count(folder / "hits")
    )
    metrics.gauge(
        "mailexpert_intake_stops_kept",
        "Files of stops that wait for the database.",
        lambda: _count(folder / "stops"),
    )
    metrics.gauge(
        "mailexpert_intake_strange_pages", "Pages that told something of a site that they aren't on.",
        lambda: told.strange,
    )  # fmt: skip
    metrics.gauge(
        "mailexpert_intake_forged_marks", "Marks of clicks that nobody here sealed.", lambda: told.forged
    )
    metrics.gauge(
        "mailexpert_intake_replayed",
        "What a page told again and again; counted no more.",
        lambda: told.replayed,
    )
    metrics.serve(settings)
    await pixels.refresh()
    await sites.refresh()
    works = (
        stops.run(), _finish_old(journal), _finish_old(visited), _look_after(app, readers, networks), _follow(pixels),
        _follow(sites, SITES_PAUSE),
    )  # fmt: skip
    beside = [asyncio.create_task(work) for work in works]
    await _listen(app, settings)
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    journal.finish()
    visited.finish()
    for collector in collectors:
        await asyncio.to_thread(collector.end, END_SECONDS)
    for line in (reading, stopping, looking, standing):
        await line.close()


def _count(folder: Path) -> int:
    return sum(1 for one in folder.glob("*") if one.is_file())


async def _listen(app: App, settings: env.Environment) -> None:
    host = _host(settings.track_url)
    _try_port(host, settings.track_port)
    server = Server(
        app,
        address=host,
        port=settings.track_port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        backpressure=MOST_AT_ONCE,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=LARGEST_HEAD, keep_alive=True
        ),
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for kind in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(kind, server.stop)
    log.info("intake listens", port=settings.track_port)
    await server.serve()


def _try_port(host: str, port: int) -> None:
    """A clear word instead of granian's when a stranger has the port; other intakes may share it."""
    with closing(socket.socket()) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            trial.bind((host, port))
        except OSError as problem:
            raise env.EnvironmentProblem(
                f"port {port} can't be used ({problem.strerror}). Free it, or set MAILEXPERT_TRACK_PORT."
            ) from problem


def _host(address: str) -> str:
    """An installation that nobody else can name listens to nobody else."""
    return "127.0.0.1" if urlsplit(address).hostname in env.LOOPBACK else "0.0.0.0"  # noqa: S104


async def _finish_old(journal: Journal) -> None:
    while True:
        await asyncio.sleep(FINISH_PAUSE)
        with suppress(OSError):
            journal.finish_old()


async def _follow(known: Pixels | Sites, pause: float = PIXELS_PAUSE) -> None:
    while True:
        await asyncio.sleep(pause)
        await known.refresh()


async def _look_after(app: App, readers: ReaderDesk, networks: Networks) -> None:
    """Say how many forged tokens came, know networks that changed, and forget what was deleted."""
    said, waited = 0, 0.0
    while True:
        await asyncio.sleep(REPORT_PAUSE)
        if app.forged > said:
            log.warning("forged tokens", count=app.forged - said)
            said = app.forged
        if networks.refresh():
            log.info("networks were read again")
        waited += REPORT_PAUSE
        if waited >= FORGET_PAUSE:
            waited = 0.0
            await readers.forget_deleted()


def main() -> int:
    logs.configure("intake")
    try:
        outgoing.watch(env.load())
        uvloop.run(serve(env.load()))
    except (env.EnvironmentProblem, keys.SecretProblem, OSError, RuntimeError) as problem:
        log.error("intake can't start", problem=str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
