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
    return shown(Mailing.objects.select_related("issue").get(id=told.mailing_id))


def _tables(told: Reported) -> list[Table]:
    head, rows = table(Mailing.objects.select_related("issue").get(id=told.mailing_id))
    return [Table(key="experiment", title=_("Test of versions"), head=head, rows=rows)] if rows else []
