"""How bad it is that readers marked a mailing as spam. Pure.

Gmail and Yahoo ask for less than 0.1 % of what was delivered and act on 0.3 % (their rules for senders, 2024). Of the
mail that Gmail takes nobody hears who complained, so the real share is higher than what we count."""

QUIET, SERIOUS = 1, 3  # per thousand that were sent
FEW = 20  # of fewer a share says nothing


def level(complained: int, sent: int) -> str:
    """`serious`, `quiet`, or nothing."""
    if sent < FEW or 1000 * complained <= QUIET * sent:
        return ""
    return "serious" if 1000 * complained > SERIOUS * sent else "quiet"
