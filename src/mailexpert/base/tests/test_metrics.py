import socket

import pytest

from mailexpert.base import metrics
from mailexpert.base.env import EnvironmentProblem, read


@pytest.mark.parametrize(
    ("process", "number", "port"),
    [("deliver", 1, 9100), ("deliver", 3, 9102), ("worker", 1, 9110), ("catcher", 1, 9140), ("web", 1, None)],
)
def test_each_process_has_a_port_of_its_own(process: str, number: int, port: int | None) -> None:
    assert metrics.port_of(9100, process, number) == port


def test_nothing_is_served_unless_it_is_asked_for() -> None:
    metrics.serve(read({}))


def test_a_taken_port_is_named_with_its_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EnvironmentProblem, match="MAILEXPERT_METRICS_PORT"):
            metrics.serve(read({"MAILEXPERT_METRICS_PORT": str(port)}))


def test_a_database_that_is_away_is_a_figure_too() -> None:
    asked = metrics.Asked("postgresql://nobody@127.0.0.1:1/nothing", "SELECT 1", {"a": "A"})
    (up,) = asked.collect()
    assert (up.name, up.samples[0].value) == ("mailexpert_database_up", 0)
