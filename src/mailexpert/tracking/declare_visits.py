"""What is stored about visits, requests and advertising cost (core.register)."""

from datetime import timedelta

from mailexpert.core.register import Column, Retention, declare

PRESENT = "analytics.reporting"
OWN_SITE = "legitimate interest: running and presenting our own site, measured without cookies"

declare(
    "tracking_visit",
    purpose=PRESENT,
    ground=OWN_SITE + "; interests on consent",
    subject="visitor",
    keep="13 months; the full IP address 7 days",
    columns={
        "page": Column(category="user.behavior.browsing_history", export=False),
        "seconds": Column(category="user.behavior", export=False),
        "source": Column(category="user.behavior.browsing_history", export=False),
        "browser": Column(category="user.device", export=False),
        "system": Column(category="user.device", export=False),
        "width": Column(category="user.device", export=False),
        "height": Column(category="user.device", export=False),
        "ip": Column(category="user.device.ip_address", export=False),
        "network": Column(category="user.device.ip_address", export=False),
        "search": Column(category="user.behavior.search_history", export=False),
        "visitor": Column(category="user.device.cookie_id", export=False),
    },
    technical=("id", "at"),
    retention=(
        Retention(column="at", after=timedelta(days=396)),
        Retention(column="at", after=timedelta(days=7), cut=("ip",)),
    ),
)
declare(
    "tracking_webrequest",
    purpose="essential.service.security",
    ground="legitimate interest: finding faults and attacks",
    subject="visitor",
    keep="14 days",
    columns={
        "ip": Column(category="user.device.ip_address", export=False),
        "path": Column(category="user.behavior.browsing_history", export=False),
        "browser": Column(category="user.device", export=False),
    },
    technical=("id", "at", "method", "status", "milliseconds"),
    retention=Retention(column="at", after=timedelta(days=14)),
)
declare(
    "tracking_adcost",
    purpose="marketing.advertising",
    ground="legitimate interest: knowing what advertising costs",
    subject="nobody",
    keep="7 years, with the books",
    technical=("id", "day", "source", "campaign", "keyword", "clicks", "cents", "currency"),
)
