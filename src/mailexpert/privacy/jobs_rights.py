"""Erasures in the background."""

from datetime import timedelta

from mailexpert.base import clock
from mailexpert.core import jobs
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy import actions_erasure
from mailexpert.privacy.models import Erasure
from mailexpert.sending import letter

LEFT_AFTER = timedelta(minutes=10)


@jobs.job
def finish_erasure(erasure_id: int) -> None:
    """This one and all that wait beside it: looking through the account's texts costs the same for many as for one.
    Twice without harm: each step says whether it is done."""
    mine = Erasure.objects.filter(id=erasure_id, finished_at=None)
    if not mine.exists():
        return
    try:
        actions_erasure.carry_on(sorted({erasure_id, *actions_erasure.left()}), clock.now())
    except letter.NotSent:
        if mine.exists():
            raise


@jobs.every("*/10 * * * *")
def go_on() -> None:
    """Erasures whose job gave up or died."""
    with beside_wall(Beside.SCHEDULE):
        left = Erasure.objects.filter(finished_at=None, begun_at__lt=clock.now() - LEFT_AFTER)
        found = list(left.values_list("account_id", "id"))
    for account_id, erasure_id in found:
        with account(account_id):
            jobs.defer(finish_erasure, erasure_id=erasure_id)
