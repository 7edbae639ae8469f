"""What privacy does by the clock."""

import logging

from mailexpert.base import clock, env
from mailexpert.core.beside import Beside
from mailexpert.core.jobs import every
from mailexpert.privacy import actions_promises, retention
from mailexpert.privacy.checks import wire

log = logging.getLogger(__name__)


@every("*/10 * * * *", Beside.PROMISES)
def keep_promises() -> None:
    """Check each promise in its own rhythm: most every hour, slow ones every day."""
    wire.await_start(env.load().base_url)
    actions_promises.check_due()


@every("41 3 * * *", Beside.RETENTION)
def keep_retention() -> None:
    """Once a night: what is older than the data register allows goes."""
    for done in retention.carry_out(clock.now()):
        if done.rows:
            log.info("retention: %s %s (%s rows)", done.rule.act, done.rule.table, done.rows)
