"""The worker: runs the coarse jobs of the queue and their schedules until it is told to stop."""

import asyncio
import os
from typing import Any

JOBS_AT_ONCE = 4


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
    import django

    django.setup()
    from procrastinate.contrib.django import app

    from mailexpert.base import env, logs, outgoing

    logs.configure("worker")
    outgoing.watch(env.load())
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
