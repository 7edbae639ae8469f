"""What a mailing brought, as a section of its report."""

from typing import Any

from django.utils.translation import gettext as _

from mailexpert.core.report_sections import Reported, Section, Table
from mailexpert.mail.attribution import USUAL_DAYS
from mailexpert.tracking import queries_goals


def _context(told: Reported) -> dict[str, Any] | None:
    """Nothing where the account measures no site and nothing came in."""
    measuring, rows = queries_goals.measuring(), queries_goals.of_mailing(told.issues)
    if measuring is None and not rows:
        return None
    return {"rows": rows, "days": measuring.window_days if measuring else USUAL_DAYS}


def _tables(told: Reported) -> list[Table]:
    rows = queries_goals.of_mailing(told.issues) if told.may_split else []
    head = [_("Goal"), _("Conversions"), _("Value"), _("Currency"), _("All in these days")]
    lines: list[list[str | int | float | None]] = []
    for one in rows:
        money: list[queries_goals.Money | None] = [*one.money] or [None]
        lines += [
            [one.name, one.n, each.amount if each else None, each.currency if each else "", one.of]
            for each in money
        ]
    return [Table(key="conversions", title=_("Conversions"), head=head, rows=lines)] if rows else []


SECTION = Section(
    key="conversions", order=40, template="tracking/parts/reported.html", context=_context, tables=_tables
)
