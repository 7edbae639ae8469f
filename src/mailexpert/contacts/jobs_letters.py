"""Single mails to persons on their way to the relay."""

from datetime import timedelta

from django.db import transaction

from mailexpert.base import clock
from mailexpert.contacts.models import Letter
from mailexpert.core import jobs
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.sending import letter

GIVEN_UP_AFTER = timedelta(minutes=30)


@jobs.job
def send_letter(letter_id: int) -> None:
    """Hand it to the relay, then forget it. Without a relay the queue tries again later."""
    with transaction.atomic():
        found = Letter.objects.select_for_update(skip_locked=True).filter(id=letter_id).first()
        if found is None:
            return
        letter.send(to=found.recipient, subject=found.subject, text=found.text, html=found.html)
        found.delete()


@jobs.every("*/15 * * * *")
def send_left_behind() -> None:
    """Letters whose job gave up while the relay was down; retention takes those that are useless by now."""
    with beside_wall(Beside.SCHEDULE):
        left = list(
            Letter.objects.filter(created_at__lt=clock.now() - GIVEN_UP_AFTER).values_list("account_id", "id")
        )
    for account_id, letter_id in left:
        with account(account_id):
            jobs.defer(send_letter, letter_id=letter_id)
