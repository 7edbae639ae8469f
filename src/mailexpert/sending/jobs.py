"""What the outbox forgets by itself."""

from datetime import timedelta

from mailexpert.base.clock import now
from mailexpert.core.jobs import every
from mailexpert.sending.models import Reply

REPLIES_KEPT = timedelta(days=30)


@every("20 4 * * *")
def forget_replies() -> None:
    """What a mail server said helps for a month; the ledger keeps the code."""
    Reply.objects.filter(at__lt=now() - REPLIES_KEPT).delete()
