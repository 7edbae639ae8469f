"""What the sending room stores (core.register)."""

from datetime import timedelta

from mailexpert.core.register import Column, Retention, declare, declare_job

MAILING = "marketing.communications.email"
RUNNING = "essential.service.operations"
MAIL_SERVER = (
    "id", "port", "security", "verify", "login", "enabled", "weight", "max_connections", "per_connection",
    "per_second", "per_hour", "delivers_itself", "warmup_from", "warmup_first", "limits",
)  # fmt: skip

declare(
    "sending_relay",
    purpose=RUNNING,
    ground="contract: the account hands its mail to its own mail server",
    subject="account",
    keep="until the account deletes it",
    columns={
        "name": "user.content.private",
        "host": "user.device",
        "username": "user.authorization.credentials",
        "secret": Column(category="user.authorization.password", export=False),
        "token_url": "user.device",
        "client_id": "user.authorization.credentials",
        "client_secret": Column(category="user.authorization.password", export=False),
    },
    technical=("account_id", *MAIL_SERVER),
)
declare(
    "sending_installationrelay",
    purpose=RUNNING,
    ground="contract: the installation hands its accounts' mail to a mail server",
    subject="nobody",
    keep="until the operator deletes it",
    technical=(*MAIL_SERVER, "name", "host", "username", "secret", "token_url", "client_id", "client_secret"),
)
declare(
    "sending_tempo",
    purpose=RUNNING,
    ground="contract: the account says how fast and when its mail goes out",
    subject="account",
    keep="as long as the account",
    technical=("id", "account_id", "per_hour", "quiet_from", "quiet_until", "time_zone"),
)
declare(
    "sending_warmup",
    purpose=RUNNING,
    ground="contract: the account sends from its own domain",
    subject="account",
    keep="until the account deletes it",
    columns={"domain": "user.content.private"},
    technical=("id", "account_id", "first_day", "first"),
)
declare(
    "sending_domainlimit",
    purpose=RUNNING,
    ground="contract: the account says how fast and when its mail goes out",
    subject="account",
    keep="until the account deletes it",
    columns={"domain": "user.content.private"},
    technical=("id", "account_id", "per_hour"),
)
declare(
    "sending_maildomain",
    purpose=RUNNING,
    ground="legitimate interest: handing mail over at the pace that each receiving provider takes",
    subject="contact",
    keep="30 days after a mailing last went to the domain",
    columns={"domain": Column(category="user.contact.email", erase="keep", export=False)},
    technical=("provider", "needed_at", "looked_at"),
)
declare(
    "sending_meter",
    purpose=RUNNING,
    ground="contract: the limits that accounts and providers set",
    subject="nobody",
    keep="2 days after its last use",
    technical=("key", "free_at", "day", "used", "step", "stepped_at", "rests_until", "at"),
)
declare(
    "sending_hold",
    purpose=RUNNING,
    ground="contract: engines share a relay's connections",
    subject="nobody",
    keep="seconds",
    technical=("relay_id", "engine", "since", "until", "down_until"),
)
declare(
    "sending_issue",
    purpose=MAILING,
    ground="contract: the account sends mailings",
    subject="account",
    keep="as long as its mailing",
    columns={
        "sender_name": "user.name",
        "sender_address": "user.contact.email",
        "reply_to": "user.contact.email",
        "subject": "user.content.private",
        "html": "user.content.private",
        "text": "user.content.private",
        "preheader": "user.content.private",
        "links": "user.content.private",
        "sender_line": "user.contact.address",
    },
    technical=(
        "id", "account_id", "mailing_id", "kind", "per_hour", "fields", "list_ids", "purpose", "tracking",
        "language", "state", "reason", "domain_id", "hold", "lead_id", "places", "created_at", "started_at",
        "finished_at",
    ),
)  # fmt: skip
declare(
    "sending_shard",
    purpose=MAILING,
    ground="contract: the account sends mailings to its contacts",
    subject="contact",
    keep="as long as its mailing",
    person="contact_ids",
    columns={"contact_ids": Column(category="user.unique_id.pseudonymous", erase="keep", export=False)},
    technical=(
        "id", "account_id", "issue_id", "n", "size", "relay_id", "lane", "not_before", "upto", "epoch", "lease_until",
        "state", "sent", "failed", "skipped",
    ),
)  # fmt: skip
declare(
    "sending_circle",
    purpose=MAILING,
    ground="contract: the account sends mailings to its contacts",
    subject="contact",
    keep="30 days",
    retention=Retention(column="made_at", after=timedelta(days=30)),
    person="contact_ids",
    columns={"contact_ids": Column(category="user.unique_id.pseudonymous", erase="keep", export=False)},
    technical=("id", "account_id", "issue_id", "segment_id", "first", "made_at"),
)
for counted, columns in (
    ("sending_pulse", ("at", "outcome", "code", "n")),
    ("sending_domaincount", ("domain", "sent", "failed")),
    ("sending_pulsetaken", ("upto",)),
):
    declare(
        counted,
        purpose=MAILING,
        ground="contract: the account reads what came of its mailings",
        subject="nobody",
        keep="as long as its mailing",
        technical=("account_id", "issue_id", *columns),
    )
