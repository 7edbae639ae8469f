"""An import in the background: seen from outside, stopped, killed, run twice."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from mailexpert.conftest import Tenant, make_tenant
from mailexpert.contacts import actions_import, files, jobs, landing, staging
from mailexpert.contacts.actions_import import Order
from mailexpert.contacts.models import Contact, Import, Membership, Refusal
from mailexpert.contacts.tests.cast import make_list, upload
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy.models import Consent

ROWS = "email,naam\n" + "".join(f"c{n}@voorbeeld.example,N{n}\n" for n in range(3_000))


def queued(text: str = ROWS) -> Import:
    return actions_import.start_import(
        upload(text),
        Order(file_name="x.csv", list_id=make_list().id, ground="consent", evidence="Formulier."),
    )


def nothing_came_in() -> bool:
    return not (
        Contact.objects.exists()
        or Membership.objects.exists()
        or Consent.objects.exists()
        or Refusal.objects.exists()
    )


@pytest.fixture
def committed(transactional_db: None) -> Iterator[Tenant]:
    """A shop in a database where every session sees what was committed."""
    tenant = make_tenant("winkel", "Winkel de Vries")
    with account(tenant.id):
        yield tenant


@pytest.mark.usefixtures("committed")
def test_progress_is_seen_from_outside_while_the_import_still_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = queued()
    seen: list[tuple[str, int, int]] = []

    def look(*args: object) -> landing.Landed:
        watcher = connection.copy()
        with watcher.cursor() as cursor:
            cursor.execute("SELECT state, bytes_read, rows_read FROM contacts_import")
            seen.append(cursor.fetchone())
            cursor.execute("SELECT count(*) FROM contacts_contact")
            assert cursor.fetchone() == (0,)
        watcher.close()
        return land(*args)  # type: ignore[arg-type]

    land = landing.land
    monkeypatch.setattr(landing, "land", look)
    jobs.run_import.run(account_id=batch.account_id, import_id=batch.id)
    assert seen == [("running", batch.size, 3_000)]
    assert Import.objects.get().state == "done"
    assert Contact.objects.count() == 3_000


@pytest.mark.usefixtures("committed")
def test_a_running_import_is_stopped_and_nothing_of_it_stays(
    monkeypatch: pytest.MonkeyPatch, own_folder: Path
) -> None:
    monkeypatch.setattr(jobs, "TELL_SECONDS", 0)
    monkeypatch.setattr(staging, "BATCH", 1_000)
    batch = queued()
    tell = jobs.Progress.tell

    def cancel_in_the_middle(self: jobs.Progress, bytes_read: int, rows_read: int) -> None:
        if rows_read == 2_000:
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("UPDATE contacts_import SET cancel_asked = true")
            other.close()
        tell(self, bytes_read, rows_read)

    monkeypatch.setattr(jobs.Progress, "tell", cancel_in_the_middle)
    jobs.run_import.run(account_id=batch.account_id, import_id=batch.id)
    assert Import.objects.get().state == "cancelled"
    assert nothing_came_in()
    assert not files.path_of(batch.id).exists()


@pytest.mark.usefixtures("committed")
def test_a_worker_that_dies_leaves_nothing_and_the_next_one_does_it_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = queued()
    with monkeypatch.context() as patch:

        def die(*_args: object) -> None:
            raise OperationalError("the server went away")

        patch.setattr(landing, "_keep_refusals", die)
        with pytest.raises(OperationalError):
            jobs.run_import.run(account_id=batch.account_id, import_id=batch.id)
    assert Import.objects.get().state == "running"
    assert nothing_came_in()
    jobs.run_import.run(account_id=batch.account_id, import_id=batch.id)
    jobs.run_import.run(account_id=batch.account_id, import_id=batch.id)
    done = Import.objects.get()
    assert (done.state, done.added, done.signed_up) == ("done", 3_000, 3_000)
    assert Consent.objects.count() == 3_000


@pytest.mark.usefixtures("in_shop")
def test_a_fault_of_ours_is_told_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = queued()
    monkeypatch.setattr(landing, "SIGN_UP", "SELECT 1 / 0")
    jobs.run_import.run(account_id=batch.account_id, import_id=batch.id)
    failed = Import.objects.get()
    assert (failed.state, failed.reason, failed.technical) == ("failed", "unexpected", "DataError")
    assert nothing_came_in()


@pytest.mark.usefixtures("in_shop")
def test_a_file_that_is_gone_fails_in_words() -> None:
    batch = queued()
    files.forget(batch.id)
    jobs.run_import.run(account_id=batch.account_id, import_id=batch.id)
    assert Import.objects.get().reason == "file_gone"


def test_what_nobody_needs_any_more_is_cleaned_up(shop: Tenant) -> None:
    with account(shop.id):
        draft = actions_import.take_file(upload("email\na@b.example\n"), "oud.csv")
        stuck, fresh = queued(), actions_import.take_file(upload("email\na@b.example\n"), "nieuw.csv")
        old = timezone.now() - timedelta(days=31)
        Import.objects.filter(id__in=[draft.id, stuck.id]).update(created_at=old)
        done = Import.objects.create(file_name="klaar.csv", state="done", finished_at=old)
        Refusal.objects.create(batch=done, line=1, reason="address", values=["x"])
        path = files.path_of(draft.id)
    with beside_wall(Beside.SCHEDULE):
        jobs.clean_imports.run()
    with account(shop.id):
        assert not path.exists()
        assert set(Import.objects.values_list("id", "state")) == {
            (stuck.id, "failed"),
            (fresh.id, "draft"),
            (done.id, "done"),
        }
        assert not Refusal.objects.exists()
