"""What time it is for a promise: the database's clock, and never before a moment that was seen already."""

from datetime import datetime

from django.db import connection

HIGHEST = """
INSERT INTO privacy_mark AS known (id, highest) VALUES (1, %(now)s)
ON CONFLICT (id) DO UPDATE SET highest = greatest(known.highest, excluded.highest) RETURNING highest
"""


def moment() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(HIGHEST, {"now": database_time()})
        found: datetime = cursor.fetchone()[0]
    return found


def database_time() -> datetime:
    """One clock for all machines."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found
