"""What privacy does by the clock."""

from mailexpert.core.beside import Beside
from mailexpert.core.jobs import every
from mailexpert.privacy import actions_promises


@every("*/10 * * * *", Beside.PROMISES)
def keep_promises() -> None:
    """Check each promise in its own rhythm: most every hour, slow ones every day."""
    actions_promises.check_due()