declare(
    "sending_delivery",
    purpose=MAILING,
    ground="legal duty: showing who was mailed and who was not",
    subject="contact",
    keep="as long as its mailing",
    columns={
        "contact_id": Column(category="user.unique_id.pseudonymous", erase="keep"),
        "issue_id": Column(category="user.behavior", erase="keep"),
        "outcome": Column(category="user.behavior", erase="keep"),
        "code": Column(category="user.behavior", erase="keep"),
        "at": Column(category="user.behavior", erase="keep"),
    },
    technical=("account_id", "attempt"),
)
declare(
    "sending_reply",
    purpose=RUNNING,
    ground="legitimate interest: finding out why a mail was refused",
    subject="contact",
    keep="30 days",
    retention=Retention(column="at", after=timedelta(days=30)),
    columns={"contact_id": "user.unique_id.pseudonymous", "text": "user.behavior", "at": "user.behavior"},
    technical=("id", "account_id", "issue_id", "attempt"),
)
declare(
    "sending_retry",
    purpose=MAILING,
    ground="contract: the account sends mailings to its contacts",
    subject="contact",
    keep="until the mail is delivered or given up",
    columns={"contact_id": "user.unique_id.pseudonymous"},
    technical=(
        "id", "account_id", "issue_id", "shard_id", "relay_id", "lane", "attempt", "due", "first_tried",
        "state", "epoch", "lease_until", "code",
    ),
)  # fmt: skip
declare(
    "sending_stop",
    purpose=MAILING,
    ground="legal duty: showing that a stop was carried out",
    subject="contact",
    keep="as long as its mailing",
    columns={
        "contact_id": Column(category="user.unique_id.pseudonymous", erase="keep"),
        "issue_id": Column(category="user.behavior", erase="keep"),
        "via": Column(category="user.behavior", erase="keep"),
        "at": Column(category="user.behavior", erase="keep"),
    },
    technical=("id", "account_id"),
)
declare(
    "sending_complaint",
    purpose=MAILING,
    ground="legal duty: showing that a complaint ended all mail",
    subject="contact",
    keep="as long as its mailing",
    columns={
        "contact_id": Column(category="user.unique_id.pseudonymous", erase="keep"),
        "via": Column(category="user.behavior", erase="keep"),
        "at": Column(category="user.behavior", erase="keep"),
    },
    technical=("id", "account_id", "issue_id"),
)
declare(
    "sending_suppression",
    purpose=MAILING,
    ground="legal duty: not mailing who objected",
    subject="contact",
    keep="as long as the account",
    person="email_key",
    columns={
        "email_key": Column(category="user.contact.email", erase="hash"),
        "reason": Column(category="user.behavior", erase="keep"),
        "at": Column(category="user.behavior", erase="keep"),
    },
    technical=("id", "account_id"),
)
declare(
    "sending_caughtmail",
    purpose=RUNNING,
    ground="legitimate interest: trying the software out without sending anything",
    subject="contact",
    keep="the catcher's latest mails, 7 days",
    person="rcpt_to",
    retention=Retention(column="at", after=timedelta(days=7)),
    columns={
        "mail_from": "user.contact.email",
        "rcpt_to": "user.contact.email",
        "subject": "user.content.private",
        "raw": "user.content.private",
    },
    technical=("id", "at", "size", "account_id"),
)
declare_job("sending.jobs.forget_replies")
declare_job("sending.jobs_pulse.take_pulses")
declare_job("sending.jobs_providers.look_up_providers")
declare_job("sending.jobs_providers.forget_pace")
