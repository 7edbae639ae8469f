"""A database whose clock a test can set."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from mailexpert.privacy import moment


class Clock:
    def __init__(self) -> None:
        self.now: datetime = timezone.now()

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(moment, "database_time", lambda: made.now)
    return made
