import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.intake import collector as unit
from mailexpert.intake.collector import Collector, Connection, count_file
from mailexpert.intake.hits import prefix
from mailexpert.intake.journal import Finished, Journal
from mailexpert.intake.tests.running import database_url, make_issue
from mailexpert.sending.models import Issue
from mailexpert.tracking.actions import rebuild
from mailexpert.tracking.models import Event, HitFile, Rollup
from mailexpert.tracking.queries import Hits, hits
from mailexpert.tracking.queries_whole import whole

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = int(time.time()) // 3600 - 48


@pytest.fixture
def database(transactional_db: None) -> Iterator[Connection]:
    with psycopg.connect(database_url(), autocommit=True) as connection:
        connection.execute("SET ROLE mailexpert_owner")
        yield connection


def a_file(lines: bytes, name: str = "1-2-ab") -> Finished:
    return Finished(name=name, path=Path("/nowhere"), lines=lines)


def line(issue: Issue, link: int = 0, kind: int = 2, hour: int = HOUR) -> bytes:
    return b"%d\t%d\t%d\t%d\n" % (issue.id, link, kind, hour)


def hits_of(shop: Tenant, issue: Issue) -> Hits:
    with account(shop.id):
        return hits(issue.id)


def test_a_file_counts_once_however_often_it_is_found(
    database: Connection, shop: Tenant, issue: Issue
) -> None:
    file = a_file(line(issue) * 3)
    assert count_file(database, file)
    assert not count_file(database, file)
    assert hits_of(shop, issue) == Hits(clicks=3)


def test_the_next_file_adds_to_the_same_hour(database: Connection, shop: Tenant, issue: Issue) -> None:
    count_file(database, a_file(line(issue) + line(issue, hour=HOUR + 1)))
    count_file(database, a_file(line(issue) + line(issue, kind=4), name="2-2-ab"))
    assert hits_of(shop, issue) == Hits(clicks=3, machine_clicks=1)
    with account(shop.id):
        assert Rollup.objects.filter(by=Rollup.By.HOUR).count() == 3
        assert sum(Event.objects.values_list("n", flat=True)) == 4


def test_the_five_minutes_are_kept_for_twelve_hours_and_added_up_anew_the_same(
    database: Connection, shop: Tenant, issue: Issue
) -> None:
    with account(shop.id):
        Issue.objects.filter(id=issue.id).update(
            started_at=datetime.fromtimestamp((HOUR - 12) * 3600 + 600, UTC)
        )
    for hour, part in ((HOUR - 12, 2), (HOUR - 12, 3), (HOUR - 1, 11), (HOUR, 1), (HOUR, 2)):
        text = prefix(issue.id, 0, False, 1, 0) + b"%d\t%d\n" % (hour, part)
        count_file(database, a_file(text, f"1-{hour}-{part}"))
    count_file(database, a_file(line(issue, hour=HOUR - 1)))
    with account(shop.id):
        rows = Rollup.objects.filter(issue_id=issue.id, by=Rollup.By.PART).values_list("value", "n")
        first = (HOUR - 12) * 3600
        assert {(int(value) - first) // 300: n for value, n in rows} == {2: 1, 3: 1, 143: 1, 145: 1}
        assert sum(one.clicks for one in whole([issue.id]).clicks_over_time) == 6
        before = set(Rollup.objects.values_list("by", "value", "kind", "n"))
        rebuild(issue.id)
        assert set(Rollup.objects.values_list("by", "value", "kind", "n")) == before


def test_an_issue_that_measures_nothing_has_no_counts(database: Connection, shop: Tenant) -> None:
    silent = make_issue(shop, tracking="none")
    count_file(database, a_file(line(silent) + line(silent, link=-1, kind=1)))
    assert hits_of(shop, silent) == Hits()


def a_written_file(folder: Path, lines: bytes) -> None:
    journal = Journal(folder)
    journal.write(lines)
    journal.finish()


def one_round(folder: Path) -> None:
    Collector(database_url(), folder)._round()


def test_a_collector_that_died_after_its_commit_counts_nothing_twice(
    database: Connection, shop: Tenant, issue: Issue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_written_file(tmp_path, line(issue))
    with monkeypatch.context() as death:
        death.setattr(Finished, "delete", lambda _file: None)
        one_round(tmp_path)
    one_round(tmp_path)
    assert hits_of(shop, issue) == Hits(clicks=1)
    assert [path.name for path in tmp_path.iterdir()] == ["collector.lock"]


def test_a_file_that_cannot_be_counted_stays_and_holds_up_no_other(
    database: Connection, shop: Tenant, issue: Issue, tmp_path: Path
) -> None:
    (tmp_path / f"{time.time_ns() - 10**9}-1-aa.done").write_bytes(b"no numbers\n")
    a_written_file(tmp_path, line(issue))
    one_round(tmp_path)
    assert hits_of(shop, issue) == Hits(clicks=1)
    assert len(list(tmp_path.glob("*.done"))) == 1


def test_a_file_so_old_that_its_name_may_be_forgotten_is_set_aside(
    database: Connection, shop: Tenant, issue: Issue, tmp_path: Path
) -> None:
    old = time.time_ns() - int(30 * unit.DAY * 1e9)
    (tmp_path / f"{old}-1-aa.done").write_bytes(line(issue))
    one_round(tmp_path)
    assert hits_of(shop, issue) == Hits()
    assert len(list(tmp_path.glob("*.old"))) == 1


def test_with_the_database_away_hits_wait(
    database: Connection, shop: Tenant, issue: Issue, tmp_path: Path
) -> None:
    a_written_file(tmp_path, line(issue))
    assert not Collector("postgresql://nobody@127.0.0.1:1/none", tmp_path)._round()
    one_round(tmp_path)
    assert hits_of(shop, issue) == Hits(clicks=1)


def test_names_of_files_are_forgotten_after_thirty_days(database: Connection) -> None:
    database.execute(
        "INSERT INTO tracking_hitfile VALUES ('old', now() - interval '31 days'), ('new', now())"
    )
    database.execute(unit.SQL["forget_files"], {"days": unit.REMEMBER_DAYS})
    with beside_wall(Beside.TESTS):
        assert list(HitFile.objects.values_list("name", flat=True)) == ["new"]


def test_the_files_are_readable_by_us_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "hits")
    journal.write(b"1\n")
    modes = [os.stat(path).st_mode & 0o777 for path in (tmp_path / "hits", *(tmp_path / "hits").iterdir())]
    assert modes == [0o700, 0o600]
