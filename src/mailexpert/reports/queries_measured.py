"""How a mailing was measured, and what came of it by device, place and machine, in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mailexpert.mail import providers
from mailexpert.reports.queries import Report
from mailexpert.reports.rules_disclosure import OTHER, Cell
from mailexpert.tracking import queries as tracking


@dataclass(frozen=True, kw_only=True)
class Row:
    """None: too few to be told."""

    label: str
    opens: int | None
    clicks: int | None


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`machines` by the rule that told them from people; the other lists hold what may be told."""

    mode: str
    opens: bool
    machines: list[Row]
    devices: list[Row]
    providers: list[Row]
    countries: list[Row]


def measured(report: Report) -> Measured:
    told = report.told
    return Measured(
        mode=report.mailing.issue.tracking,
        opens=tracking.counts_opens(),
        machines=_rows(told.machines, tracking.rule_name),
        devices=_rows(told.properties.get("devices", ()), tracking.device_name),
        providers=_rows(told.properties.get("providers", ()), providers.name_of),
        countries=_rows(told.properties.get("countries", ()), str),
    )


def _rows(cells: Sequence[Cell], name_of: Callable[[str], str]) -> list[Row]:
    return [
        Row(
            label=_("Others and unknown") if cell.name == OTHER else name_of(cell.name),
            opens=cell.opens,
            clicks=cell.clicks,
        )
        for cell in cells
    ]
