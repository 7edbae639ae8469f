"""What erasures leave behind (core.register)."""

from datetime import timedelta

from mailexpert.core.register import Column, Folder, Retention, declare, declare_folder, declare_job

ERASED = "legal duty: erasing who asks for it, and being able to show it (article 17 GDPR)"
LEGAL = "essential.legal_obligation"

declare(
    "privacy_erasure",
    purpose=LEGAL,
    ground=ERASED,
    subject="contact",
    keep="5 years; the address until the erasure is done",
    retention=Retention(column="finished_at", after=timedelta(days=5 * 365)),
    columns={
        "contact_id": Column(category="user.unique_id.pseudonymous", erase="keep"),
        "email_key": Column(category="user.contact.email", erase="keep", export=False),
        "person": Column(category="user.unique_id.pseudonymous", erase="keep", export=False),
        "by_id": Column(category="user.unique_id", erase="keep", export=False),
    },
    technical=(
        "id", "account_id", "letter", "why", "stays_off", "counts", "done", "code", "signature", "begun_at",
        "finished_at",
    ),
)  # fmt: skip
declare(
    "privacy_erasuremark",
    purpose=LEGAL,
    ground=ERASED,
    subject="nobody",
    keep="as long as a backup may be restored: 13 months",
    retention=Retention(column="at", after=timedelta(days=396)),
    technical=("id", "account_id", "contact_id", "person", "stays_off", "at"),
)
declare(
    "privacy_case",
    purpose=LEGAL,
    ground="legal duty: answering requests in time, and being able to show it (article 12 GDPR)",
    subject="contact",
    keep="5 years after the answer",
    retention=Retention(column="closed_at", after=timedelta(days=5 * 365)),
    columns={
        "contact_id": Column(category="user.unique_id.pseudonymous", erase="keep"),
        "person": Column(category="user.unique_id.pseudonymous", erase="keep", export=False),
        "kind": Column(category="user.behavior", erase="keep"),
        "state": Column(category="user.behavior", erase="keep"),
        "received_on": Column(category="user.behavior", erase="keep"),
        "due_on": Column(category="user.behavior", erase="keep"),
        "email": "user.contact.email",
        "language": Column(category="user.demographic.language", erase="keep"),
        "words": "user.content.private",
        "reason": "user.content.private",
        "by_id": Column(category="user.unique_id", erase="keep", export=False),
        "closed_by_id": Column(category="user.unique_id", erase="keep", export=False),
    },
    technical=("id", "account_id", "via", "extended_on", "erasure_id", "closed_at"),
)
declare_folder(
    Folder(
        path="erasures.jsonl",
        category="user.unique_id.pseudonymous",
        purpose=LEGAL,
        ground=ERASED,
        subject="contact",
        keep="always: a restored backup is cleaned by it; it holds numbers and keyed hashes",
    )
)
declare_job("privacy.jobs_rights.finish_erasure", erasure_id="system.operations")
declare_job("privacy.jobs_rights.go_on")
