"""Who sent a mailing although a check warned, as a section of its report."""

from typing import Any

from django.utils.translation import gettext as _

from mailexpert.core.report_sections import Reported, Section, Table
from mailexpert.mailings.actions_drafts import decisions
from mailexpert.mailings.models import Decision


def section() -> Section:
    return Section(
        key="decisions",
        order=90,
        template="mailings/parts/decisions.html",
        context=_context,
        tables=_tables,
    )


def _context(told: Reported) -> dict[str, Any] | None:
    found = [
        {"who": who_of(one), "at": one.at, "warnings": one.warnings} for one in decisions(told.mailing_id)
    ]
    return {"decisions": found} if found else None


def _tables(told: Reported) -> list[Table]:
    rows = [
        (who_of(one), one.at.isoformat(timespec="seconds"), str(warning["text"]))
        for one in decisions(told.mailing_id)
        for warning in one.warnings
    ]
    head = (_("Who"), _("When"), _("Warning"))
    return (
        [Table(key="decisions", title=_("Sent in spite of a warning"), head=head, rows=rows)] if rows else []
    )


def who_of(one: Decision) -> str:
    """The name of whoever is gone from the installation is gone with them."""
    if one.by is None:
        return _("somebody who is no longer here")
    return one.by.full_name or one.by.email
