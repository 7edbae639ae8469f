"""A visit from Chromium to the report: the browser tells, the intake stores, staff read."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from mailexpert.base import env
from mailexpert.intake.tests.running import Running, comes_true
from mailexpert.site.tests.cast import log_in, staff
from mailexpert.tracking.models import Visit
from mailexpert.web.tests.browser import PageAs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_page_that_is_left_for_another_stands_in_the_report_with_its_time(
    page_as: PageAs, intake: Running, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    address = f"http://127.0.0.1:{intake.port}"
    monkeypatch.setattr(env, "load", lambda known=replace(env.load(), track_url=address): known)
    settings.CONTENT_SECURITY_POLICY = deepcopy(settings.CONTENT_SECURITY_POLICY)
    settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"].append(address)
    page = page_as()
    page.clock.install()
    page.goto("/privacy/")
    page.clock.fast_forward(42_000)
    page.get_by_role("link", name="Contact", exact=True).first.click()
    page.wait_for_url("**/contact/")
    assert comes_true(Visit.objects.exists)
    visit = Visit.objects.get()
    assert (visit.page, visit.browser, visit.ip) == ("/privacy/", "Chrome", "127.0.0.1")
    assert 42 <= visit.seconds < 100
    report = log_in(staff("sanne")).get("/beheer/bezoek/").content.decode()
    assert "/privacy/" in report
    assert "1440 × 900" in report
    assert page.faults == []  # type: ignore[attr-defined]
