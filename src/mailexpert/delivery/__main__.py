"""`python -m mailexpert.delivery`: one engine. Any number may run, on any machine, against one database."""

import asyncio
import os
import signal
import socket
import sys

import structlog

from mailexpert.base import env, logs, metrics, outgoing
from mailexpert.delivery import rendering, watching
from mailexpert.delivery.budget import Budget
from mailexpert.delivery.engine import Engine
from mailexpert.delivery.garbage import collect_seldom
from mailexpert.delivery.lanes import Lane
from mailexpert.delivery.letters import IssueLetters
from mailexpert.delivery.outbox_pg import PgOutbox, statements
from mailexpert.delivery.pacer import Pacer
from mailexpert.delivery.ports import Errand
from mailexpert.delivery.relays import installation_relay
from mailexpert.delivery.tempo_pg import PgTempo
from mailexpert.delivery.transports.smtp import SmtpWire, hello_name
from mailexpert.delivery.wires import Wires

MOST_UNSETTLED = 500

log = structlog.get_logger()


async def main(url: str) -> None:
    hello, default = hello_name(), installation_relay(env.load())
    outbox, shared = PgOutbox(url), PgTempo(url)
    wires = Wires(lambda relay: SmtpWire(relay, hello))
    pacer = Pacer(shared, wires, f"{socket.gethostname()}:{os.getpid()}")
    budget = Budget(MOST_UNSETTLED)

    def lane_to(errand: Errand) -> Lane:
        relay = default if errand.relay.is_default else errand.relay
        return Lane(relay, errand, outbox, wires, budget, pacer, IssueLetters)

    engine = Engine(outbox, pacer, lane_to)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, engine.stop)
    watching.watch(url, statements()["watch"], budget, MOST_UNSETTLED)
    metrics.serve(env.load())
    log.info("delivery runs", pid=os.getpid())
    collect_seldom()
    await engine.run()
    rendering.close()
    await outbox.close()
    await shared.close()
    log.info("delivery ends")


if __name__ == "__main__":
    logs.configure("delivery")
    found = env.load().database_url
    if not found:
        sys.exit(
            "DATABASE_URL is not set. Start delivery with `mailexpert deliver`, which knows the database."
        )
    outgoing.watch(env.load())
    if sys.platform != "win32":
        import uvloop

        uvloop.run(main(found))
    else:
        asyncio.run(main(found))
