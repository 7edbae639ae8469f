"""The same schedules with the engine's real SQL on a real PostgreSQL: fewer, for each step costs a few statements."""

from typing import Any

import pytest

from mailexpert.conftest import Tenant
from mailexpert.delivery import pace
from mailexpert.delivery.tests.protocol.tables_pg import PgTables
from mailexpert.delivery.tests.protocol.test_protocol import ISSUES, WINDOW, Protocol, explore

pytestmark = pytest.mark.django_db(transaction=True)


def on_postgres(shop: Tenant) -> type[Protocol]:
    class OnPostgres(Protocol):
        def make_tables(self) -> Any:
            return PgTables(shop, ISSUES)

        def teardown(self) -> None:
            super().teardown()
            if hasattr(self, "tables"):
                self.tables.close()

    return OnPostgres


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "LARGEST", WINDOW)


def test_no_schedule_sends_twice_or_loses_a_person_on_postgres(shop: Tenant) -> None:
    explore(on_postgres(shop), examples=8, steps=30)


@pytest.mark.chaos
@pytest.mark.parametrize("start", range(20, 25))
def test_nor_does_any_of_hundreds_on_postgres(shop: Tenant, start: int) -> None:
    explore(on_postgres(shop), examples=100, steps=50, start=start)
