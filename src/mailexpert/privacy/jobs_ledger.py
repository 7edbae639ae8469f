"""The ledger's chain grows by the clock."""

from mailexpert.core.beside import Beside
from mailexpert.core.jobs import every
from mailexpert.privacy import ledger


@every("* * * * *", Beside.LEDGER)
def seal_ledger() -> None:
    """Seal the lines of the last minutes, account by account."""
    ledger.seal()
