"""Single mails to persons on their way to the relay. Each is noted as tried before it is handed over, in a transaction
of its own: a worker that dies on the way leaves a mail in doubt, and nobody sends that again but a person."""

import logging
from datetime import timedelta

from mailexpert.base import clock
from mailexpert.contacts.models import Letter
from mailexpert.core import jobs
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.sending import letter

log = logging.getLogger(__name__)
GIVEN_UP_AFTER = timedelta(minutes=30)


@jobs.job
def send_letter(letter_id: int) -> None:
    """Hand it to the relay, then forget it. Without a relay the queue tries again later."""
    if not Letter.objects.filter(id=letter_id, tried_at=None).update(tried_at=clock.now()):
        return
    found = Letter.objects.get(id=letter_id)
    try:
        letter.send(to=found.recipient, subject=found.subject, text=found.text, html=found.html)
    except letter.InDoubt:
        log.warning("it isn't known whether a single mail left")
    except Exception:
        Letter.objects.filter(id=letter_id).update(tried_at=None)
        raise
    else:
        found.delete()


@jobs.every("*/15 * * * *")
def send_left_behind() -> None:
    """Letters whose job gave up while the relay was down; retention takes those that are useless by now."""
    with beside_wall(Beside.SCHEDULE):
        waiting = Letter.objects.filter(tried_at=None, created_at__lt=clock.now() - GIVEN_UP_AFTER)
        left = list(waiting.values_list("account_id", "id"))
    for account_id, letter_id in left:
        with account(account_id):
            jobs.defer(send_letter, letter_id=letter_id)
