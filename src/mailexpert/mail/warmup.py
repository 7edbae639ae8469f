"""Warming up: a sender or a mail server that is new to a provider begins with little and doubles."""

from dataclasses import dataclass
from datetime import date

# What is normal by then: a provider that took so much on one day knows us.
ENOUGH = 100_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """From `first_day` on `first` messages a day to each provider, `growth` times as many every day after."""

    first_day: date
    first: int = 200
    growth: float = 2.0

    def allowed(self, day: date) -> int | None:
        """How many may go to one provider on this day; None once the plan is over."""
        days = (day - self.first_day).days
        if days < 0:
            return 0
        # A plan that hardly grows ends too.
        if days > 365:
            return None
        found = int(self.first * self.growth**days) if days * (self.growth - 1) < 60 else ENOUGH
        return found if found < ENOUGH else None

    def ladder(self) -> list[int]:
        """What each day allows, from the first until the plan is over."""
        steps: list[int] = []
        while len(steps) < 60:
            allowed = self.allowed(date.fromordinal(self.first_day.toordinal() + len(steps)))
            if allowed is None:
                break
            steps.append(allowed)
        return steps
