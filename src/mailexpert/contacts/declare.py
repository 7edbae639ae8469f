"""What the contacts room stores (core.register)."""

from mailexpert.contacts.models import SLOTS, slot_names
from mailexpert.core.register import Column, Folder, declare, declare_folder, declare_job

MAILING = "marketing.communications.email"
ON_BEHALF = "processor: the account decides, on the ground of each membership"

declare(
    "contacts_contact",
    purpose=MAILING,
    ground=ON_BEHALF,
    subject="contact",
    keep="until the account erases the contact",
    columns={
        "email": "user.contact.email",
        "email_key": Column(category="user.contact.email", export=False),
        "first_name": "user.name",
        "last_name": "user.name",
        "words": Column(category="user.name", export=False),
        "language": "user.demographic.language",
        "time_zone": "user.location.imprecise",
        "overflow": "user.content.private",
        "last_open": "user.behavior",
        "last_click": "user.behavior",
        "created_at": "user.behavior",
        **{slot: "user.content.private" for kind in SLOTS for slot in slot_names(kind)},
    },
    technical=("id", "account_id", "status", "updated_at"),
)
declare(
    "contacts_field",
    purpose=MAILING,
    ground="contract: the account keeps its contacts",
    subject="account",
    keep="until the account deletes it",
    columns={"name": "user.content.private", "label": "user.content.private"},
    technical=("id", "account_id", "kind", "slot", "options"),
)
declare(
    "contacts_list",
    purpose=MAILING,
    ground="contract: the account keeps its contacts",
    subject="account",
    keep="as long as the account",
    columns={"name": "user.content.private"},
    technical=("id", "account_id", "purpose", "created_at", "archived_at"),
)
declare(
    "contacts_membership",
    purpose=MAILING,
    ground=ON_BEHALF,
    subject="contact",
    keep="as long as the contact",
    columns={
        "contact_id": "user.unique_id.pseudonymous",
        "list_id": "user.behavior",
        "ground": "user.behavior",
        "since": "user.behavior",
        "source": "user.behavior",
        "ended_at": "user.behavior",
        "ended_by": "user.behavior",
    },
    technical=("account_id",),
)
declare(
    "contacts_tag",
    purpose=MAILING,
    ground="contract: the account keeps its contacts",
    subject="account",
    keep="until the account deletes it",
    columns={"name": "user.content.private"},
    technical=("id", "account_id", "created_at"),
)
declare(
    "contacts_tagging",
    purpose=MAILING,
    ground=ON_BEHALF,
    subject="contact",
    keep="as long as the contact",
    columns={"contact_id": "user.unique_id.pseudonymous", "tag_id": "user.behavior"},
    technical=("account_id",),
)
declare(
    "contacts_event",
    purpose=MAILING,
    ground=ON_BEHALF,
    subject="contact",
    keep="as long as the contact",
    columns={
        "contact_id": "user.unique_id.pseudonymous",
        "kind": "user.behavior",
        "detail": "user.content.private",
        "former_id": "user.unique_id.pseudonymous",
        "at": "user.behavior",
        "by_id": Column(category="user.unique_id", export=False),
    },
    technical=("id", "account_id"),
)
declare(
    "contacts_bulk",
    purpose=MAILING,
    ground="contract: the account can undo what it did to many at once",
    subject="contact",
    keep="24 hours",
    columns={
        "contact_ids": Column(category="user.unique_id.pseudonymous", export=False),
        "asked_ids": Column(category="user.unique_id.pseudonymous", export=False),
        "details": Column(category="user.content.private", export=False),
        "by_id": Column(category="user.unique_id", export=False),
    },
    technical=(
        "id",
        "account_id",
        "verb",
        "tag_id",
        "at",
        "undone_at",
        "state",
        "whole",
        "upto",
        "count",
        "cancel_asked",
    ),
)
declare(
    "contacts_segment",
    purpose=MAILING,
    ground="contract: the account chooses whom it mails",
    subject="account",
    keep="until the account deletes it",
    columns={"name": "user.content.private", "rules": "user.content.private", "by_id": "user.unique_id"},
    technical=("id", "account_id", "created_at", "updated_at"),
)
declare(
    "contacts_import",
    purpose=MAILING,
    ground="contract: the account brings in its contacts",
    subject="account",
    keep="as long as the account; its file until the import is over, a draft 24 hours",
    columns={
        "file_name": "user.content.private",
        "evidence": "user.content.private",
        "trial": "user.content.private",
        "by_id": "user.unique_id",
    },
    technical=(
        "id", "account_id", "list_id", "size", "scanned", "encoding", "delimiter", "has_header", "mapping",
        "ground", "state", "reason", "technical", "cancel_asked", "bytes_read", "rows_read", "added",
        "updated", "unchanged", "refused", "duplicates", "signed_up", "stayed_off", "created_at",
        "started_at", "finished_at", "existing", "is_trial", "landed_at", "undone_at", "file_hash",
        "is_declared",
    ),
)  # fmt: skip
declare(
    "contacts_change",
    purpose=MAILING,
    ground="contract: the account can undo an import",
    subject="contact",
    keep="7 days",
    columns={"before": Column(category="user.content.private", export=False)},
    technical=("account_id", "import_id", "contact_id"),
)
declare(
    "contacts_export",
    purpose=MAILING,
    ground="contract: the account takes its contacts along",
    subject="account",
    keep="30 days; its file 24 hours",
    columns={"wanted": "user.content.private", "by_id": "user.unique_id"},
    technical=("id", "account_id", "state", "rows", "size", "created_at", "finished_at"),
)
declare(
    "contacts_refusal",
    purpose=MAILING,
    ground="contract: the account sees which rows were not taken",
    subject="contact",
    keep="30 days",
    columns={
        "detail": Column(category="user.content.private", export=False),
        "values": Column(category="user.content.private", export=False),
    },
    technical=("id", "account_id", "import_id", "line", "reason"),
)
declare_job("contacts.jobs.run_import", import_id="system.operations")
declare_job("contacts.jobs.run_export", export_id="system.operations")
declare_job("contacts.jobs.delete_field", field_id="system.operations")
declare_job("contacts.jobs.index_slots")
declare_job("contacts.jobs.count_totals")
declare_job("contacts.jobs_bulk.run_bulk", bulk_id="system.operations")
declare_job("contacts.jobs.clean_imports")
declare_folder(
    Folder(
        path="files/imports",
        category="user.contact.email",
        purpose=MAILING,
        ground="contract: the account brings in its contacts",
        subject="contact",
        keep="until the import is over, a draft 24 hours",
    )
)
declare_folder(
    Folder(
        path="files/exports",
        category="user.contact.email",
        purpose=MAILING,
        ground="contract: the account takes its contacts along",
        subject="contact",
        keep="24 hours",
    )
)
