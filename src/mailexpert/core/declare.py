"""Tables that libraries bring and that hold no room's own data."""

from mailexpert.core.register import Folder, declare, declare_folder, declare_job

RUNNING = "essential.service.operations"
GROUND = "legitimate interest: running the service"
QUEUE_KEPT = "finished jobs 7 days"

for name, keep, columns in (
    ("django_migrations", "always: which steps the tables went through", ("id", "app", "name", "applied")),
    ("django_content_type", "always: names of tables", ("id", "app_label", "model")),
    (
        "procrastinate_jobs",
        QUEUE_KEPT,
        (
            "id", "queue_name", "task_name", "lock", "args", "status", "scheduled_at", "attempts",
            "queueing_lock", "priority", "abort_requested", "worker_id",
        ),
    ),
    ("procrastinate_events", QUEUE_KEPT, ("id", "job_id", "type", "at")),
    ("procrastinate_workers", "while the worker lives", ("id", "last_heartbeat")),
    (
        "procrastinate_periodic_defers",
        QUEUE_KEPT,
        ("id", "task_name", "defer_timestamp", "job_id", "periodic_id"),
    ),
):  # fmt: skip
    declare(name, purpose=RUNNING, ground=GROUND, subject="nobody", keep=keep, technical=columns)
for name in ("rescue_jobs", "forget_jobs"):
    declare_job(f"core.upkeep.{name}")
for path, keep in (
    ("secret.key", "always: without it sealed passwords and signed links are lost"),
    ("sample.login", "as long as the sample account is used"),
    ("prepared", "always: which version of the tables stands"),
    ("up.log", "until the next start"),
    ("pg.log", "10 MB, then one older file"),
    ("pg.log.1", "10 MB"),
    ("run", "while the processes live"),
    ("bench", "until the next measurement"),
    ("docs", "until the documentation is built again"),
    ("tests", "until the tests run again"),
):
    declare_folder(
        Folder(
            path=path,
            category="system.operations",
            purpose=RUNNING,
            ground=GROUND,
            subject="nobody",
            keep=keep,
        )
    )
declare_folder(
    Folder(
        path="pg",
        category="system.operations",
        purpose=RUNNING,
        ground=GROUND,
        subject="account",
        keep="the embedded database itself: each of its tables says how long",
    )
)
