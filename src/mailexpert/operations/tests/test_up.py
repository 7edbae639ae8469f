import fcntl
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailexpert.base import env
from mailexpert.operations import ports, up
from mailexpert.operations.problems import AlreadyUp, PortTaken
from mailexpert.operations.processes import BY_NAME


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_in_use_is_named_before_anything_starts(taken_port: int) -> None:
    busy = replace(env.read({}), port=taken_port)
    with pytest.raises(PortTaken) as raised:
        up.check_ports(busy, [BY_NAME["web"]])
    assert f"Port {taken_port} is in use by process" in str(raised.value)
    assert "`web` needs it" in str(raised.value)
    assert "MAILEXPERT_PORT" in str(raised.value)


def test_a_port_is_free_again_once_it_is_closed(taken_port: int) -> None:
    assert ports.answers("127.0.0.1", taken_port)
    assert not ports.is_free("127.0.0.1", taken_port)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        free = other.getsockname()[1]
    assert ports.is_free("127.0.0.1", free)


def test_a_home_runs_once(tmp_path: Path) -> None:
    with (
        up._only_one(tmp_path / "run"),
        pytest.raises(AlreadyUp, match=r"already runs in .* \(process \d+\)"),
        up._only_one(tmp_path / "run"),
    ):
        pass


def test_pid_files_of_a_killed_run_are_cleared(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    left = tmp_path / "run" / "deliver-1.pid"
    left.write_text("1\n")
    with up._only_one(tmp_path / "run"):
        assert not left.exists()
    with (tmp_path / "run" / "up.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_counts_choose_how_many_of_each_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(up.drop, "run_as", lambda _home: up.drop.RunAs())
    here = replace(env.read({}), home=tmp_path, database_url="postgresql://somewhere/mailexpert")
    children = up.make_children(here, [BY_NAME["deliver"], BY_NAME["web"]], {"deliver": 2, "web": 5})
    assert [child.name for child in children] == ["deliver-1", "deliver-2", "web-1"]
    assert {child.environment["DATABASE_URL"] for child in children} == {here.database_url}
    assert {child.environment["MAILEXPERT_HOME"] for child in children} == {str(tmp_path)}
