"""What the operator's side does by the clock."""

import logging

from mailexpert.core.beside import Beside
from mailexpert.core.jobs import every
from mailexpert.privacy.actions_policy import advance
from mailexpert.privacy.queries_policy import all_coming
from mailexpert.site import announcing, customers, watching

log = logging.getLogger(__name__)


@every("* * * * *", Beside.TOLD)
def carry_announcements() -> None:
    """Notices of a coming version: begin, follow, and reckon its day; let it take effect when that has come."""
    for found in all_coming():
        try:
            announcing.carry(found)
        except customers.NoOperator:
            log.warning("version %s can't be mailed: there is no operator's account", found)
    advance()


@every("*/5 * * * *", Beside.CUSTOMERS)
def keep_customers_in_step() -> None:
    try:
        customers.keep_in_step()
    except customers.NoOperator:
        return


@every("*/2 * * * *", Beside.SCHEDULE)
def tell_accounts() -> None:
    """What happened lately in rooms that know nothing of words: imports, relays, mailings, domains."""
    watching.look()
