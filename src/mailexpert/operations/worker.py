"""The worker: runs the coarse jobs of the queue and their schedules until it is told to stop."""

import asyncio
import os
from typing import Any

JOBS_AT_ONCE = 4
JOBS = """
SELECT count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()),
       count(*) FILTER (WHERE status = 'doing'), count(*) FILTER (WHERE status = 'failed')
FROM procrastinate_jobs
"""
JOBS_SAY = {
    "mailexpert_jobs_waiting": "Jobs whose time has come, over all workers.",
    "mailexpert_jobs_running": "Jobs that a worker has.",
    "mailexpert_jobs_failed": "Jobs that were given up and are still kept.",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
    import django

    django.setup()
    from procrastinate.contrib.django import app

    from mailexpert.base import env, logs, metrics, outgoing

    logs.configure("worker")
    outgoing.watch(env.load())
    metrics.ask(env.load().database_url or "", JOBS, JOBS_SAY)
    metrics.serve(env.load())
    with app.replace_connector(app.connector.get_worker_connector()) as queue:
        asyncio.run(_work(queue))


async def _work(queue: Any) -> None:
    async with queue.open_async():
        # SIGTERM and Ctrl-C let running jobs end; what takes longer is handed to another worker.
        await queue.run_worker_async(
            concurrency=JOBS_AT_ONCE,
            listen_notify=True,
            fetch_job_polling_interval=2.0,
            shutdown_graceful_timeout=8,
        )


if __name__ == "__main__":
    main()
