"""What is stored about promises, their checks and questions (core.register)."""

from datetime import timedelta

from mailexpert.core.register import Column, Retention, declare, declare_job

DUTY = "essential.legal_obligation"
SHOWING = "legal duty: showing that we keep to the rules (article 5, paragraph 2 GDPR)"

declare(
    "privacy_promisestate",
    purpose=DUTY,
    ground=SHOWING,
    subject="nobody",
    keep="until the next check",
    technical=("promise", "state", "said", "checked_at", "since"),
)
declare(
    "privacy_promiseturn",
    purpose=DUTY,
    ground=SHOWING,
    subject="nobody",
    keep="two years",
    retention=Retention(column="at", after=timedelta(days=731)),
    technical=("id", "promise", "state", "said", "at"),
)
declare(
    "privacy_attestation",
    purpose=DUTY,
    ground=SHOWING,
    subject="user",
    keep="two years after it ended",
    person="entered_by_id",
    retention=Retention(column="expires_on", after=timedelta(days=731)),
    columns={
        "name": Column(category="user.name", erase="keep"),
        "capacity": Column(category="user.job_title", erase="keep"),
        "document": Column(category="user.content.private", erase="keep"),
        "entered_by_id": Column(category="user.unique_id", erase="keep"),
    },
    technical=("id", "promise", "signed_on", "expires_on", "entered_at", "withdrawn_at"),
)
declare(
    "privacy_question",
    purpose="essential.service.operations.support",
    ground="legitimate interest: answering who asks us something",
    subject="visitor",
    keep="one year after the answer",
    person="email",
    retention=Retention(column="answered_at", after=timedelta(days=365)),
    columns={
        "name": "user.name",
        "email": "user.contact.email",
        "text": "user.content.private",
        "language": "user.demographic.language",
        "asked_at": "user.behavior",
        "answer": "user.content.private",
    },
    technical=("id", "about", "due_at", "answered_at", "answered_by_id"),
)
declare(
    "privacy_securitycontact",
    purpose="essential.service.security",
    ground="legitimate interest: hearing of weaknesses",
    subject="user",
    keep="two years after it ended",
    person="entered_by_id",
    retention=Retention(column="expires_at", after=timedelta(days=731)),
    columns={"address": "user.contact.email", "entered_by_id": "user.unique_id"},
    technical=("id", "expires_at", "entered_at"),
)
declare(
    "privacy_subprocessor",
    purpose=DUTY,
    ground="legal duty: naming who handles data for us (article 28 GDPR)",
    subject="nobody",
    keep="as long as MailExpert runs: who asks may know who had data before",
    technical=(
        "id", "name", "postal_address", "country", "contact", "purpose_nl", "purpose_en", "hosts", "since",
        "ended_on",
    ),
)  # fmt: skip
declare(
    "privacy_servedcookie",
    purpose=DUTY,
    ground=SHOWING,
    subject="nobody",
    keep="90 days after such a cookie was last seen",
    retention=Retention(column="last_seen", after=timedelta(days=90)),
    technical=("id", "name", "max_age", "is_secure", "is_http_only", "same_site", "last_seen"),
)
for name in ("keep_promises", "keep_retention"):
    declare_job(f"privacy.jobs.{name}")
