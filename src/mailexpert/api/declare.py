"""What the API stores (core.register)."""

from datetime import timedelta

from mailexpert.core.register import Column, Retention, declare, declare_job

declare(
    "api_answer",
    purpose="essential.service.operations",
    ground="contract: the account's own programs use the API",
    subject="account",
    keep="24 hours",
    retention=Retention(column="at", after=timedelta(hours=24)),
    columns={"body": Column(category="user.content.private", export=False)},
    technical=("id", "account_id", "key", "fingerprint", "status", "content_type", "at"),
)
declare_job("api.jobs.forget_answers")
