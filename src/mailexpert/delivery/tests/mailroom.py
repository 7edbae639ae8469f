"""A mailing in the test database, an engine that sends it to a sink, and what came of it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from django.conf import settings

from mailexpert.conftest import Tenant
from mailexpert.delivery import lanes, outbox_pg
from mailexpert.delivery.budget import Budget
from mailexpert.delivery.engine import Engine
from mailexpert.delivery.lanes import Lane
from mailexpert.delivery.letters import IssueLetters
from mailexpert.delivery.outbox_pg import PgOutbox
from mailexpert.delivery.pacer import Pacer
from mailexpert.delivery.ports import Errand, Relay
from mailexpert.delivery.tempo_pg import PgTempo
from mailexpert.delivery.transports.smtp import SmtpWire
from mailexpert.delivery.wires import Trunk, Wires

NUMBERS = itertools.count(1)
NAMES = ("planned", "waiting", "sent", "skipped", "failed", "deferred", "in_doubt")


def url() -> str:
    found = settings.DATABASES["default"]
    host, port = found["HOST"], found["PORT"] or 5432
    login = found["USER"] + (f":{found['PASSWORD']}" if found["PASSWORD"] else "")
    if not host or host.startswith("/"):
        return f"postgresql://{login}@/{found['NAME']}?host={host}&port={port}"
    return f"postgresql://{login}@{host}:{port}/{found['NAME']}"


class Mailroom:
    """Beside the wall, as the engine is."""

    def __init__(self, shop: Tenant) -> None:
        self.account = shop.id
        self._db = psycopg.connect(url(), autocommit=True)
        self._db.execute("SET ROLE mailexpert_owner")

    def close(self) -> None:
        self._db.close()

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor = self._db.execute(sql, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []

    def ask_with(self, sql: str, **values: Any) -> None:
        self._db.execute(sql, values)  # type: ignore[arg-type]

    def a_list(self) -> int:
        rows = self.ask(
            "INSERT INTO contacts_list (account_id, name, purpose) "
            "VALUES (%s, md5(random()::text), 'newsletter') RETURNING id",
            self.account,
        )
        return int(rows[0][0])

    def contacts(self, list_id: int, emails: Sequence[str], ground: str = "consent") -> list[int]:
        made = []
        for email in emails:
            row = self.ask(
                "INSERT INTO contacts_contact (account_id, email, first_name) "
                "VALUES (%s, %s, 'Jo') RETURNING id",
                self.account,
                email,
            )
            made.append(row[0][0])
        self.ask(
            "INSERT INTO contacts_membership (account_id, list_id, contact_id, ground) "
            "SELECT %s, %s, unnest(%s::bigint[]), %s",
            self.account, list_id, made, ground,
        )  # fmt: skip
        return made

    def issue(self, list_id: int, contacts: Sequence[int], shard_size: int = 1000) -> int:
        row = self.ask(
            "INSERT INTO sending_issue (account_id, kind, sender_name, sender_address, reply_to, subject,"
            " html, text, preheader, fields, links, list_ids, purpose, tracking, language, sender_line,"
            " state, reason) "
            "VALUES (%s, 1, 'Winkel', 'nieuws@winkel.example', '', 'Dag {{ contact.first_name }}',"
            " '<p>Dag</p>', 'Dag', '', '{}', '[]', ARRAY[%s]::bigint[], 'newsletter', 'none', 'nl', 'Winkel',"
            " 0, '') RETURNING id",
            self.account, list_id,
        )  # fmt: skip
        issue = int(row[0][0])
        for n, start in enumerate(range(0, len(contacts), shard_size)):
            self.ask(
                "INSERT INTO sending_shard (account_id, issue_id, n, contact_ids) VALUES (%s, %s, %s, %s)",
                self.account, issue, n, list(contacts[start : start + shard_size]),
            )  # fmt: skip
        return issue

    def add_shard(self, issue: int, contacts: Sequence[int], *, lane: str = "", relay: int = 0) -> None:
        self.ask(
            "INSERT INTO sending_shard (account_id, issue_id, n, contact_ids, lane, relay_id) "
            "SELECT %s, %s, count(*), %s, %s, %s FROM sending_shard WHERE issue_id = %s",
            self.account, issue, list(contacts), lane, relay, issue,
        )  # fmt: skip

    def mailing_to(self, lanes: Mapping[str, Sequence[str]], *, relay: int = 0) -> int:
        """A mailing with one shard for each receiving provider."""
        list_id = self.a_list()
        issue = self.issue(list_id, [])
        for lane, emails in lanes.items():
            self.add_shard(issue, self.contacts(list_id, emails), lane=lane, relay=relay)
        self.tell(issue, 0)
        return issue

    def relay(self, port: int, **values: Any) -> int:
        """A relay of the installation, as the engine numbers it."""
        given = {
            "name": "r", "host": "127.0.0.1", "port": port, "security": "none", "verify": False, "username": "",
            "secret": "", "enabled": True, "max_connections": 4, "limits": "{}", **values,
        }  # fmt: skip
        names = ", ".join(given)
        row = self.ask(
            f"INSERT INTO sending_installationrelay ({names}) VALUES ({', '.join(['%s'] * len(given))}) RETURNING id",
            *given.values(),
        )
        return -int(row[0][0])

    def mailing(self, emails: Sequence[str], shard_size: int = 1000) -> int:
        list_id = self.a_list()
        return self.issue(list_id, self.contacts(list_id, emails), shard_size)

    def counts(self, issue: int) -> dict[str, int]:
        from mailexpert.sending.queries import COUNTS

        rows = self._db.execute(COUNTS, {"account": self.account, "issues": [issue]}).fetchall()
        found = dict(zip(NAMES, rows[0][1:], strict=True))
        assert found["planned"] == sum(found[name] for name in NAMES[1:]), found
        return found

    def tell(self, issue: int, state: int) -> None:
        """Pause (1), cancel (2) or resume (0) as the application does."""
        self.ask("UPDATE sending_issue SET state = %s WHERE id = %s", state, issue)
        self.ask("SELECT pg_notify('mailexpert_outbox', %s)", str(issue))

    def state(self, issue: int) -> int:
        return int(self.ask("SELECT state FROM sending_issue WHERE id = %s", issue)[0][0])

    def retries_due(self) -> None:
        self.ask("UPDATE sending_retry SET due = now()")


def smtp(relay: Relay) -> Trunk:
    return SmtpWire(relay, "[127.0.0.1]")


@asynccontextmanager
async def an_engine(
    port: int,
    *,
    connections: int = 4,
    budget: int = 500,
    name: str = "engine",
    trunk: Callable[[Relay], Trunk] = smtp,
    **relay: Any,
) -> AsyncIterator[Engine]:
    """An engine whose default relay is the sink at this port; other relays it finds in their rows."""
    outbox, shared, room = PgOutbox(url()), PgTempo(url()), Budget(budget)
    default = Relay(id=0, account_id=0, host="127.0.0.1", port=port, max_connections=connections, **relay)
    wires = Wires(trunk)
    pacer = Pacer(shared, wires, f"{name} {next(NUMBERS)}")

    def lane_to(errand: Errand) -> Lane:
        chosen = default if errand.relay.is_default else errand.relay
        return Lane(chosen, errand, outbox, wires, room, pacer, IssueLetters)

    engine = Engine(outbox, pacer, lane_to)
    running = asyncio.create_task(engine.run())
    try:
        yield engine
    finally:
        engine.stop()
        await running
        await outbox.close()
        await shared.close()


async def until(holds: Callable[[], bool], seconds: float = 90.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


__all__ = ["Mailroom", "an_engine", "lanes", "outbox_pg", "until"]
