"""What the mailings room stores (core.register)."""

from mailexpert.core.register import Column, declare, declare_job

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
        "created_at", "updated_at", "started_at", "finished_at", "test", "version_of_id",
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
for name in ("start_due", "resume_due", "follow_issues", "look_at_tests"):
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
declare(
    "mailings_decision",
    purpose="essential.service",
    ground="legitimate interest: the account can see who sent a mailing in spite of a warning",
    subject="account",
    keep="as long as the account",
    columns={"by_id": Column(category="user.unique_id", erase="keep"), "warnings": "user.content.private"},
    technical=("id", "account_id", "mailing_id", "at"),
)
declare(
    "mailings_experiment",
    purpose="marketing.communications.email",
    ground="contract: the account tries versions of a mailing; it holds numbers about groups, of no person",
    subject="account",
    keep="as long as its mailing",
    columns={"by_id": Column(category="user.unique_id", erase="keep")},
    technical=(
        "id", "account_id", "mailing_id", "what", "share", "goal", "hours", "decides", "on_tie", "state", "looks",
        "started_at", "tested_at", "decided_at", "winner", "how", "reading",
    ),
)  # fmt: skip
declare(
    "mailings_version",
    purpose="marketing.communications.email",
    ground="contract: the account tries versions of a mailing",
    subject="account",
    keep="as long as its mailing",
    columns={"subject": "user.content.private", "sender": "user.contact.email"},
    technical=("id", "account_id", "experiment_id", "what", "n", "at", "draft_id", "issue_id"),
)
