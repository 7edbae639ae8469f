"""Rooms add a section to the report of a mailing, in their order; what has nothing to show isn't there."""

import pytest

from mailexpert.core import report_sections
from mailexpert.core.report_sections import Reported, Section, Table

TOLD = Reported(mailing_id=1, issues=[2], sent=25)


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch):
    monkeypatch.setattr(report_sections, "_sections", {})


def section(key, order, context):
    table = Table(key=key, title=key, head=["n"], rows=[[order]])
    return Section(
        key=key, order=order, template=f"{key}.html", context=context, tables=lambda _told: [table]
    )


def test_sections_stand_in_their_order_and_empty_ones_are_left_out():
    report_sections.register(section("late", 30, lambda told: {"sent": told.sent}))
    report_sections.register(section("nothing", 20, lambda _told: None))
    report_sections.register(section("early", 10, lambda _told: {}))
    assert [one.template for one in report_sections.shown(TOLD)] == ["early.html", "late.html"]
    assert report_sections.shown(TOLD)[1].context == {"sent": 25}
    assert [table.key for table in report_sections.tables(TOLD)] == ["early", "nothing", "late"]


@pytest.mark.parametrize(("sent", "may"), [(0, False), (19, False), (20, True)])
def test_a_group_under_twenty_is_not_split(sent, may):
    assert Reported(mailing_id=1, issues=[2], sent=sent).may_split is may
