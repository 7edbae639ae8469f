"""What the accounts room stores, and the libraries behind its door (core.register)."""

from datetime import timedelta

from mailexpert.accounts import cookies  # noqa: F401  (declares them)
from mailexpert.core.register import Column, Folder, Retention, declare, declare_folder, declare_job

ACCESS = "essential.service.authentication"
SERVICE = "essential.service"
SECURITY = "essential.service.security"
CONTRACT = "contract: running the account"
GUARD = "legitimate interest: keeping guessers out"

declare(
    "accounts_account",
    purpose=SERVICE,
    ground=CONTRACT,
    subject="account",
    keep="until the account ends",
    columns={
        "name": "user.name",
        "kvk": "user.government_id",
        "vat_number": "user.government_id",
        "postal_address": "user.contact.address",
        "sender_note": "user.content.private",
        "phone": "user.contact.phone_number",
        "country": "user.contact.address.country",
        "language": "user.account.settings",
    },
    technical=("id", "slug", "kind", "package_id", "closing_at", "created_at"),
)
declare(
    "accounts_site",
    purpose="essential.service.operations",
    ground=CONTRACT,
    subject="account",
    keep="until the account deletes it",
    columns={"host": "user.content.private"},
    technical=("id", "account_id", "token", "created_at", "checked_at", "verified_at"),
)
declare(
    "accounts_user",
    purpose=ACCESS,
    ground=CONTRACT,
    subject="user",
    keep="as long as the user belongs to an account; unconfirmed ones 14 days",
    person="id",
    columns={
        "email": "user.contact.email",
        "full_name": "user.name",
        "language": "user.account.settings",
        "theme": "user.account.settings",
        "wants_product_updates": "user.account.settings",
        "wants_promotions": "user.account.settings",
        "password": Column(category="user.authorization.password", export=False),
        "last_login": "user.behavior",
        "date_joined": "user.behavior",
    },
    technical=("id", "login_round", "is_staff", "staff_rights", "is_active"),
)
declare(
    "accounts_membership",
    purpose=ACCESS,
    ground=CONTRACT,
    subject="user",
    keep="until the user leaves the account",
    columns={
        "user_id": "user.unique_id",
        "role": "user.account.settings",
        "muted": "user.account.settings",
        "created_at": "user.behavior",
    },
    technical=("id", "account_id"),
)
declare(
    "accounts_invitation",
    purpose=ACCESS,
    ground="legitimate interest: letting colleagues work together",
    subject="user",
    keep="7 days, or until it is accepted or withdrawn",
    retention=Retention(column="created_at", after=timedelta(days=7)),
    columns={
        "email": "user.contact.email",
        "role": "user.account.settings",
        "language": "user.account.settings",
        "invited_by_id": "user.unique_id",
        "created_at": "user.behavior",
    },
    technical=("id", "account_id"),
)
declare(
    "accounts_acceptance",
    purpose="essential.legal_obligation",
    ground="legal duty: showing what was agreed (article 28 GDPR)",
    subject="user",
    keep="as long as the account",
    columns={
        "user_id": Column(category="user.unique_id", erase="keep"),
        "at": Column(category="user.behavior", erase="keep"),
        "language": Column(category="user.account.settings", erase="keep"),
    },
    technical=("id", "account_id", "document", "version", "text_hash"),
)
declare(
    "accounts_apitoken",
    purpose=ACCESS,
    ground=CONTRACT,
    subject="account",
    keep="until it is revoked",
    columns={
        "name": "user.content.private",
        "prefix": Column(category="user.authorization.credentials", export=False),
        "hash": Column(category="user.authorization.credentials", export=False),
        "created_by_id": "user.unique_id",
        "last_used": "user.behavior",
    },
    technical=("id", "account_id", "scopes", "created_at"),
)
declare(
    "accounts_device",
    purpose=ACCESS,
    ground="consent: “remember me” was ticked",
    subject="user",
    keep="90 days, or until it is revoked",
    retention=Retention(column="expires_at"),
    columns={
        "user_id": "user.unique_id",
        "browser": "user.device",
        "system": "user.device",
        "last_used": "user.behavior",
        "created_at": "user.behavior",
        "series": Column(category="user.device.cookie_id", export=False),
        "token": Column(category="user.authorization.credentials", export=False),
        "previous": Column(category="user.authorization.credentials", export=False),
        "session_key": Column(category="user.device.cookie_id", export=False),
    },
    technical=("id", "rotated_at", "expires_at"),
)
declare(
    "accounts_notice",
    purpose=ACCESS,
    ground=CONTRACT,
    subject="user",
    keep="until the mail has left, 3 days at most",
    retention=Retention(column="created_at", after=timedelta(days=3)),
    columns={
        "recipient": "user.contact.email",
        "subject": "user.content.private",
        "text": Column(category="user.content.private", export=False),
        "html": Column(category="user.content.private", export=False),
    },
    technical=("id", "created_at"),
)
declare(
    "accounts_memory",
    purpose=SECURITY,
    ground=GUARD,
    subject="visitor",
    keep="minutes: as long as an attempt counts",
    retention=Retention(column="expires"),
    columns={"cache_key": Column(category="user.device.ip_address", export=False)},
    technical=("value", "expires"),
)
declare(
    "account_emailaddress",
    purpose=ACCESS,
    ground=CONTRACT,
    subject="user",
    keep="as long as the user uses it",
    columns={"email": "user.contact.email", "user_id": "user.unique_id"},
    technical=("id", "verified", "primary"),
)
declare(
    "account_emailconfirmation",
    purpose=ACCESS,
    ground=CONTRACT,
    subject="user",
    keep="never filled: links are signed instead",
    columns={"key": Column(category="user.authorization.credentials", export=False)},
    technical=("id", "created", "sent", "email_address_id"),
)
declare(
    "django_session",
    purpose=ACCESS,
    ground=CONTRACT,
    subject="user",
    keep="until logging out, 7 days at most",
    retention=Retention(column="expire_date"),
    columns={
        "session_key": Column(category="user.device.cookie_id", export=False),
        "session_data": Column(category="user.unique_id", export=False),
    },
    technical=("expire_date",),
)
ATTEMPT = {
    "username": "user.contact.email",
    "ip_address": "user.device.ip_address",
    "user_agent": "user.device",
    "attempt_time": "user.behavior",
}
declare(
    "axes_accessattempt",
    purpose=SECURITY,
    ground=GUARD,
    subject="visitor",
    keep="30 days",
    retention=Retention(column="attempt_time", after=timedelta(days=30)),
    columns={**ATTEMPT, "get_data": "user.behavior", "post_data": "user.behavior"},
    technical=("id", "http_accept", "path_info", "failures_since_start"),
)
declare(
    "axes_accessattemptexpiration",
    purpose=SECURITY,
    ground=GUARD,
    subject="visitor",
    keep="never filled",
    technical=("access_attempt_id", "expires_at"),
)
declare(
    "axes_accessfailurelog",
    purpose=SECURITY,
    ground=GUARD,
    subject="visitor",
    keep="never filled",
    columns=ATTEMPT,
    technical=("id", "http_accept", "path_info", "locked_out"),
)
declare(
    "axes_accesslog",
    purpose=SECURITY,
    ground=GUARD,
    subject="user",
    keep="never filled",
    columns={**ATTEMPT, "logout_time": "user.behavior", "session_hash": "user.device.cookie_id"},
    technical=("id", "http_accept", "path_info"),
)
for name, columns in (
    ("auth_group", ("id", "name")),
    ("auth_group_permissions", ("id", "group_id", "permission_id")),
    ("auth_permission", ("id", "name", "content_type_id", "codename")),
):
    declare(
        name,
        purpose=ACCESS,
        ground=CONTRACT,
        subject="nobody",
        keep="never filled by us: Django’s own names of rights",
        technical=columns,
    )

