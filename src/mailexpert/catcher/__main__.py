"""The mail catcher as a process: `python -m mailexpert.catcher`. It listens to this machine alone."""

import asyncio
import signal
import sys

import structlog
import uvloop

from mailexpert.base import env, logs, metrics, outgoing
from mailexpert.catcher.server import Connection
from mailexpert.catcher.store import Store

LOOPBACK = "127.0.0.1"
END_SECONDS = 5.0

log = structlog.get_logger()


async def serve(settings: env.Environment) -> None:
    """Catch until a signal says to end."""
    if not settings.database_url:
        raise env.EnvironmentProblem("DATABASE_URL is not set. Start with `mailexpert up`, or set it.")
    store, loop, ending = Store(settings.database_url), asyncio.get_running_loop(), asyncio.Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(kind, ending.set)
    server = await loop.create_server(lambda: Connection(store), LOOPBACK, settings.catcher_port, backlog=512)
    beside = [asyncio.create_task(store.run()), asyncio.create_task(store.tidy())]
    metrics.gauge("mailexpert_catcher_mails", "Mails that were caught.", lambda: store.kept)
    metrics.gauge("mailexpert_catcher_connections", "Who is connected.", lambda: Connection.open_now)
    metrics.serve(settings)
    log.info("catcher listens", port=settings.catcher_port)
    await ending.wait()
    server.close()
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    log.info("catcher ends", kept=store.kept)


def main() -> int:
    logs.configure("catcher")
    try:
        outgoing.watch(env.load())
        uvloop.run(serve(env.load()))
    except (env.EnvironmentProblem, OSError) as problem:
        log.error("catcher can't start", problem=str(problem), port_variable="MAILEXPERT_CATCHER_PORT")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
