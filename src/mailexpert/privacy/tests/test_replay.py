"""Back up, erase, restore, replay: who was erased is not there when the restored database opens."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mailexpert.base import clock, env
from mailexpert.conftest import Tenant
from mailexpert.contacts import actions
from mailexpert.contacts.models import Contact
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy import erasure_ledger, replay
from mailexpert.privacy.erasure_ledger import Entry, LedgerBroken
from mailexpert.privacy.models import Erasure, ErasureMark
from mailexpert.sending.models import Suppression

ADDRESS = "anna@voorbeeld.example"
TABLES = ("contacts_contact", "contacts_membership", "contacts_list", "sending_suppression")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    known = env.load()
    monkeypatch.setattr(env, "load", lambda: dataclasses.replace(known, home=tmp_path))
    return tmp_path


class Backup:
    """The rows of yesterday, and putting them back as a restore does: the whole database, marks of erasures and all."""

    def __init__(self) -> None:
        for table in TABLES:
            self._run(f"CREATE TEMPORARY TABLE {table}_backup AS SELECT * FROM {table}")

    def restore(self) -> None:
        for table in ("privacy_erasuremark", "privacy_erasure", *TABLES):
            self._run(f"DELETE FROM {table}")
        for table in reversed(TABLES):
            names = self._names(table)
            self._run(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_backup")

    def _names(self, table: str) -> str:
        found = self._run(
            "SELECT string_agg(column_name, ', ') FROM information_schema.columns "
            f"WHERE table_name = '{table}' AND is_generated = 'NEVER'"
        )
        return str(found[0][0])

    @staticmethod
    def _run(statement: str) -> list[Any]:
        with beside_wall(Beside.TESTS), connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []


@pytest.mark.django_db
def test_who_was_erased_since_the_backup_is_gone_after_the_replay(
    shop: Tenant, home: Path, run_jobs: Callable[[], int]
) -> None:
    with account(shop.id):
        into = make_list()
        anna, bart = make_contact(ADDRESS, into), make_contact("bart@voorbeeld.example", into)
    backup = Backup()
    with account(shop.id):
        actions.erase_contact(anna.id, Erasure.Why.ASKED, stays_off=True)
    run_jobs()
    backup.restore()
    with account(shop.id):
        assert Contact.objects.filter(id=anna.id).exists()  # she is back
    done = replay.replay(clock.now())
    assert (done.known, done.people, done.left) == (1, 1, 0)
    with account(shop.id):
        assert list(Contact.objects.values_list("id", flat=True)) == [bart.id]
        assert Suppression.objects.get().reason == Suppression.Reason.ERASED
        assert not Erasure.objects.exclude(email_key="").exists()
    with beside_wall(Beside.TESTS):
        assert ErasureMark.objects.count() == 1
    again = replay.replay(clock.now())
    assert (again.known, again.people, again.left) == (1, 0, 0)


@pytest.mark.django_db
def test_who_has_another_address_since_the_backup_is_gone_too(
    shop: Tenant, home: Path, run_jobs: Callable[[], int]
) -> None:
    with account(shop.id):
        anna = make_contact(ADDRESS)
    backup = Backup()
    with account(shop.id):
        # As where a change of address left no line in the timeline.
        Contact.objects.filter(id=anna.id).update(email="nieuw@voorbeeld.example")
        actions.erase_contact(anna.id, Erasure.Why.ASKED, stays_off=True)
    run_jobs()
    backup.restore()
    done = replay.replay(clock.now())
    assert (done.people, done.left) == (1, 0)
    with account(shop.id):
        assert not Contact.objects.exists()


@pytest.mark.django_db
def test_who_came_back_by_themselves_stays(shop: Tenant, home: Path, run_jobs: Callable[[], int]) -> None:
    with account(shop.id):
        actions.erase_contact(make_contact(ADDRESS).id, Erasure.Why.ASKED, stays_off=True)
        run_jobs()
        Erasure.objects.all().delete()
        back = actions.add_contact(ADDRESS, source="form")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE contacts_contact SET created_at = now() + interval '1 hour'")
    assert replay.replay(clock.now()).people == 0
    with account(shop.id):
        assert Contact.objects.get().id == back.id


@pytest.mark.django_db
def test_a_ledger_that_was_changed_is_not_trusted(
    shop: Tenant, home: Path, run_jobs: Callable[[], int]
) -> None:
    with account(shop.id):
        for name in ("a", "b"):
            actions.erase_contact(make_contact(f"{name}@voorbeeld.example").id)
    run_jobs()
    file = home / erasure_ledger.FILE
    first, second = file.read_text().splitlines(keepends=True)
    assert "@" not in first + second
    for changed in (
        second,
        first.replace("true", "false").replace("[", "[9", 1) + second,
        "nonsense\n" + second,
    ):
        file.write_text(changed)
        with pytest.raises(LedgerBroken):
            replay.replay(clock.now())
    file.write_text(first + second)
    assert replay.replay(clock.now()).known == 2


@pytest.mark.django_db
def test_an_account_that_was_erased_does_not_come_back_either(
    shop: Tenant, stranger: Tenant, home: Path
) -> None:
    from mailexpert.accounts.actions_closing import erase_now
    from mailexpert.accounts.models import Account

    with beside_wall(Beside.TESTS):
        before = Account.objects.get(id=stranger.id)
        erase_now(stranger.id)
        Account.objects.bulk_create([before])
        Account.objects.filter(id=stranger.id).update(created_at="2020-01-01T00:00Z")
    assert replay.replay(clock.now()).accounts == 1
    with beside_wall(Beside.TESTS):
        assert not Account.objects.filter(id=stranger.id).exists()
        assert Account.objects.filter(id=shop.id).exists()


def entry(contact_id: int) -> Entry:
    return Entry(account_id=1, contact_id=contact_id, person="#a", stays_off=False, at=clock.now())


@pytest.mark.django_db
def test_writing_costs_the_same_however_long_the_file_is(home: Path) -> None:
    file = home / erasure_ledger.FILE
    erasure_ledger.write([entry(n) for n in range(1, 101)])
    whole = file.read_bytes()
    file.write_bytes(b"x" + whole[1:])  # nobody looks at the beginning
    erasure_ledger.write([entry(101)])
    file.write_bytes(whole[:1] + file.read_bytes()[1:])
    with file.open("rb") as opened:
        assert [one.contact_id for one in erasure_ledger.read(opened)] == list(range(1, 102))


@pytest.mark.django_db
def test_half_a_line_of_a_writer_that_was_killed_is_taken_away(home: Path) -> None:
    file = home / erasure_ledger.FILE
    first, second = entry(1), entry(2)
    erasure_ledger.append([first, second])
    whole = file.read_bytes()
    for cut in range(len(whole)):
        file.write_bytes(whole[:cut])
        known = erasure_ledger.of_file(file)
        assert known <= {first, second}
        erasure_ledger.append([first, second])
        assert erasure_ledger.of_file(file) == {first, second}


@pytest.mark.django_db
def test_what_is_written_again_stands_once_in_table_and_file(home: Path) -> None:
    one = entry(1)
    erasure_ledger.write([one])
    erasure_ledger.write([one])
    assert (home / erasure_ledger.FILE).read_bytes().count(b"\n") == 1
    with beside_wall(Beside.TESTS):
        assert ErasureMark.objects.count() == 1
