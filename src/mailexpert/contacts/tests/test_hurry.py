"""A statement that gives up after a time takes no other with it."""

import statistics
import time
from contextlib import suppress

import pytest
from django.db import OperationalError, connection

from mailexpert.contacts import hurry

BUSY = "SELECT count(*) FROM generate_series(1, 60000)"
pytestmark = pytest.mark.django_db(transaction=True)


def asked(within_ms: int) -> float:
    """How long it took, in milliseconds."""
    began = time.perf_counter()
    hurry.asked(BUSY, within_ms=within_ms)
    return (time.perf_counter() - began) * 1e3


def test_a_timeout_that_comes_as_its_statement_ends_never_stops_the_next_one(in_shop: object) -> None:
    usual = round(statistics.median(asked(1_000) for _ in range(9)))
    for turn in range(150):
        with suppress(OperationalError):
            asked(max(1, usual + turn % 5 - 1))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM generate_series(1, 10000)")
            assert cursor.fetchone() == (10_000,)
