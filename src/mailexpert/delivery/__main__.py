"""`python -m mailexpert.delivery`: one engine. Any number may run, on any machine, against one database."""

import asyncio
import os
import signal
import sys

import structlog

from mailexpert.base import env, logs
from mailexpert.delivery.engine import Engine
from mailexpert.delivery.lanes import Lane
from mailexpert.delivery.letters import IssueLetters
from mailexpert.delivery.outbox_pg import PgOutbox
from mailexpert.delivery.pace import Budget
from mailexpert.delivery.ports import Relay
from mailexpert.delivery.relays import installation_relay
from mailexpert.delivery.transports.smtp import SmtpWire, hello_name

MOST_UNSETTLED = 500

log = structlog.get_logger()


async def main(url: str) -> None:
    outbox, hello = PgOutbox(url), hello_name()
    budget = Budget(MOST_UNSETTLED)
    default = installation_relay(env.load())

    def lane_to(relay: Relay) -> Lane:
        where = default if relay.is_default else relay
        wire = SmtpWire(where, hello)
        lane = Lane(where, outbox, wire, budget, IssueLetters)
        wire.emptied = lane.nudge
        return lane

    engine = Engine(outbox, lane_to)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, engine.stop)
    log.info("delivery runs", pid=os.getpid())
    await engine.run()
    await outbox.close()
    log.info("delivery ends")


if __name__ == "__main__":
    logs.configure("delivery")
    found = env.load().database_url
    if not found:
        sys.exit(
            "DATABASE_URL is not set. Start delivery with `mailexpert deliver`, which knows the database."
        )
    if sys.platform != "win32":
        import uvloop

        uvloop.run(main(found))
    else:
        asyncio.run(main(found))
