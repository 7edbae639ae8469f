"""What is stored of sender domains (core.register)."""

from mailexpert.core.register import Column, declare, declare_job

RUNNING = "essential.service.operations"

declare(
    "sending_senderdomain",
    purpose=RUNNING,
    ground="contract: the account sends from its own domain",
    subject="account",
    keep="until the account deletes it",
    columns={
        "name": "user.content.private",
        "spf_include": "user.content.private",
        "findings": "user.content.private",
    },
    technical=(
        "id", "account_id", "token", "state", "has_return_path", "is_strict", "created_at", "checked_at",
        "verified_at",
    ),
)  # fmt: skip
declare(
    "sending_senderkey",
    purpose=RUNNING,
    ground="contract: the account's mail is signed with its own key",
    subject="account",
    keep="until the account deletes its domain; a renewed key 7 days",
    columns={
        "public": "user.authorization.credentials",
        "secret": Column(category="user.authorization.password", export=False),
    },
    technical=("id", "account_id", "domain_id", "algorithm", "selector", "state", "created_at", "retired_at"),
)
declare_job("sending.jobs_domains.check_domain", domain_id="system.operations")
declare_job("sending.jobs_domains.check_domains")
