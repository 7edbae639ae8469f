"""The queue looks after itself: jobs of a dead worker come again, finished ones are forgotten."""

from django.db import connection

from mailexpert.core.beside import Beside
from mailexpert.core.jobs import every

# A living worker shows itself every 10 seconds. The library never takes a job back by itself.
RESCUE = """
UPDATE procrastinate_jobs j SET status = 'todo', scheduled_at = now(), worker_id = NULL
WHERE j.status = 'doing'
  AND NOT EXISTS (SELECT 1 FROM procrastinate_workers w
                  WHERE w.id = j.worker_id AND w.last_heartbeat > now() - interval '60 seconds')
"""
FORGET = """
DELETE FROM procrastinate_jobs j USING procrastinate_events e
WHERE e.job_id = j.id
  AND ((j.status = 'succeeded' AND e.type = 'succeeded' AND e.at < now() - interval '1 day')
    OR (j.status IN ('failed', 'cancelled', 'aborted') AND e.at < now() - interval '7 days'))
"""


@every("* * * * *", Beside.OPERATE)
def rescue_jobs() -> None:
    """Give the jobs of a worker that died to another one; every job may run twice."""
    with connection.cursor() as cursor:
        cursor.execute(RESCUE)


@every("23 * * * *", Beside.OPERATE)
def forget_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
