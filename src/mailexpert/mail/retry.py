"""When a deferred message comes again, and when we give up."""

import random

FIRST, SECOND = 300.0, 1_200.0  # seconds; greylisting wants about five minutes
CEILING = 4 * 3_600.0
JITTER = 0.2  # so that a thousand deferred at once don't come back at once
LIFE = (
    48 * 3_600.0
)  # a newsletter of two days ago raises complaints (RFC 5321, 4.5.4.1 says four or five days)
MOST_ATTEMPTS = 16  # what fits in LIFE


def wait(attempt: int, stated: float | None = None, *, random_share: float | None = None) -> float:
    """Seconds until the next try after `attempt` tries (from 1): 5 minutes, 20, then doubling to 4 hours, a fifth
    more or less. A server's own stated wait is honoured up to the ceiling. `random_share` in 0…1 replaces chance
    in tests."""
    share = random.random() if random_share is None else random_share  # noqa: S311 (spread, no secret)
    if stated is not None:
        return min(max(stated, 1.0) * (1 + JITTER * share), CEILING)
    doublings = min(max(attempt - 2, 0), 30)
    base = FIRST if attempt <= 1 else min(SECOND * 2**doublings, CEILING / (1 + JITTER))
    return base * (1 - JITTER + 2 * JITTER * share)


def gives_up(attempt: int, age_seconds: float = 0.0) -> bool:
    """After how many tries, or seconds since the first one, a message has failed."""
    return attempt >= MOST_ATTEMPTS or age_seconds > LIFE
