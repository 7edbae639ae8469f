"""Mail that comes in, as a process: `python -m mailexpert.intake.inbound`.

It takes the mail that a mail program sends when its reader unsubscribes (RFC 2369), to u-<token>@. The token alone
counts; the mail itself is read to its end and dropped, never parsed or stored. What comes back to one of our own return
paths is taken and counted, nothing more yet: a receiver that asks whether the sender exists must hear yes.
Everything else is refused while the sender still holds it.
"""

import asyncio
import signal
import sys
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from mailexpert.base import env, keys, logs, metrics, outgoing
from mailexpert.intake.database import Line
from mailexpert.intake.stops import MAILTO, StopDesk, StopRequest
from mailexpert.mail import links, verp

PREFIX = "u-"
LARGEST_MAIL = 1 << 20  # bytes; what is sent here has no content that matters
MOST_RECIPIENTS = 10
MOST_AT_ONCE = 200  # connections
SILENT_SECONDS = 60  # a sender that drips is an attack on connections
STOP_SECONDS = 5.0

log = structlog.get_logger()


class Desk:
    """What aiosmtpd asks at each step of a mail."""

    def __init__(self, key: bytes, stops: StopDesk) -> None:
        self._key, self._stops = key, stops
        self.forged = self.returned = 0

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if self._read(address) is None and verp.read(self._key, address) is None:
            self.forged += 1
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        asked = [told for address in envelope.rcpt_tos if (told := self._read(address)) is not None]
        self.returned += len(envelope.rcpt_tos) - len(asked)
        requests = [StopRequest(issue=told.issue, contact=told.contact, via=MAILTO) for told in asked]
        try:
            await asyncio.gather(*(self._stops.stop(request) for request in requests))
        except OSError:
            return "451 4.3.0 Try again later"
        return "250 2.0.0 Unsubscribed" if asked else "250 2.0.0 Taken"

    def _read(self, address: str) -> links.Stop | None:
        """The stop that an address asks for. Case matters in the token; the prefix and the domain are free."""
        local = address.rpartition("@")[0]
        if local[: len(PREFIX)].lower() != PREFIX:
            return None
        told = links.read_token(self._key, local[len(PREFIX) :])
        return told if isinstance(told, links.Stop) else None


class Server(SMTP):  # type: ignore[misc]  # untyped library
    """aiosmtpd with a ceiling on connections."""

    open_now = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        Server.open_now += 1
        if Server.open_now > MOST_AT_ONCE and isinstance(transport, asyncio.Transport):
            transport.write(b"421 4.3.2 Too many connections\r\n")
            transport.close()
        super().connection_made(transport)

    def connection_lost(self, problem: Exception | None) -> None:
        Server.open_now -= 1
        super().connection_lost(problem)


async def serve(settings: env.Environment) -> None:
    """Take mail until a signal says to end."""
    if not settings.database_url:
        raise env.EnvironmentProblem("DATABASE_URL is not set. Start with `mailexpert inbound`, or set it.")
    line, loop, ending = (
        Line(settings.database_url, seconds=STOP_SECONDS),
        asyncio.get_running_loop(),
        asyncio.Event(),
    )
    stops = StopDesk(line, settings.home / "intake" / "stops")
    desk, host = Desk(keys.derive("links"), stops), urlsplit(settings.track_url).hostname or "localhost"
    for kind in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(kind, ending.set)
    options: dict[str, Any] = {
        "hostname": host,
        "ident": "MailExpert",
        "data_size_limit": LARGEST_MAIL,
        "enable_SMTPUTF8": True,
        "timeout": SILENT_SECONDS,
        "loop": loop,
    }
    here = "127.0.0.1" if host in env.LOOPBACK else "0.0.0.0"  # noqa: S104
    server = await loop.create_server(lambda: Server(desk, **options), here, settings.inbound_port)
    working = asyncio.create_task(stops.run())
    metrics.gauge("mailexpert_inbound_connections", "Senders that are connected.", lambda: Server.open_now)
    metrics.gauge("mailexpert_inbound_forged_tokens", "Tokens that nobody here signed.", lambda: desk.forged)
    metrics.gauge("mailexpert_inbound_returned", "Mails that came back to us.", lambda: desk.returned)
    metrics.serve(settings)
    log.info("inbound listens", port=settings.inbound_port)
    await ending.wait()
    server.close()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await line.close()


def main() -> int:
    logs.configure("inbound")
    try:
        outgoing.watch(env.load())
        asyncio.run(serve(env.load()))
    except (env.EnvironmentProblem, keys.SecretProblem, OSError) as problem:
        log.error("inbound can't start", problem=str(problem), port_variable="MAILEXPERT_INBOUND_PORT")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
