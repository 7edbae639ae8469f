"""What the operator's side stores (core.register)."""

from mailexpert.core.register import Column, declare, declare_job

declare(
    "site_newsitem",
    purpose="essential.service.notifications",
    ground="contract: telling customers about the service",
    subject="user",
    keep="as long as MailExpert runs",
    columns={"author_id": Column(category="user.unique_id", erase="keep")},
    technical=(
        "id", "kind", "title_nl", "title_en", "body_nl", "body_en", "edition_id", "created_at", "published_at",
        "withdrawn_at",
    ),
)  # fmt: skip
declare(
    "site_tags",
    purpose="marketing.advertising",
    ground="legitimate interest: naming the tags that load after consent",
    subject="nobody",
    keep="until it is emptied",
    technical=("id", "google", "microsoft"),
)
declare(
    "site_customerlist",
    purpose="essential.service.notifications.email",
    ground="contract: reaching customers",
    subject="nobody",
    keep="as long as MailExpert runs",
    technical=("id", "kind", "language", "list_id"),
)
declare(
    "site_customer",
    purpose="essential.service.notifications.email",
    ground="contract: reaching customers; product news on soft opt-in, offers on consent",
    subject="user",
    keep="as long as the user belongs to an account",
    columns={
        "user_id": "user.unique_id",
        "contact_id": "user.unique_id.pseudonymous",
        "email_key": "user.contact.email",
        "full_name": "user.name",
        "language": "user.account.settings",
        "updates": "user.account.settings",
        "promotions": "user.account.settings",
    },
    technical=("id",),
)
for name in ("carry_announcements", "keep_customers_in_step", "tell_accounts"):
    declare_job(f"site.jobs.{name}")
declare(
    "site_message",
    purpose="essential.service.notifications.email",
    ground="contract: word about the service; product news on soft opt-in, offers on consent",
    subject="user",
    keep="as long as MailExpert runs",
    columns={
        "author_id": Column(category="user.unique_id", erase="keep"),
        "reader_id": Column(category="user.unique_id", erase="keep"),
    },
    technical=(
        "id", "kind", "event", "starts_at", "ends_at", "subject_nl", "subject_en", "body_nl", "body_en", "todo_nl",
        "todo_en", "state", "refused_because", "mailings", "created_at", "sent_at",
    ),
)  # fmt: skip
declare(
    "site_testimonial",
    purpose="marketing",
    ground="consent of the account that says it",
    subject="account",
    keep="until it is withdrawn",
    columns={
        "words_nl": "user.content.public",
        "words_en": "user.content.public",
        "signed_as": "user.name",
        "consented_by_id": "user.unique_id",
        "consented_at": "user.privacy_preferences",
        "withdrawn_at": "user.privacy_preferences",
    },
    technical=("id", "account_id", "consent_text", "published_at", "created_at"),
)
declare(
    "site_figure",
    purpose="analytics.reporting",
    ground="legitimate interest: statistics that hold no personal data",
    subject="user",
    keep="as long as MailExpert runs: a published figure is fixed",
    columns={"published_by_id": Column(category="user.unique_id", erase="keep")},
    technical=("id", "quarter", "name", "cell", "value", "group", "epsilon", "at"),
)
declare(
    "site_spent",
    purpose="analytics.reporting",
    ground="legitimate interest: keeping the privacy budget",
    subject="nobody",
    keep="as long as MailExpert runs",
    technical=("id", "quarter", "name", "epsilon", "at"),
)
