from dataclasses import replace

import pytest

from mailexpert.base import env
from mailexpert.operations import processes
from mailexpert.operations.processes import BY_NAME, listens_on, wanted

DEFAULT = env.read({})


def test_every_process_of_the_contract_is_known() -> None:
    assert set(BY_NAME) == {"web", "worker", "deliver", "intake", "inbound", "catcher"}


def test_the_catcher_runs_only_where_it_is_the_default_relay() -> None:
    names = {process.name for process in wanted(DEFAULT)}
    away = {process.name for process in wanted(replace(DEFAULT, relay_url="smtp://relay.example:25"))}
    assert names - away == {"catcher"}


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://localhost:8000", "127.0.0.1"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("https://mail.voorbeeld.nl", "0.0.0.0"),
    ],
)
def test_an_installation_without_a_public_name_listens_to_nobody_else(address: str, host: str) -> None:
    assert listens_on(address) == host


def test_each_port_has_the_variable_that_moves_it() -> None:
    for process in processes.ALL:
        if process.port(DEFAULT) is not None:
            moved = env.read({process.variable: "9123"})
            assert process.port(moved) == 9123


def test_the_engine_has_the_longest_time_to_settle() -> None:
    assert max(processes.ALL, key=lambda process: process.settle_seconds).name == "deliver"
