"""The test of versions as a section of the report of its mailing."""

from typing import Any

from django.utils.translation import gettext as _

from mailexpert.core.report_sections import Reported, Section, Table
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.shown_experiments import shown, table


def section() -> Section:
    return Section(
        key="experiment",
        order=10,
        template="mailings/parts/experiment.html",
        context=_context,
        tables=_tables,
    )


def _context(told: Reported) -> dict[str, Any] | None:
    mailing = _tested(told)
    return shown(mailing) if mailing else None


def _tables(told: Reported) -> list[Table]:
    mailing = _tested(told)
    head, rows = table(mailing) if mailing else ([], [])
    return [Table(key="experiment", title=_("Test of versions"), head=head, rows=rows)] if rows else []


def _tested(told: Reported) -> Mailing | None:
    """Most mailings were not, and then one question says so."""
    tested = Mailing.objects.filter(id=told.mailing_id, experiments__isnull=False)
    return tested.select_related("issue").first()
