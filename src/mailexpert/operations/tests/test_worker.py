import pytest

from mailexpert.base import metrics
from mailexpert.delivery.tests.mailroom import url
from mailexpert.operations import worker

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_worker_s_figures_come_from_the_queue() -> None:
    found = {
        one.name: one.samples[0].value for one in metrics.Asked(url(), worker.JOBS, worker.JOBS_SAY).collect()
    }
    assert found.keys() == {"mailexpert_database_up", *worker.JOBS_SAY}
    assert found["mailexpert_database_up"] == 1
