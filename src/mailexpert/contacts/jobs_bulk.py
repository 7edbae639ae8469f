"""One thing done to many contacts at once, in the background."""

from mailexpert.contacts import pieces
from mailexpert.core import jobs


@jobs.job
def run_bulk(bulk_id: int) -> None:
    """A worker that dies leaves what it did; the next one goes on from there."""
    pieces.gather(bulk_id)
    while pieces.step(bulk_id):
        pass
