"""Templates: what an account writes for its mailings. Our own mails' words, no reader's data."""

from datetime import timedelta

from mailexpert.core.register import Folder, Retention, declare, declare_folder, declare_job

declare(
    "content_template",
    purpose="essential.service",
    ground="contract with the account",
    subject="account",
    keep="as long as the account, or until it is deleted there",
    columns={
        "name": "user.content.private",
        "source": "user.content.private",
        "subject": "user.content.private",
        "preheader": "user.content.private",
        "language": "user.content.private",
        "folder": "user.content.private",
    },
    technical=("id", "account_id", "kind", "version", "created_at", "updated_at"),
)
declare(
    "content_revision",
    purpose="essential.service",
    ground="contract with the account",
    subject="account",
    keep="the newest 50 of a template or mailing, as long as that is there",
    columns={
        "source": "user.content.private",
        "subject": "user.content.private",
        "preheader": "user.content.private",
        "by_id": "user.unique_id",
    },
    technical=("id", "account_id", "template_id", "mailing_id", "kind", "saved_at"),
)
declare(
    "content_linklook",
    purpose="essential.service",
    ground="contract with the account",
    subject="account",
    keep="30 days after it was asked",
    columns={"url": "user.content.private", "final": "user.content.private"},
    technical=("id", "account_id", "url_hash", "status", "why", "looked_at"),
    retention=Retention(column="looked_at", after=timedelta(days=30)),
)
declare(
    "content_image",
    purpose="essential.service",
    ground="contract with the account",
    subject="account",
    keep="as long as the account, or until it is deleted there",
    columns={"name": "user.content.private", "alt": "user.content.private"},
    technical=(
        "id",
        "account_id",
        "token",
        "kind",
        "width",
        "height",
        "size",
        "scanned",
        "decorative",
        "moves_for",
        "flashes",
        "original_id",
        "created_at",
    ),
)
declare(
    "content_brand",
    purpose="essential.service",
    ground="contract with the account",
    subject="account",
    keep="as long as the account",
    columns={
        "name": "user.content.private",
        "reason": "user.content.private",
        "site": "user.content.private",
        "host": "user.content.private",
    },
    technical=(
        "id",
        "account_id",
        "logo_id",
        "logo_width",
        "accent",
        "ground",
        "font",
        "host_seen_at",
        "updated_at",
    ),
)
declare_folder(
    Folder(
        path="files/images",
        category="user.content.private",
        purpose="essential.service",
        ground="contract with the account",
        subject="account",
        keep="as long as the account, or until it is deleted there",
    )
)
for name in ("look_at_hosts", "look_at_host"):
    declare_job(f"content.jobs.{name}")
