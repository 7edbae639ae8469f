"""The same tables as they really are: every step is the engine's own SQL on PostgreSQL. Time goes by in that everything
which waits for a moment comes nearer to it."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import psycopg

from mailexpert.conftest import Tenant
from mailexpert.delivery.outbox_pg import PgOutbox
from mailexpert.delivery.ports import Claim, Issue, Person, Retry, Settlement, Shard
from mailexpert.delivery.tests.mailroom import Mailroom, url
from mailexpert.delivery.tests.protocol.tables import FAILED, SENT, SKIPPED, Clash
from mailexpert.sending.actions import RETRY_DOUBTFUL

LIST = 1
FINISHED = (2, 3)


class PgTables:
    without = ""

    def __init__(self, shop: Tenant, issues: Mapping[int, Sequence[Sequence[int]]]) -> None:
        self.room, self.outbox = Mailroom(shop), PgOutbox(url())
        self.account = self.room.account
        self._loop = asyncio.new_event_loop()
        self._empty()
        everyone = [contact for shards in issues.values() for shard in shards for contact in shard]
        self._fill(issues, everyone)

    def _empty(self) -> None:
        for table in ("delivery", "reply", "retry", "shard", "issue"):
            self.room.ask(f"DELETE FROM sending_{table}")
        for table in ("membership", "contact", "list"):
            self.room.ask(f"DELETE FROM contacts_{table}")

    def _fill(self, issues: Mapping[int, Sequence[Sequence[int]]], everyone: list[int]) -> None:
        account = self.room.account
        list_id = self.room.a_list()
        self.room.ask(
            "INSERT INTO contacts_contact (id, account_id, email) OVERRIDING SYSTEM VALUE "
            "SELECT n, %s, 'p' || n || '@x.example' FROM unnest(%s::bigint[]) n",
            account, everyone,
        )  # fmt: skip
        self.room.ask(
            "INSERT INTO contacts_membership (account_id, list_id, contact_id, ground) "
            "SELECT %s, %s, n, 'consent' FROM unnest(%s::bigint[]) n",
            account, list_id, everyone,
        )  # fmt: skip
        self._names: dict[int, int] = {}  # the database's number of an issue to ours
        for name, shards in issues.items():
            made = self.room.issue(list_id, [])
            self._names[made] = name
            for n, people in enumerate(shards):
                self.room.ask(
                    "INSERT INTO sending_shard (account_id, issue_id, n, contact_ids) VALUES (%s, %s, %s, %s)",
                    account, made, n, list(people),
                )  # fmt: skip
        self.list_id = list_id

    def close(self) -> None:
        self._do(self.outbox.close())
        self._loop.close()
        self.room.close()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        try:
            return self._loop.run_until_complete(work)
        except psycopg.errors.UniqueViolation as problem:
            raise Clash(str(problem)) from problem

    def _number(self, name: int) -> int:
        return next(number for number, found in self._names.items() if found == name)

    # ── the machine ──

    @property
    def now(self) -> float:
        return 0.0

    def advance(self, seconds: float) -> None:
        by = f"make_interval(secs => {seconds})"
        self.room.ask(f"UPDATE sending_shard SET lease_until = lease_until - {by}")
        self.room.ask(f"UPDATE sending_retry SET lease_until = lease_until - {by}, due = due - {by}")

    def unsubscribe(self, contact: int) -> None:
        self.room.ask("UPDATE contacts_membership SET ended_at = now() WHERE contact_id = %s", contact)

    def move(self, issue: int, state: int) -> None:
        self.room.ask(
            "UPDATE sending_issue SET state = %s WHERE id = %s AND finished_at IS NULL AND state <> 2",
            state, self._number(issue),
        )  # fmt: skip

    def order_again(self, issue: int) -> list[int]:
        number = self._number(issue)
        if self.room.state(number) == 2:
            return []
        asked = {"account": self.room.account, "issues": [number]}
        ordered = [row[0] for row in self.room._db.execute(RETRY_DOUBTFUL, asked).fetchall()]
        if ordered:
            self.room.ask(
                "UPDATE sending_issue SET state = 0, finished_at = NULL WHERE id = %s AND state = 3", number
            )
        return ordered

    @property
    def issues(self) -> dict[int, Any]:
        rows = self.room.ask("SELECT id, state, finished_at IS NOT NULL FROM sending_issue")
        return {self._names[row[0]]: SimpleNamespace(state=row[1], is_finished=row[2]) for row in rows}

    @property
    def shards(self) -> dict[int, Any]:
        rows = self.room.ask(
            "SELECT id, issue_id, contact_ids, upto, sent, failed, skipped, "
            "state = 0 AND coalesce(lease_until >= now(), false) FROM sending_shard ORDER BY id"
        )
        return {
            row[0]: SimpleNamespace(
                id=row[0], issue=row[1], contacts=row[2], upto=row[3], held=row[7],
                counts={SENT: row[4], FAILED: row[5], SKIPPED: row[6]},
            )
            for row in rows
        }  # fmt: skip

    @property
    def retries(self) -> dict[int, Any]:
        rows = self.room.ask(
            "SELECT contact_id, state, extract(epoch FROM due - now())::float FROM sending_retry ORDER BY id"
        )
        return {row[0]: SimpleNamespace(contact=row[0], state=row[1], due=row[2]) for row in rows}

    def held(self, shard: Any) -> bool:
        return bool(shard.held)

    def final(self, contact: int) -> int | None:
        rows = self.room.ask(
            "SELECT outcome FROM sending_delivery WHERE contact_id = %s AND outcome <> 4 ORDER BY attempt DESC",
            contact,
        )
        return rows[0][0] if rows else None

    def lost_retries(self) -> set[int]:
        return {
            row[0]
            for row in self.room.ask(
                "SELECT contact_id FROM sending_retry WHERE state = 1 AND lease_until < now()"
            )
        }

    # ── outbox.sql ──

    def _where(self, held: Sequence[int]) -> Claim:
        return Claim(pool=0, relays=(0,), group="", held=tuple(held), quiet=())

    def claim_shards(self, held: Sequence[int], room: int) -> list[Shard]:
        return list(self._do(self.outbox.claim_shards(self._where(held), room)))

    def claim_retries(self, held: Sequence[int], room: int) -> list[Retry]:
        return list(self._do(self.outbox.claim_retries(self._where(held), room)))

    def _issue(self, number: int) -> Issue:
        return self._do(self.outbox.load_issue(number))  # type: ignore[no-any-return]

    def read(self, contacts: Sequence[int]) -> list[Person]:
        issue = self._issue(next(iter(self._names)))
        return list(self._do(self.outbox.read_people(issue, (), contacts)))

    def read_window(self, shard: Shard, size: int) -> list[Person]:
        return list(self._do(self.outbox.read_window(self._issue(shard.issue_id), (), shard, size)))

    def open_window(self, shard: Any, size: int, skips: Mapping[int, int]) -> bool:
        return bool(self._do(self.outbox.open_window(shard, size, skips)))

    def settle(self, settlement: Settlement) -> None:
        self._do(self.outbox.settle(settlement))

    def release_shard(self, shard: Shard) -> None:
        self._do(self.outbox.release_shard(shard))

    def stands_at(self, shard: Shard) -> int | None:
        return self._do(self.outbox.shard_stands_at(shard))  # type: ignore[no-any-return]

    def states(self) -> dict[int, int]:
        rows = self.room.ask("SELECT id, state FROM sending_issue")
        return dict(rows)

    def tidy(self) -> None:
        self._do(self.outbox.tidy())
