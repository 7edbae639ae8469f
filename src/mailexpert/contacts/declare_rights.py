"""What the contacts room stores of people's own choices and of their requests (core.register)."""

from datetime import timedelta

from mailexpert.contacts.declare import MAILING, ON_BEHALF
from mailexpert.core.register import Column, Retention, declare, declare_job

declare(
    "contacts_preference",
    purpose=MAILING,
    ground=ON_BEHALF,
    subject="contact",
    keep="as long as the contact",
    columns={
        "contact_id": "user.unique_id.pseudonymous",
        "paused_until": "user.privacy_preferences",
        "every_days": "user.privacy_preferences",
        "asked_at": "user.behavior",
        "kept_at": "user.behavior",
        "updated_at": "user.behavior",
    },
    technical=("id", "account_id"),
)
declare(
    "contacts_newaddress",
    purpose=MAILING,
    ground=ON_BEHALF,
    subject="contact",
    keep="7 days, or until the new address is confirmed",
    retention=Retention(column="asked_at", after=timedelta(days=7)),
    columns={
        "contact_id": "user.unique_id.pseudonymous",
        "email": Column(category="user.contact.email"),
        "asked_at": "user.behavior",
    },
    technical=("id", "account_id"),
)
declare(
    "contacts_letter",
    purpose="essential.service.notifications.email",
    ground="legal duty: answering requests and confirming changes",
    subject="contact",
    person="recipient",
    keep="until the mail has left, 3 days at most",
    retention=Retention(column="created_at", after=timedelta(days=3)),
    columns={
        "recipient": Column(category="user.contact.email", export=False),
        "subject": Column(category="user.content.private", export=False),
        "text": Column(category="user.content.private", export=False),
        "html": Column(category="user.content.private", export=False),
    },
    technical=("id", "account_id", "created_at", "tried_at"),
)
declare(
    "contacts_silence",
    purpose=MAILING,
    ground="contract: the account keeps its contacts",
    subject="nobody",
    keep="as long as the account",
    technical=("id", "account_id", "months", "signup_days"),
)
declare_job("contacts.jobs_rights.look_for_silence")
declare_job("contacts.jobs_letters.send_letter", letter_id="system.operations")
declare_job("contacts.jobs_letters.send_left_behind")
declare_job("contacts.jobs_rights.remind_of_requests")
