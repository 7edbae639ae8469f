"""What the contacts room stores of sign-up forms (core.register)."""

from datetime import timedelta

from mailexpert.contacts.declare import MAILING, ON_BEHALF
from mailexpert.core.register import Column, Retention, declare, declare_job

OFFERED = "contract: the account offers a form to sign up with"
AGAINST_BOMBING = "legitimate interest: keeping sign-ups by others from flooding somebody's mailbox"

declare(
    "contacts_signupform",
    purpose=MAILING,
    ground=OFFERED,
    subject="account",
    keep="until the account deletes it",
    columns=dict.fromkeys(
        ("name", "title", "intro", "button", "thanks", "privacy_url", "privacy_version", "sent_url", "thanks_url"),
        "user.content.private",
    )
    | {"sender": "user.contact.email"},
    technical=(
        "id", "account_id", "key", "language", "accent", "double_opt_in", "list_ids", "is_on", "revision",
        "created_at", "updated_at",
    ),
)  # fmt: skip
declare(
    "contacts_signupquestion",
    purpose=MAILING,
    ground=OFFERED,
    subject="account",
    keep="until the account deletes it",
    columns={"why": "user.content.private"},
    technical=("id", "account_id", "form_id", "about", "field_id", "keep_months", "is_required"),
)
declare(
    "contacts_signuptext",
    purpose=MAILING,
    ground="legal duty: showing on what ground someone was mailed",
    subject="account",
    keep="as long as the account",
    columns={"body": "user.content.private"},
    technical=("id", "account_id", "form_id", "revision", "language", "hash", "at"),
)
declare(
    "contacts_signup",
    purpose=MAILING,
    ground=ON_BEHALF,
    subject="contact",
    person="email_key",
    keep="14 days",
    retention=Retention(column="at", after=timedelta(days=14)),
    columns={
        "email": "user.contact.email",
        "email_key": Column(category="user.contact.email", export=False),
        "values": "user.content.private",
        "origin": "user.behavior",
        "network": "user.location.imprecise",
        "message_id": Column(category="user.unique_id.pseudonymous", export=False),
        "at": "user.behavior",
        "mailed_at": "user.behavior",
        "confirmed_at": "user.behavior",
    },
    technical=("id", "account_id", "form_id", "text_id", "list_ids", "state", "may_mail", "via"),
)
declare(
    "contacts_signupcount",
    purpose="analytics.reporting",
    ground="legitimate interest: seeing whether a form is of use, without following anyone",
    subject="nobody",
    keep="as long as the form",
    technical=("id", "account_id", "form_id", "day", "shown", "started", "confirmed"),
)
declare(
    "contacts_signupterm",
    purpose=MAILING,
    ground=ON_BEHALF,
    subject="contact",
    keep="until the day that the form named",
    columns={
        "contact_id": "user.unique_id.pseudonymous",
        "slot": "user.behavior",
        "until": "user.behavior",
    },
    technical=("id", "account_id"),
)
declare(
    "contacts_signupguard",
    purpose="essential.service.security",
    ground=AGAINST_BOMBING,
    subject="visitor",
    keep="2 days",
    retention=Retention(column="mailed_at", after=timedelta(days=2)),
    columns={"person": Column(category="user.unique_id.pseudonymous", export=False)},
    technical=("mailed_at", "tries"),
)
declare(
    "contacts_signuppace",
    purpose="essential.service.security",
    ground=AGAINST_BOMBING,
    subject="visitor",
    keep="1 day",
    retention=Retention(column="since", after=timedelta(days=1)),
    columns={"source": Column(category="user.unique_id.pseudonymous", export=False)},
    technical=("since", "tries"),
)
declare_job("contacts.jobs_signup.carry_on", signup_id="system.operations")
declare_job("contacts.jobs_signup.carry_on_left_behind")
declare_job("contacts.jobs_signup.end_terms")
declare_job("contacts.jobs_signup.delete_unconfirmed")
