"""Who marked an issue as spam, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count

from mailexpert.core.scope import current_account
from mailexpert.sending.models import Complaint
from mailexpert.sending.queries import family

PEOPLE = """
SELECT k.contact_id, k.at, coalesce(c.email, '') AS email,
       trim(concat_ws(' ', c.first_name, c.last_name)) AS name
FROM sending_complaint k
LEFT JOIN contacts_contact c ON c.account_id = k.account_id AND c.id = k.contact_id
WHERE k.account_id = %(account)s AND k.issue_id = ANY(%(issues)s) AND k.contact_id > %(after)s
ORDER BY k.contact_id LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Complainer:
    """`email` and `name` are empty once the contact was deleted."""

    contact_id: int
    email: str
    name: str
    at: datetime


def complained(issue_id: int) -> int:
    """How many people marked it as spam, as far as their providers tell."""
    return sum(complained_by_issue(family(issue_id)).values())


def complained_by_issue(issue_ids: list[int]) -> dict[int, int]:
    """Of many issues at one look; one that nobody complained of isn't in it."""
    rows = Complaint.objects.filter(issue_id__in=issue_ids).values_list("issue_id")
    return dict(rows.annotate(n=Count("id")))


def people(issue_id: int, *, after: int = 0, limit: int) -> list[Complainer]:
    values: dict[str, Any] = {
        "account": current_account(),
        "issues": family(issue_id),
        "after": after,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, values)
        names = [column.name for column in cursor.description]
        return [Complainer(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
