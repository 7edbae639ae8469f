"""What the privacy room stores (core.register)."""

from mailexpert.core.register import Column, declare

PROOF = "legal duty: showing on what ground someone was mailed"

declare(
    "privacy_evidence",
    purpose="essential.legal_obligation",
    ground=PROOF,
    subject="contact",
    keep="as long as the account",
    columns={
        "source": Column(category="user.behavior", erase="keep"),
        "text": Column(category="user.content.private", erase="keep"),
        "at": Column(category="user.behavior", erase="keep"),
    },
    technical=("id", "account_id", "by_id"),
)
declare(
    "privacy_consent",
    purpose="essential.legal_obligation",
    ground=PROOF,
    subject="contact",
    keep="as long as the account",
    columns={
        "contact_id": Column(category="user.unique_id.pseudonymous", erase="keep"),
        "person": Column(category="user.unique_id.pseudonymous", erase="keep", export=False),
        "act": Column(category="user.behavior", erase="keep"),
        "purpose": Column(category="user.behavior", erase="keep"),
        "ground": Column(category="user.behavior", erase="keep"),
        "source": Column(category="user.behavior", erase="keep"),
        "at": Column(category="user.behavior", erase="keep"),
        "list_id": Column(category="user.behavior", erase="keep"),
        "issue_id": Column(category="user.behavior", erase="keep"),
        "evidence_id": Column(category="user.behavior", erase="keep"),
    },
    technical=("id", "account_id"),
)
