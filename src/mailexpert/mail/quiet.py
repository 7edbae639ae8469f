"""Quiet hours: the part of the day in which an account's mailings wait."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FALLBACK = "Europe/Amsterdam"


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """From `begin` until `end` by the clock on the wall in `time_zone`; over midnight when `end` is the earlier."""

    begin: time
    end: time
    time_zone: str = FALLBACK

    def hold(self, now: datetime) -> bool:
        """Whether an aware moment lies in them."""
        wall = now.astimezone(_zone(self.time_zone)).time()
        if self.begin <= self.end:
            return self.begin <= wall < self.end
        return wall >= self.begin or wall < self.end


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(FALLBACK)
