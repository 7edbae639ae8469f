"""An engine whose leases are seconds instead of minutes, so that others take over while a story is told."""

import runpy

from mailexpert.delivery import lanes, outbox_pg

LEASE_SECONDS, SAFE_SECONDS = 6.0, 4.0

if __name__ == "__main__":
    lanes.SAFE_SECONDS = SAFE_SECONDS
    outbox_pg.PgOutbox.__init__.__defaults__ = (LEASE_SECONDS,)
    runpy.run_module("mailexpert.delivery", run_name="__main__")
