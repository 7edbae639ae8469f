"""When a deferred message comes again, and when we give up."""

import random

FIRST, SECOND = 300.0, 1_200.0  # seconds; greylisting wants about five minutes
CEILING = 4 * 3_600.0
JITTER = 0.2  # so that a thousand deferred at once don't come back at once
# A newsletter of two days ago raises complaints (RFC 5321, 4.5.4.1 says four or five days).
LIFE = 48 * 3_600.0
MOST_ATTEMPTS = 24  # more than fit in LIFE: a fence, should the clock fail
BELIEVED = 3  # tries; a server that goes on saying "in a minute" is asked no more often than others


def wait(attempt: int, stated: float | None = None, *, random_share: float | None = None) -> float:
    """Seconds until the next try after `attempt` tries (from 1): 5 minutes, 20, then doubling to 4 hours, a fifth
    more or less. A server's own stated wait is honoured up to the ceiling; after a few tries it can't shorten ours.
    `random_share` in 0…1 replaces chance
    in tests."""
    share = random.random() if random_share is None else random_share  # noqa: S311 (spread, no secret)
    doublings = min(max(attempt - 2, 0), 30)
    base = FIRST if attempt <= 1 else min(SECOND * 2**doublings, CEILING / (1 + JITTER))
    ours = base * (1 - JITTER + 2 * JITTER * share)
    if stated is None:
        return ours
    theirs = min(max(stated, 1.0) * (1 + JITTER * share), CEILING)
    return theirs if attempt <= BELIEVED else max(theirs, ours)


def gives_up(attempt: int, age_seconds: float) -> bool:
    """After how many tries, or seconds since the first one, a message has failed."""
    return attempt >= MOST_ATTEMPTS or age_seconds > LIFE
