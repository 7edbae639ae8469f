"""What the reports count in the background."""

from mailexpert.core.jobs import job
from mailexpert.reports import audience


@job
def count_audience() -> None:
    """Asked for by who looks, when the last count is old."""
    audience.count()
