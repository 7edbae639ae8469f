"""What engines share about pace, in PostgreSQL: meters, holds on relays, and what accounts ask. Statements in
outbox.sql."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mailexpert.delivery.outbox_pg import SQL, Line
from mailexpert.delivery.pace import Level
from mailexpert.delivery.ports import Tempo
from mailexpert.delivery.purse import Decide
from mailexpert.mail.quiet import QuietHours
from mailexpert.mail.warmup import Plan


class PgTempo:
    def __init__(self, url: str) -> None:
        self._line = Line(url)
        self._made: set[str] = set()

    async def close(self) -> None:
        await self._line.close()

    async def tempos(self) -> dict[int, Tempo]:
        tempos = {row[0]: _tempo(row) for row in await self._line.rows(SQL["tempos"])}
        domains: dict[int, dict[str, int]] = {}
        warmups: dict[int, dict[str, Plan]] = {}
        for account, domain, per_hour, first_day, first in await self._line.rows(SQL["domains"]):
            if per_hour is not None:
                domains.setdefault(account, {})[domain] = per_hour
            else:
                warmups.setdefault(account, {})[domain] = Plan(first_day=first_day, first=first)
        return {
            account: replace(
                tempos.get(account, Tempo()),
                domains=domains.get(account, {}),
                warmups=warmups.get(account, {}),
            )
            for account in {*tempos, *domains, *warmups}
        }

    async def say_quiet(self, accounts: Sequence[int]) -> None:
        await self._line.rows(SQL["set_quiet"], quiet=list(accounts))

    async def turn_meters(self, keys: Sequence[str], decide: Decide) -> None:
        async with self._line.use() as connection, connection.transaction():
            fresh = [key for key in keys if key not in self._made]
            if fresh:
                await connection.execute(SQL["make_meters"], {"keys": fresh})
            cursor = await connection.execute(SQL["lock_meters"], {"keys": list(keys)})
            rows = await cursor.fetchall()
            stand = {row[0]: Level(*row[1:7]) for row in rows}
            changed = decide(stand, rows[0][7]) if rows else {}
            if changed:
                await connection.execute(SQL["write_meters"], _columns(changed))
        self._made = set(stand)  # one that was cleared away meanwhile is made anew

    async def holders(self, engine: str, relays: Mapping[int, bool]) -> dict[int, list[tuple[str, float]]]:
        """Say which relays this engine uses (and whether they are down for it); who else does, the oldest first."""
        numbers = sorted(relays)
        if numbers:
            down = [relays[relay] for relay in numbers]
            await self._line.rows(SQL["hold_relays"], engine=engine, relays=numbers, down=down)
        await self._line.rows(SQL["leave_relays"], engine=engine, relays=numbers)
        found: dict[int, list[tuple[str, float]]] = {relay: [] for relay in numbers}
        for relay, name, age in await self._line.rows(SQL["holders"], relays=numbers):
            found[relay].append((name, age))
        return found


def _tempo(row: tuple[Any, ...]) -> Tempo:
    _account, per_hour, begin, end, time_zone = row
    quiet = QuietHours(begin=begin, end=end, time_zone=time_zone) if begin and end and begin != end else None
    return Tempo(per_hour=per_hour, quiet=quiet)


def _columns(changed: Mapping[str, Level]) -> dict[str, list[Any]]:
    columns = zip(*changed.values(), strict=True)
    return {"keys": list(changed), **dict(zip(Level._fields, map(list, columns), strict=True))}
