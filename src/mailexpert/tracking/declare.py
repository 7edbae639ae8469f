"""What the tracking room stores of mailings. In aggregate mode no person is in it."""

from datetime import timedelta

from mailexpert.core.register import Folder, Retention, declare, declare_folder, declare_job

CAMPAIGN = "analytics.reporting"
OF_USE = "legitimate interest: seeing whether a mailing was of use, without following anyone"

declare_job("tracking.jobs.make_months")
declare(
    "tracking_event",
    purpose=CAMPAIGN,
    ground=OF_USE,
    subject="nobody",
    keep="13 months, then the counts alone",
    technical=(
        "account_id", "issue_id", "link", "kind", "at", "part", "device", "provider", "country", "rule", "n",
    ),
    retention=Retention(column="at", after=timedelta(days=396)),
)  # fmt: skip
declare(
    "tracking_rollup",
    purpose=CAMPAIGN,
    ground=OF_USE,
    subject="nobody",
    keep="as long as its mailing",
    technical=("account_id", "issue_id", "by", "value", "kind", "n"),
)
declare(
    "tracking_trail",
    purpose=CAMPAIGN,
    ground="consent: the person agreed to be measured individually; gone when they withdraw it",
    subject="contact",
    keep="90 days, then the counts alone",
    columns={
        "contact_id": "user.unique_id.pseudonymous",
        "issue_id": "user.behavior",
        "link": "user.behavior",
        "kind": "user.behavior",
        "at": "user.behavior",
    },
    technical=("account_id",),
    retention=Retention(column="at", after=timedelta(days=90)),
)
declare(
    "tracking_measuring",
    purpose="essential.service.operations",
    ground="contract: the account decides how far it measures",
    subject="account",
    keep="as long as the account",
    technical=("id", "account_id", "highest", "opens", "assessment", "changed_at"),
)
declare(
    "tracking_pixelsoff",
    purpose="essential.service.operations",
    ground="legitimate interest: stopping a measurement everywhere at once",
    subject="nobody",
    keep="until the operator turns pictures on again",
    technical=("id", "at"),
)
declare(
    "tracking_hitfile",
    purpose="essential.service.operations",
    ground="legitimate interest: counting each hit once",
    subject="nobody",
    keep="30 days",
    retention=Retention(column="taken_at", after=timedelta(days=30)),
    technical=("name", "taken_at"),
)
for path, keep in (
    ("intake/hits", "until they are counted, seconds; what can't be counted stays aside"),
    ("intake/stops", "until the database has them, seconds"),
    ("intake/complaints", "until the database has them, seconds"),
):
    declare_folder(
        Folder(
            path=path,
            category="user.unique_id.pseudonymous",
            purpose="essential.service.operations",
            ground="legitimate interest: counting each hit once",
            subject="contact",
            keep=keep,
        )
    )
declare_folder(
    Folder(
        path="networks",
        category="system.operations",
        purpose="essential.service.operations",
        ground="legitimate interest: telling machines from people, and countries where the operator wants them",
        subject="nobody",
        keep="the operator’s own data files",
    )
)
SITE = (
    "legitimate interest: running and presenting our own site, measured without cookies; interests on consent"
)
declare_folder(
    Folder(
        path="intake/visits",
        category="user.behavior.browsing_history",
        purpose="analytics.reporting",
        ground=SITE,
        subject="visitor",
        keep="until the database has them, seconds",
    )
)