declare_job("accounts.jobs.write_takeaway", takeaway_id="system.operations")
declare_job("accounts.jobs.erase_who_left")
declare_job("accounts.jobs.send_notice", notice_id="system.operations")
for name in ("forget", "send_left_behind"):
    declare_job(f"accounts.jobs.{name}")
declare(
    "accounts_package",
    purpose=SERVICE,
    ground=CONTRACT,
    subject="nobody",
    keep="as long as it is offered or used",
    technical=("id", "name", "contacts", "mails", "storage", "sites", "is_offered", "is_default"),
)
declare(
    "accounts_takeaway",
    purpose=SERVICE,
    ground="legal duty: handing over what is kept (article 20 GDPR, Data Act)",
    subject="user",
    keep="30 days",
    columns={"asked_by_id": "user.unique_id"},
    technical=("id", "account_id", "state", "file", "size", "at"),
)
declare_folder(
    Folder(
        path="takeaway",
        category="user.content.private",
        purpose=SERVICE,
        ground="legal duty: handing over what is kept (article 20 GDPR, Data Act)",
        subject="account",
        keep="30 days",
    )
)
declare(
    "accounts_receipt",
    purpose="essential.legal_obligation",
    ground="legal duty: showing that an account was erased",
    subject="nobody",
    keep="5 years",
    technical=("id", "code", "erased_at", "counts", "signature"),
)
declare(
    "accounts_word",
    purpose="essential.service.notifications",
    ground=CONTRACT,
    subject="account",
    keep="13 months",
    columns={"values": "user.content.private"},
    technical=("id", "account_id", "kind", "key", "url", "at", "seen_at"),
    retention=Retention(column="at", after=timedelta(days=396)),
)
declare(
    "accounts_loginplace",
    purpose=SECURITY,
    ground=GUARD,
    subject="user",
    keep="13 months",
    columns={"user_id": "user.unique_id", "device": "user.device"},
    technical=("id", "first_seen"),
    retention=Retention(column="first_seen", after=timedelta(days=396)),
)
declare_job("accounts.jobs.watch_limits")
