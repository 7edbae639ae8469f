"""Adds the ledger up every minute, for the reports of what is under way and of what ended since."""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from mailexpert.base.clock import now
from mailexpert.core.jobs import every
from mailexpert.core.scope import account
from mailexpert.sending.models import Issue, PulseTaken

SQL = Path(__file__).parent / "sql"
PULSE, DOMAINS = (SQL / "pulse.sql").read_text(), (SQL / "domains.sql").read_text()
# A row of the ledger is written with the time at which its transaction began; none lasts this long.
LATE = timedelta(minutes=5)
AT_ONCE = 500
DUE = """
SELECT i.account_id, i.id FROM sending_issue i
LEFT JOIN sending_pulsetaken t ON t.account_id = i.account_id AND t.issue_id = i.id
WHERE i.kind = 1 AND (t.upto IS NULL OR t.upto < coalesce(i.finished_at + make_interval(secs => %s), 'infinity'))
ORDER BY t.upto NULLS FIRST, i.id DESC LIMIT %s
"""


@every("* * * * *")
def take_pulses() -> None:
    with connection.cursor() as cursor:
        cursor.execute(DUE, [LATE.total_seconds(), AT_ONCE])
        due = cursor.fetchall()
    for account_id, issue_id in due:
        with account(account_id):
            take(issue_id)


@transaction.atomic
def take(issue_id: int) -> None:
    """Of one issue of the active account; once it has ended also by domain."""
    issue = Issue.objects.only("account_id", "finished_at").get(id=issue_id)
    upto = now()
    before = PulseTaken.objects.filter(issue_id=issue_id).values_list("upto", flat=True).first()
    values = {"account": issue.account_id, "issue": issue_id, "since": _since(before), "upto": upto}
    with connection.cursor() as cursor:
        cursor.execute(PULSE, values)
        if issue.finished_at is not None and upto > issue.finished_at + LATE:
            cursor.execute(DOMAINS, values)
    PulseTaken.objects.update_or_create(
        account_id=issue.account_id, issue_id=issue_id, defaults={"upto": upto}
    )


def _since(before: datetime | None) -> datetime | str:
    return "-infinity" if before is None else (before - LATE).replace(second=0, microsecond=0)
