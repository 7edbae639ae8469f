"""How a mailing was measured, and what came of it by device, place and machine."""

from dataclasses import dataclass

from mailexpert.mail import providers
from mailexpert.mailings.models import Mailing
from mailexpert.tracking import queries as tracking
from mailexpert.tracking.models import Rollup

SMALLEST_BASE = 20  # a split of fewer people than this could point at one of them


@dataclass(frozen=True, kw_only=True)
class Row:
    label: str
    opens: int
    clicks: int


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`machines` by the rule that told them from people; the other lists are empty for few people."""

    mode: str
    opens: bool
    machines: list[Row]
    devices: list[Row]
    providers: list[Row]
    countries: list[Row]


def measured(mailing: Mailing, *, sent: int) -> Measured:
    issue = mailing.started_issue_id
    machines = tracking.machine_shares(issue)
    by = Rollup.By
    devices, places, countries = (
        tracking.shares(issue, one) if sent >= SMALLEST_BASE else []
        for one in (by.DEVICE, by.PROVIDER, by.COUNTRY)
    )
    return Measured(
        mode=mailing.issue.tracking,
        opens=tracking.limits().opens,
        machines=[_row(tracking.rule_name(one.name), one) for one in machines],
        devices=[_row(tracking.device_name(one.name), one) for one in devices],
        providers=[_row(providers.name_of(one.name), one) for one in places],
        countries=[_row(one.name, one) for one in countries],
    )


def _row(label: str, share: tracking.Share) -> Row:
    return Row(label=label, opens=share.opens, clicks=share.clicks)
