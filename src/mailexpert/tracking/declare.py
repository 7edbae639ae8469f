"""What the tracking room stores: counts per issue, link and hour. In aggregate mode no person is in them."""

from mailexpert.core.register import declare

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
    technical=("name", "taken_at"),
)
