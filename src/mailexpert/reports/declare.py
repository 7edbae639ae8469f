"""What the reports keep: sums of many, no person."""

from mailexpert.core.register import declare, declare_job

declare_job("reports.jobs.count_audience")
declare(
    "reports_audiencecount",
    purpose="analytics.reporting",
    ground="legitimate interest: seeing how an audience grows, without following anyone",
    subject="nobody",
    keep="until it is counted anew",
    technical=("id", "account_id", "rows", "counted_at"),
)
