"""Work in the background: inside its account, once more after a death, and forgotten when done."""

import pytest
from django.db import connection

from mailexpert.core import jobs, upkeep
from mailexpert.core.beside import Beside
from mailexpert.core.scope import NoAccount, account, beside_wall, current_account

SEEN = []


@jobs.job
def note(number: int) -> None:
    SEEN.append((current_account(), number))


def statuses():
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs ORDER BY id")
        return [status for (status,) in cursor.fetchall()]


def test_a_job_runs_inside_the_account_that_deferred_it(shop, stranger, run_jobs):
    SEEN.clear()
    for tenant in (shop, stranger):
        with account(tenant.id):
            jobs.defer(note, number=7)
    assert run_jobs() == 2
    assert [(shop.id, 7), (stranger.id, 7)] == SEEN


def test_a_job_of_nobody_can_t_be_deferred(db):
    with pytest.raises(NoAccount):
        jobs.defer(note, number=7)


def test_a_dead_worker_s_job_comes_again_and_a_living_one_s_stays(in_shop):
    jobs.defer(note, number=1)
    jobs.defer(note, number=2)
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (now() - interval '5 minutes'), (now()) RETURNING id"
        )
        dead, living = [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT id FROM procrastinate_jobs ORDER BY id")
        first, second = [number for (number,) in cursor.fetchall()]
        for job, worker in ((first, dead), (second, living)):
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job]
            )
    upkeep.rescue_jobs.run()
    assert statuses() == ["todo", "doing"]


def test_finished_jobs_are_forgotten_after_their_time(in_shop, run_jobs):
    jobs.defer(note, number=1)
    jobs.defer(note, number=2)
    run_jobs()
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM procrastinate_jobs")
        (old,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - interval '2 days' WHERE job_id = %s", [old]
        )
    upkeep.forget_jobs.run()
    assert statuses() == ["succeeded"]
