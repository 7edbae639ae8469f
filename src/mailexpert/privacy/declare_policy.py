"""What is stored about editions of the policy and agreements, and about who was told (core.register)."""

from mailexpert.core.register import Column, declare

DUTY = "essential.legal_obligation"
SHOWING = "legal duty: showing which text held when, and who was told (articles 5 and 13 GDPR)"
ALWAYS = "as long as MailExpert runs: old versions stay readable"

declare(
    "privacy_edition",
    purpose=DUTY,
    ground=SHOWING,
    subject="user",
    keep=ALWAYS,
    columns={
        "author_id": Column(category="user.unique_id", erase="keep"),
        "author_name": Column(category="user.name", erase="keep"),
        "approver_id": Column(category="user.unique_id", erase="keep"),
        "approver_name": Column(category="user.name", erase="keep"),
    },
    technical=(
        "id", "document", "number", "state", "summary_nl", "summary_en", "wanted_at", "created_at",
        "announced_at", "effective_at", "in_force_at", "ended_at",
    ),
)  # fmt: skip
declare(
    "privacy_editiontext",
    purpose=DUTY,
    ground=SHOWING,
    subject="user",
    keep=ALWAYS,
    columns={"author_id": Column(category="user.unique_id", erase="keep")},
    technical=("id", "edition_id", "language", "revision", "body", "fingerprint", "at"),
)
declare(
    "privacy_editionnotice",
    purpose=DUTY,
    ground=SHOWING,
    subject="nobody",
    keep=ALWAYS,
    technical=("id", "edition_id", "channel", "out_at", "trouble", "mailings", "rounds", "tried_at"),
)
declare(
    "privacy_told",
    purpose=DUTY,
    ground=SHOWING,
    subject="user",
    keep="as long as the account",
    columns={
        "user_id": Column(category="user.unique_id", erase="keep"),
        "act": Column(category="user.behavior", erase="keep"),
        "at": Column(category="user.behavior", erase="keep"),
    },
    technical=("id", "account_id", "edition_id", "channel"),
)
declare(
    "privacy_mark",
    purpose="essential.service.operations",
    ground="legitimate interest: a clock that is set back must not shorten a term",
    subject="nobody",
    keep="always: one row",
    technical=("id", "highest"),
)
