"""What the tracking room stores: counts per issue, link and hour. In aggregate mode no person is in them."""

from datetime import timedelta

from mailexpert.core.register import Folder, Retention, declare, declare_folder

declare(
    "tracking_tally",
    purpose="marketing.communications.email",
    ground="legitimate interest: seeing whether a mailing was of use, without following anyone",
    subject="nobody",
    keep="as long as its mailing",
    technical=("account_id", "issue_id", "link", "kind", "hour", "n"),
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
