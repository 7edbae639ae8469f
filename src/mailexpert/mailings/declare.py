"""What the mailings room stores (core.register)."""

from mailexpert.core.register import declare, declare_job

declare(
    "mailings_mailing",
    purpose="marketing.communications.email",
    ground="contract: the account writes and sends mailings",
    subject="account",
    keep="until the account deletes it",
    columns={
        "name": "user.content.private",
        "subject": "user.content.private",
        "preheader": "user.content.private",
        "source": "user.content.private",
        "sender": "user.contact.email",
        "reply_to": "user.contact.email",
    },
    technical=(
        "id", "account_id", "template_id", "kind", "tracking", "language", "state", "scheduled_at", "issue_id",
        "version",
        "created_at", "updated_at", "started_at", "finished_at",
    ),
)  # fmt: skip
declare(
    "mailings_audiencelist",
    purpose="marketing.communications.email",
    ground="contract: the account chooses who gets a mailing",
    subject="account",
    keep="as long as its mailing",
    technical=("id", "account_id", "mailing_id", "list_id", "excluded"),
)
for name in ("start_due", "follow_issues"):
    declare_job(f"mailings.jobs.{name}")
declare(
    "mailings_audiencesegment",
    purpose="marketing.communications.email",
    ground="contract: the account chooses whom it mails",
    subject="account",
    keep="as long as the mailing",
    columns={},
    technical=("id", "account_id", "mailing_id", "segment_id"),
)
