"""What the statements of outbox.sql do to their tables, in memory: fast enough to try thousands of schedules. The
same machine runs on PostgreSQL too (pg_tables.py), which holds this mirror to the original.

`without` takes a fence away, to show that the machine finds what it guards against.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailexpert.delivery.ports import Person, Retry, Settlement, Shard

LEASE = 120.0
SENDING, PAUSED, CANCELLED, DONE = 0, 1, 2, 3
DUE, TRYING = 0, 1
SENT, FAILED, SKIPPED, UNANSWERED = 1, 2, 3, 4
BY_CANCEL, UNSUBSCRIBED = 4, 1
ORDER_AFTER = 15 * 60.0


class Clash(AssertionError):
    """The database would refuse this; with its fences standing, nobody ever asks for it."""


@dataclass(kw_only=True)
class ShardRow:
    id: int
    issue: int
    contacts: list[int]
    upto: int = 0
    epoch: int = 0
    lease_until: float = -1.0
    is_open: bool = True
    counts: dict[int, int] = field(default_factory=lambda: {SENT: 0, FAILED: 0, SKIPPED: 0})


@dataclass(kw_only=True)
class RetryRow:
    id: int
    issue: int
    shard: int
    contact: int
    attempt: int
    due: float
    state: int = DUE
    lease_until: float = -1.0


@dataclass(kw_only=True)
class IssueRow:
    state: int = SENDING
    is_finished: bool = False


class Tables:
    account = 1

    def __init__(self, issues: Mapping[int, Sequence[Sequence[int]]], without: str = "") -> None:
        self.now = 0.0
        self.without = without
        self.issues = {issue: IssueRow() for issue in issues}
        rows = [(issue, list(people)) for issue, shards in issues.items() for people in shards]
        self.shards = {n: ShardRow(id=n, issue=i, contacts=p) for n, (i, p) in enumerate(rows, 1)}
        self.retries: dict[int, RetryRow] = {}
        self.ledger: dict[tuple[int, int], int] = {}
        self.unsubscribed: set[int] = set()
        self._last_retry = 0

    # ── the machine ──

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def unsubscribe(self, contact: int) -> None:
        self.unsubscribed.add(contact)

    def move(self, issue: int, state: int) -> None:
        row = self.issues[issue]
        if not row.is_finished and row.state != CANCELLED:
            row.state = state

    def order_again(self, issue: int) -> list[int]:
        """retry_doubtful.sql"""
        if self.issues[issue].state == CANCELLED:
            return []
        ordered = []
        for retry in self.retries.values():
            if retry.issue == issue and retry.state == TRYING and retry.lease_until < self.now - ORDER_AFTER:
                retry.state, retry.attempt, retry.due = DUE, retry.attempt + 1, self.now
                ordered.append(retry.contact)
        for shard in self._shards_of(issue):
            if shard.lease_until < self.now - ORDER_AFTER:
                for contact in shard.contacts[: shard.upto]:
                    if self.final(contact) is None and contact not in self.retries:
                        last = max((n for person, n in self.ledger if person == contact), default=1)
                        self._add_retry(shard.issue, shard.id, contact, 1 + max(1, last), self.now)
                        ordered.append(contact)
        if ordered and self.issues[issue].state == DONE:
            self.issues[issue] = IssueRow()
        return ordered

    def final(self, contact: int) -> int | None:
        """Of the last attempt: an earlier one that came in late, after a person's order, counts no more."""
        found = {n: o for (person, n), o in self.ledger.items() if person == contact and o != UNANSWERED}
        return found[max(found)] if found else None

    def lost_retries(self) -> set[int]:
        return {c for c, r in self.retries.items() if r.state == TRYING and r.lease_until < self.now}

    def held(self, shard: ShardRow) -> bool:
        return shard.is_open and shard.lease_until >= self.now

    # ── outbox.sql ──

    def claim_shards(self, held: Sequence[int], room: int) -> list[Shard]:
        claimed = []
        for issue, row in self.issues.items():
            if row.state != SENDING or row.is_finished or issue in held or len(claimed) >= room:
                continue
            free = [s for s in self._shards_of(issue) if s.is_open and s.lease_until < self.now]
            if free:
                shard = free[0]
                shard.epoch, shard.lease_until = shard.epoch + 1, self.now + LEASE
                claimed.append(
                    Shard(
                        account_id=self.account, issue_id=issue, id=shard.id, upto=shard.upto,
                        size=len(shard.contacts), epoch=shard.epoch,
                    )
                )  # fmt: skip
        return claimed

    def claim_retries(self, held: Sequence[int], room: int) -> list[Retry]:
        due = [r for r in self.retries.values() if r.state == DUE and r.due <= self.now]
        allowed = [r for r in due if self.issues[r.issue].state == SENDING and r.issue not in held]
        taken = [r for r in allowed if r.issue == allowed[0].issue][:room]
        for retry in taken if self.without != "write-ahead of retries" else ():
            retry.state, retry.lease_until = TRYING, self.now + LEASE
        return [
            Retry(self.account, retry.issue, retry.shard, retry.contact, retry.attempt, retry.id)
            for retry in taken
        ]

    def read(self, contacts: Sequence[int]) -> list[Person]:
        return [
            Person(contact, f"p{contact}@x.example", UNSUBSCRIBED if contact in self.unsubscribed else 0, ())
            for contact in contacts
        ]

    def read_window(self, shard: Shard, size: int) -> list[Person]:
        return self.read(self.shards[shard.id].contacts[shard.upto : shard.upto + size])

    def open_window(self, shard: Shard, size: int, skips: Mapping[int, int]) -> bool:
        row = self.shards[shard.id]
        fenced = self.without != "fence"
        if fenced and (row.epoch != shard.epoch or row.upto != shard.upto):
            return False
        if not row.is_open or self.issues[row.issue].state != SENDING:
            return False
        row.upto, row.lease_until = shard.upto + size, self.now + LEASE
        row.counts[SKIPPED] += len(skips)
        for contact in skips:
            self.ledger[contact, 1] = SKIPPED
        return True

    def settle(self, found: Settlement) -> None:
        passed_by = self._ordered_meanwhile(found) if found.is_late and not found.of_retries else set()
        rows = [(turn.shard_id, turn.contact_id, turn.attempt, SENT) for turn in found.sent]
        rows += [(o.shard_id, o.contact_id, o.attempt, o.outcome) for o in found.outcomes]
        for shard, contact, attempt, outcome in rows:
            if (contact, attempt) in self.ledger:
                raise Clash("the ledger has a key")
            self.ledger[contact, attempt] = outcome
            counts = contact not in passed_by
            if found.of_retries:
                counts = self._end_retry(contact, attempt)
            if counts and outcome != UNANSWERED:
                self.shards[shard].counts[outcome] += 1
        for again in found.again:
            retry = self.retries.get(again.contact_id)
            if found.of_retries:
                if retry and retry.attempt == again.tried and retry.state == TRYING:
                    retry.state, retry.attempt = DUE, again.attempt
                    retry.due = self.now + again.wait
            elif again.contact_id not in passed_by:
                self._add_retry(
                    found.issue_id, again.shard_id, again.contact_id, again.attempt, self.now + again.wait
                )
        if found.again and self.without != "reopening":
            self._reopen(found.issue_id)
        self._close(found.closes)

    def release_shard(self, shard: Shard) -> None:
        row = self.shards[shard.id]
        if row.epoch == shard.epoch and row.is_open:
            row.lease_until = self.now - 1e-6
            row.is_open = row.upto < len(row.contacts)

    def stands_at(self, shard: Shard) -> int | None:
        row = self.shards[shard.id]
        return row.upto if row.epoch == shard.epoch else None

    def states(self) -> dict[int, int]:
        return {issue: row.state for issue, row in self.issues.items()}

    def tidy(self) -> None:
        for issue, row in self.issues.items():
            if row.is_finished or row.state == PAUSED:
                continue
            if row.state == CANCELLED:
                self._skip_cancelled(issue)
            due = [r for r in self.retries.values() if r.issue == issue]
            if not any(s.is_open for s in self._shards_of(issue)) and not any(
                r.state == DUE or r.lease_until >= self.now for r in due
            ):
                row.is_finished = True
                row.state = DONE if row.state == SENDING else row.state

    def _skip_cancelled(self, issue: int) -> None:
        for shard in self._shards_of(issue):
            if shard.is_open and shard.lease_until < self.now:
                for contact in shard.contacts[shard.upto :]:
                    self.ledger[contact, 1] = SKIPPED
                    shard.counts[SKIPPED] += 1
                shard.upto, shard.is_open, shard.epoch = len(shard.contacts), False, shard.epoch + 1
        for retry in [r for r in self.retries.values() if r.issue == issue and r.state == DUE]:
            del self.retries[retry.contact]
            self.ledger[retry.contact, retry.attempt] = SKIPPED
            self.shards[retry.shard].counts[SKIPPED] += 1

    def _shards_of(self, issue: int) -> list[ShardRow]:
        return [shard for shard in self.shards.values() if shard.issue == issue]

    def _ordered_meanwhile(self, found: Settlement) -> set[int]:
        ordered = set(self.retries) | {contact for contact, _attempt in self.ledger}
        return ordered & {
            *(t.contact_id for t in found.sent),
            *(o.contact_id for o in found.outcomes),
            *(a.contact_id for a in found.again),
        }

    def _end_retry(self, contact: int, attempt: int) -> bool:
        retry = self.retries.get(contact)
        if retry is None or retry.attempt != attempt or retry.state != TRYING:
            return False
        del self.retries[contact]
        return True

    def _add_retry(self, issue: int, shard: int, contact: int, attempt: int, due: float) -> None:
        if contact in self.retries:
            raise Clash("one retry a person")
        self._last_retry += 1
        self.retries[contact] = RetryRow(
            id=self._last_retry, issue=issue, shard=shard, contact=contact, attempt=attempt, due=due
        )

    def _reopen(self, issue: int) -> None:
        row = self.issues[issue]
        if row.is_finished:
            self.issues[issue] = IssueRow(state=SENDING if row.state == DONE else row.state)

    def _close(self, closes: Shard | None) -> None:
        if closes is not None:
            row = self.shards[closes.id]
            if row.epoch == closes.epoch and row.upto == len(row.contacts):
                row.is_open, row.lease_until = False, self.now
