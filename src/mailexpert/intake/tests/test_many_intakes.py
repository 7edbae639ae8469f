"""Many intakes on many machines: each with a home of its own, and one database."""

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.intake.journal import Journal
from mailexpert.intake.tests.running import Running, comes_true
from mailexpert.mail.links import click_token
from mailexpert.sending.models import Issue
from mailexpert.tests.ports import free_ports
from mailexpert.tracking.queries import Hits, clicks_over_time, hits

pytestmark = pytest.mark.django_db(transaction=True)

DAY = 86_400
HOUR = 3600


@pytest.fixture
def machines(transactional_db: None, tmp_path: Path) -> Iterator[list[Running]]:
    """Three; the clock of the first is right, of the second a day ahead, of the third a day behind."""
    made = []
    for port, off in zip(free_ports(3), (0, DAY, -DAY), strict=True):
        home = tmp_path / str(port)
        home.mkdir()
        (home / "clock").write_text(str(off))
        made.append(
            Running(home, "mailexpert.intake.tests.a_day_off", port, {"MAILEXPERT_TRACK_PORT": str(port)})
        )
        made[-1].start()
    yield made
    for one in made:
        if one.is_alive:
            one.end()


def hits_of(shop: Tenant, issue: Issue) -> Hits:
    with account(shop.id):
        return hits(issue.id)


def test_every_machine_s_hits_count_in_the_hour_that_it_is_also_with_a_clock_that_is_a_day_off(
    machines: list[Running], shop: Tenant, issue: Issue, key: bytes
) -> None:
    path = f"/t/c/{click_token(key, issue.id, 0)}"
    began = time.time()
    for machine in machines:
        for _ in range(5):
            assert machine.ask(path).status == 302
    assert comes_true(lambda: hits_of(shop, issue) == Hits(clicks=15), seconds=20)
    with account(shop.id):
        hours = {int(one.at.timestamp()) for one in clicks_over_time(issue.id)}
    assert hours <= {int(began) // HOUR * HOUR, int(time.time()) // HOUR * HOUR}


def test_a_file_that_comes_along_twice_counts_once_wherever_it_lies(
    machines: list[Running], shop: Tenant, issue: Issue, tmp_path: Path
) -> None:
    """A home that was copied, or restored from a backup, brings files that were counted already."""
    journal = Journal(tmp_path / "written")
    journal.write(b"%d\t0\t2\t1\t0\t\t%d\n" % (issue.id, int(time.time()) // HOUR))
    journal.finish()
    [file] = (tmp_path / "written").glob("*.done")
    for machine in machines:
        shutil.copy(file, machine.home / "intake" / "hits" / file.name)
    folders = [machine.home / "intake" / "hits" for machine in machines]
    assert comes_true(lambda: not any(list(folder.glob("*.done")) for folder in folders), seconds=20)
    assert hits_of(shop, issue) == Hits(clicks=1)


def test_hits_that_come_days_late_count_in_their_own_hour(
    machines: list[Running], shop: Tenant, issue: Issue
) -> None:
    """A machine that was away for three days with what it had taken."""
    then = int((timezone.now() - timedelta(days=3)).timestamp()) // HOUR
    late = machines[0].home / "intake" / "hits" / f"{(then * HOUR) * 10**9}-1-ab.done"
    late.write_bytes(b"%d\t0\t2\t1\t0\t\t%d\n" % (issue.id, then) * 4)
    assert comes_true(lambda: hits_of(shop, issue) == Hits(clicks=4), seconds=20)
    with account(shop.id):
        assert [int(one.at.timestamp()) for one in clicks_over_time(issue.id)] == [then * HOUR]
