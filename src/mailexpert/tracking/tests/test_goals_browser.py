"""Goals and the page about the sites in Chromium: by day and in the dark, narrow and wide, Dutch and English."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from mailexpert.accounts.models import Site
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.sending.models import Issue
from mailexpert.tracking.models import Channel, Goal, GoalDay, SiteMeasuring, SiteSeen
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES", "")  # a folder to look at them in


@pytest.fixture
def full(shop: Tenant) -> Goal:
    today = timezone.localdate()
    with account(shop.id):
        SiteMeasuring.objects.create()
        Site.objects.create(host="winkel.example", token="x", verified_at=timezone.now())
        SiteSeen.objects.create(host="winkel.example", seen_at=timezone.now() - timedelta(minutes=3))
        issue = Issue.objects.create(
            sender_address="a@winkel.example", subject="Tulpen", purpose="newsletter"
        )
        order = Goal.objects.create(name="Bestelling", kind="value", event="bestelling")
        Goal.objects.create(name="Brochure aangevraagd", kind="page", pattern="/brochure/*")
        for back in range(20):
            told: dict[str, Any] = {
                "day": today - timedelta(days=back),
                "goal_id": order.id,
                "currency": "EUR",
            }
            GoalDay.objects.create(
                channel=Channel.MAIL, issue_id=issue.id, source="", medium="", campaign="", n=back % 7 + 1,
                cents=4995 * (back % 7 + 1), **told,
            )  # fmt: skip
            GoalDay.objects.create(
                channel=Channel.ADVERTISING, issue_id=0, source="google", medium="cpc", campaign="zomer", n=back % 3,
                cents=2500 * (back % 3), **told,
            )  # fmt: skip
    return order


@pytest.mark.parametrize(
    ("width", "dark", "language"),
    [(1440, False, "nl"), (375, True, "nl"), (1440, True, "en"), (375, False, "en")],
)
def test_the_pages_are_fit_for_everyone(
    page_as: PageAs, shop: Tenant, full: Goal, width: int, dark: bool, language: str
) -> None:
    page = page_as(shop, width=width, dark=dark, language=language)
    for name, path in (
        ("doelen", "/rapporten/doelen/"), ("doel", f"/rapporten/doelen/{full.id}/"),
        ("nieuw", "/rapporten/doelen/nieuw/"), ("sites", "/instellingen/sites-meten/"),
    ):  # fmt: skip
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == language
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{language}.png", full_page=True)
        assert_accessible(page)
