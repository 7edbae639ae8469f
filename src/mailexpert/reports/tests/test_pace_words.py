"""How fast a mailing goes, in words."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from mailexpert.reports import words


def a_report(sent: list[int], state: str = "sending") -> Any:
    minutes = [SimpleNamespace(sent=count) for count in sent]
    return SimpleNamespace(mailing=SimpleNamespace(state=state), course=SimpleNamespace(minutes=minutes))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ([], ""),
        ([64], ""),
        ([64, 40], ""),  # it began in the one and is in the other
        ([64, 120, 40], "The pace is 120 a minute."),
        ([64, 30, 120, 120, 120, 40], "The pace is 120 a minute."),
        ([64, 0, 40], ""),
    ],
)
def test_only_whole_minutes_say_how_fast_it_goes(sent: list[int], said: str) -> None:
    with translation.override("en"):
        assert words.pace(a_report(sent)) == said


def test_what_is_not_on_its_way_has_no_pace() -> None:
    assert words.pace(a_report([64, 120, 40], "paused")) == ""
