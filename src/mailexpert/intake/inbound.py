"""Mail that comes in, as a process: `python -m mailexpert.intake.inbound`.

It takes mail to addresses that carry a token of ours (mailboxes.py): requests to unsubscribe, what comes back to a
return path, feedback reports. No mail is stored. Everything else is refused while the sender still holds it.
"""

import asyncio
import signal
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from mailexpert.base import env, keys, logs, metrics, outgoing
from mailexpert.intake.complaints import ComplaintDesk
from mailexpert.intake.database import Line
from mailexpert.intake.mailboxes import Feedback, Mailbox, Returning, Unsubscribing
from mailexpert.intake.stops import StopDesk

LARGEST_MAIL = 1 << 20  # bytes; more than any mail of ours that a report returns
MOST_RECIPIENTS = 10
MOST_AT_ONCE = 200  # connections
SILENT_SECONDS = 60  # a sender that drips is an attack on connections
STOP_SECONDS = 5.0

log = structlog.get_logger()


class Desk:
    """What aiosmtpd asks at each step of a mail."""

    def __init__(self, mailboxes: Sequence[Mailbox]) -> None:
        self._mailboxes = mailboxes
        self.forged = 0

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if self._opened(address) is None:
            self.forged += 1
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        opened = [found for address in envelope.rcpt_tos if (found := self._opened(address)) is not None]
        mail = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            await asyncio.gather(*(mailbox.take(told, mail) for mailbox, told in opened))
        except OSError:
            return "451 4.3.0 Try again later"
        return "250 2.0.0 Taken"

    def _opened(self, address: str) -> tuple[Mailbox, Any] | None:
        for mailbox in self._mailboxes:
            if (told := mailbox.opens(address)) is not None:
                return mailbox, told
        return None


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
    folder = settings.home / "intake"
    stops, complaints = StopDesk(line, folder), ComplaintDesk(line, folder)
    key, host = keys.derive("links"), urlsplit(settings.track_url).hostname or "localhost"
    returning, feedback = Returning(key), Feedback(key, complaints)
    desk = Desk([Unsubscribing(key, stops), returning, feedback])
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
    working = [asyncio.create_task(one.run()) for one in (stops, complaints)]
    metrics.gauge("mailexpert_inbound_connections", "Senders that are connected.", lambda: Server.open_now)
    metrics.gauge("mailexpert_inbound_forged_tokens", "Tokens that nobody here signed.", lambda: desk.forged)
    metrics.gauge("mailexpert_inbound_returned", "Mails that came back to us.", lambda: returning.returned)
    metrics.gauge(
        "mailexpert_inbound_complaints", "Reports that a mail was spam.", lambda: feedback.complaints
    )
    metrics.gauge(
        "mailexpert_inbound_complaints_of_nobody",
        "Reports that name no mail of ours.",
        lambda: feedback.nobodys,
    )
    metrics.gauge(
        "mailexpert_inbound_other_reports", "Mails to report to that are none.", lambda: feedback.others
    )
    metrics.serve(settings)
    log.info("inbound listens", port=settings.inbound_port)
    await ending.wait()
    server.close()
    for one in working:
        one.cancel()
    await asyncio.gather(*working, return_exceptions=True)
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
