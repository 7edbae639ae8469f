"""Tables that libraries bring and that hold no room's own data."""

from mailexpert.core.register import declare

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
