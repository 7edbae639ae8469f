"""Time: read once per operation and passed on."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
