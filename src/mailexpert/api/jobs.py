from mailexpert.api.idempotency import KEPT
from mailexpert.api.models import Answer
from mailexpert.base.clock import now
from mailexpert.core.jobs import every


@every("17 * * * *")
def forget_answers() -> None:
    """Answers are kept for a day, no longer."""
    Answer.objects.filter(at__lt=now() - KEPT).delete()
