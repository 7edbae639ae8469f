"""What is stored about staff: signatures, looks into accounts, disclosures (core.register)."""

from mailexpert.core.register import Column, declare

DUTY = "essential.legal_obligation"
SHOWING = "legal duty: showing who had access, and why (articles 5, 29 and 32 GDPR)"

declare(
    "privacy_signature",
    purpose=DUTY,
    ground=SHOWING,
    subject="user",
    keep="5 years after the person left",
    columns={
        "user_id": Column(category="user.unique_id", erase="keep"),
        "name": Column(category="user.name", erase="keep"),
        "at": Column(category="user.behavior", erase="keep"),
    },
    technical=("id", "number", "fingerprint"),
)
declare(
    "privacy_look",
    purpose=DUTY,
    ground=SHOWING,
    subject="user",
    keep="as long as the account",
    columns={
        "user_id": Column(category="user.unique_id", erase="keep"),
        "name": Column(category="user.name", erase="keep"),
        "reason": Column(category="user.content.private", erase="keep"),
        "at": Column(category="user.behavior", erase="keep"),
        "until": Column(category="user.behavior", erase="keep"),
    },
    technical=("id", "account_id"),
)
declare(
    "privacy_disclosure",
    purpose=DUTY,
    ground="legal duty: showing what was given to whom, on which ground",
    subject="account",
    keep="10 years",
    columns={
        "subject_account_id": Column(category="user.unique_id", erase="keep"),
        "requester": Column(category="user.contact.organization", erase="keep"),
        "asked_for": Column(category="user.content.private", erase="keep"),
        "entered_by_id": Column(category="user.unique_id", erase="keep"),
        "entered_by_name": Column(category="user.name", erase="keep"),
        "given": Column(category="user.content.private", erase="keep"),
    },
    technical=(
        "id", "ground", "reference", "state", "at", "given_at", "person_told_at", "why_not_told",
    ),
)  # fmt: skip
declare(
    "privacy_disclosurevoice",
    purpose=DUTY,
    ground="legal duty: showing who judged it",
    subject="user",
    keep="10 years",
    columns={
        "user_id": Column(category="user.unique_id", erase="keep"),
        "name": Column(category="user.name", erase="keep"),
        "words": Column(category="user.content.private", erase="keep"),
        "at": Column(category="user.behavior", erase="keep"),
    },
    technical=("id", "disclosure_id", "approves"),
)
