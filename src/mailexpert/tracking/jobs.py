"""What measuring does by the clock."""

from django.db import connection

from mailexpert.core.beside import Beside
from mailexpert.core.jobs import every

MAKE = """
SELECT tracking_make_month(parent, now() + month * interval '1 month')
FROM unnest(ARRAY['tracking_event', 'tracking_trail']) AS parent, generate_series(0, 2) AS month
"""


@every("7 2 * * *", Beside.MIGRATE)
def make_months() -> None:
    """The parts of the months to come, so that no collector has to lock the table for one."""
    with connection.cursor() as cursor:
        cursor.execute(MAKE)
