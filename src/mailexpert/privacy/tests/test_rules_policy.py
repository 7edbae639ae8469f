"""When a version may be announced, and when it takes effect."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailexpert.privacy import rules_policy as rules

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = "# P\n\nJe kunt stoppen. {A1}\n\nEn lezen. {A2}"


def asked(**changed: Any) -> list[str]:
    values: dict[str, Any] = {
        "texts": {"nl": TEXT, "en": TEXT}, "author_ids": {1}, "approver_id": 2, "wanted": None,
    }  # fmt: skip
    draft = rules.Draft(**(values | changed))
    return [one.code for one in rules.refusals(draft, backed={"A1", "A2"}, binds=True, now=NOW)]


def test_a_good_version_may_be_announced() -> None:
    assert asked() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"texts": {"nl": TEXT}}, "language"),
        ({"texts": {"nl": TEXT, "en": "  "}}, "language"),
        ({"approver_id": 1}, "four_eyes"),
        ({"wanted": NOW + 29 * DAY}, "too_early"),
        ({"texts": {"nl": TEXT, "en": TEXT + "\n\nMeer. {A3}"}}, "unbacked"),
        ({"texts": {"nl": TEXT, "en": "# P\n\nAlleen. {A1}"}}, "silent"),
    ],
)
def test_a_bad_version_is_refused_with_its_reason(changed: dict[str, Any], code: str) -> None:
    assert asked(**changed) == [code]


def test_every_reason_is_told_at_once() -> None:
    assert asked(texts={"nl": TEXT}, approver_id=1, wanted=NOW) == ["language", "four_eyes", "too_early"]


def test_it_takes_effect_thirty_days_after_the_last_notice() -> None:
    assert rules.effect([NOW, NOW + 2 * DAY], None) == NOW + 32 * DAY
    assert rules.effect([NOW], NOW + 60 * DAY) == NOW + 60 * DAY
    assert rules.effect([NOW], NOW + 3 * DAY) == NOW + 30 * DAY


def test_while_a_notice_is_still_in_there_is_no_day() -> None:
    assert rules.effect([NOW, None], NOW + 60 * DAY) is None
    assert rules.effect([], None) is None


@pytest.mark.parametrize(
    ("customers", "reached", "out"),
    [(100, 100, True), (100, 95, True), (100, 94, False), (1, 0, False), (0, 0, True)],
)
def test_a_mail_went_out_when_nearly_everyone_got_it(customers: int, reached: int, out: bool) -> None:
    assert rules.mail_went_out(customers=customers, reached=reached) is out
