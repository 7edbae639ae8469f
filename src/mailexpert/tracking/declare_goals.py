"""What is stored about goals and conversions (core.register). In the counts nobody stands; whose a conversion was is
kept apart, on consent."""

from datetime import timedelta

from mailexpert.core.register import Column, Retention, declare
from mailexpert.tracking.actions_goals import CONVERSIONS_KEPT

REPORTING = "analytics.reporting"
OF_USE = "legitimate interest: seeing what mailings and advertising brought, without following anyone"
declare(
    "tracking_sitemeasuring",
    purpose="essential.service.operations",
    ground="contract: the account decides whether and how its sites are measured",
    subject="account",
    keep="as long as the account",
    technical=("id", "account_id", "key", "window_days", "utm", "utm_source", "utm_medium", "changed_at"),
)
declare(
    "tracking_siteseen",
    purpose="essential.service.operations",
    ground="contract: showing the account that its script works",
    subject="nobody",
    keep="as long as the account",
    technical=("id", "account_id", "host", "seen_at"),
)
declare(
    "tracking_goal",
    purpose=REPORTING,
    ground="contract: what the account wants counted",
    subject="account",
    keep="as long as the account",
    technical=("id", "account_id", "name", "kind", "pattern", "event", "created_at", "archived_at"),
)
declare(
    "tracking_conversion",
    purpose=REPORTING,
    ground=OF_USE,
    subject="nobody",
    keep="13 months, then the counts alone",
    technical=(
        "id", "account_id", "goal_id", "at", "via", "channel", "issue_id", "link", "source", "medium", "campaign",
        "keyword", "n", "cents", "first_cents", "currency", "order_key",
    ),
    retention=Retention(column="at", after=CONVERSIONS_KEPT),
)  # fmt: skip
declare(
    "tracking_conversionlink",
    purpose="marketing.advertising",
    ground="consent: the person agreed to be measured individually, or the visitor to a link with the registration",
    subject="contact",
    keep="13 months; a contact 90 days, and gone when they withdraw it",
    columns={
        "contact_id": "user.unique_id.pseudonymous",
        "conversion_id": "user.behavior",
        "at": "user.behavior",
        "customer_account_id": Column(category="user.unique_id", export=False),
        "click_id": Column(category="user.device.cookie_id", export=False),
        "choice": Column(category="user.privacy_preferences", export=False),
    },
    technical=("id", "account_id"),
    retention=(
        Retention(column="at", after=timedelta(days=396)),
        Retention(column="at", after=timedelta(days=90), cut=("contact_id",)),
    ),
)
declare(
    "tracking_goalday",
    purpose=REPORTING,
    ground=OF_USE,
    subject="nobody",
    keep="as long as the account",
    technical=(
        "account_id", "day", "goal_id", "channel", "issue_id", "source", "medium", "campaign", "currency", "n", "cents",
    ),
)  # fmt: skip
