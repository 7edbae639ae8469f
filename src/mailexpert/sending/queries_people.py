"""Who did not get an issue, a page at a time: each page is found by an index, however many there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from mailexpert.core.scope import current_account
from mailexpert.sending import queries_doubt
from mailexpert.sending.queries import family

SKIPPED, FAILED, DEFERRED, IN_DOUBT = KINDS = ("skipped", "failed", "deferred", "in_doubt")
OUTCOMES = {SKIPPED: 3, FAILED: 2}
WITH_NAMES = """
SELECT p.contact_id, p.code, p.at, coalesce(c.email, '') AS email,
       trim(concat_ws(' ', c.first_name, c.last_name)) AS name, coalesce(
           (SELECT text FROM sending_reply t
            WHERE t.account_id = %(account)s AND t.issue_id = %(issue)s AND t.contact_id = p.contact_id
            ORDER BY t.id DESC LIMIT 1), '') AS reply
FROM ({page}) p
LEFT JOIN contacts_contact c ON c.account_id = %(account)s AND c.id = p.contact_id
ORDER BY p.code, p.contact_id
"""
# By sending_delivery_why, in its order.
SETTLED = """
SELECT contact_id, code, at FROM sending_delivery
WHERE account_id = %(account)s AND issue_id = %(issue)s AND outcome = %(outcome)s
  AND (%(code)s::int IS NULL OR code = %(code)s) AND (code, contact_id) > (%(after_code)s, %(after)s)
ORDER BY code, contact_id LIMIT %(limit)s
"""
# By the key that a person has one retry of an issue; a code of theirs is of no order, so it isn't in the place.
WAITING = """
SELECT contact_id, 0 AS code, due AS at FROM sending_retry
WHERE account_id = %(account)s AND issue_id = %(issue)s AND contact_id > %(after)s
  AND NOT (state = 1 AND lease_until < now())
ORDER BY contact_id LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page begins: behind this reason and contact."""

    code: int = -1
    contact: int = 0


@dataclass(frozen=True, kw_only=True)
class Person:
    """`email` and `name` are empty once the contact was deleted; `at` of a deferred one is the next attempt."""

    contact_id: int
    email: str
    name: str
    code: int
    reply: str
    at: datetime

    @property
    def place(self) -> Place:
        return Place(code=self.code, contact=self.contact_id)


def people(
    issue_id: int, kind: str, *, code: int | None = None, after: Place | None = None, limit: int
) -> list[Person]:
    """By reason, then by contact."""
    place = after or Place()
    if kind == IN_DOUBT:
        return _doubtful(issue_id, place, limit)
    statement = WITH_NAMES.format(page=SETTLED if kind in OUTCOMES else WAITING)
    issues = family(issue_id)
    if len(issues) > 1:  # else an index gives the page in its order
        statement = statement.replace("issue_id = %(issue)s", "issue_id = ANY(%(issues)s)")
    values: dict[str, Any] = {
        "account": current_account(), "issue": issue_id, "issues": issues, "outcome": OUTCOMES.get(kind), "code": code,
        "after_code": place.code, "after": place.contact, "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description]
        return [Person(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _doubtful(issue_id: int, place: Place, limit: int) -> list[Person]:
    found: list[Any] = queries_doubt.doubtful(issue_id, after=place.contact, limit=limit)
    return [
        Person(contact_id=one.contact_id, email=one.email, name="", code=0, reply="", at=one.since)
        for one in found
    ]
