"""What the chain of the consent ledger stores (core.register)."""

from mailexpert.core.register import declare, declare_job
from mailexpert.privacy.declare import PROOF

declare(
    "privacy_link",
    purpose="essential.legal_obligation",
    ground=PROOF,
    subject="account",
    keep="as long as the account",
    technical=(
        "id", "account_id", "n", "first_id", "last_id", "lines", "digest", "prev", "hash", "at",
    ),
)  # fmt: skip
declare(
    "privacy_sealmark",
    purpose="essential.legal_obligation",
    ground=PROOF,
    subject="nobody",
    keep="one row, overwritten each minute",
    technical=("id", "sealed_to", "next_to", "before_xid", "at"),
)
declare_job("privacy.jobs_ledger.seal_ledger")
