"""Tables that libraries bring and that hold no room's own data."""

from mailexpert.core.register import declare

QUEUE = dict(
    purpose="essential.service.operations",
    ground="legitimate interest: running the service",
    subject="nobody",
    keep="finished jobs 7 days",
)

declare("django_migrations", technical=("id", "app", "name", "applied"), **QUEUE)
declare("django_content_type", technical=("id", "app_label", "model"), **QUEUE)
