"""What the API stores (core.register)."""

from mailexpert.core.register import Column, declare

declare(
    "api_answer",
    purpose="essential.service.operations",
    ground="contract: the account's own programs use the API",
    subject="account",
    keep="24 hours",
    columns={"body": Column(category="user.content.private", export=False)},
    technical=("id", "account_id", "key", "fingerprint", "status", "content_type", "at"),
)
