"""Real servers in homes of their own."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from mailexpert.operations.postgres import NoHome, Server, ensure, pids, problems
from mailexpert.operations.postgres.place import SOCKET
from mailexpert.operations.postgres.tests.conftest import FAST


def ask(server: Server, query: str) -> object:
    with psycopg.connect(server.dsn) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
    return row and row[0]


def postmaster(server: Server) -> int:
    return pids.in_file(server.place.pid_file) or 0


def kill(server: Server) -> None:
    pid = postmaster(server)
    os.kill(pid, signal.SIGKILL)
    while pids.serves(pid, server.place.data):
        time.sleep(0.01)


def in_another_process(home: Path, then: str) -> subprocess.Popen[str]:
    code = f"""
        import sys, time
        from pathlib import Path
        from mailexpert.operations.postgres import ensure
        server = ensure(Path({str(home)!r}), extra={FAST!r})
        print("started" if server.started else "joined", flush=True)
        {then}
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_new_home_gets_a_database_of_the_wanted_major(home: Path, major: int) -> None:
    with ensure(home, major=major, extra=FAST) as server:
        assert server.started
        assert server.major == major
        assert ask(server, "SHOW server_version").split(".")[0] == str(major)  # type: ignore[attr-defined]
        assert ask(server, "SHOW server_encoding") == "UTF8"
        query = "SELECT datcollate FROM pg_database WHERE datname = current_database()"
        assert ask(server, query) == "C.UTF-8"


def test_the_server_listens_on_no_network_and_closes_its_folder(running: Server) -> None:
    assert ask(running, "SHOW listen_addresses") == ""
    assert (running.place.sockets.stat().st_mode & 0o777) == 0o700
    assert ask(running, "SHOW synchronous_commit") == "on"
    assert ask(running, "SHOW jit") == "off"


def test_the_login_is_no_superuser_and_may_make_roles(running: Server) -> None:
    query = "SELECT (rolsuper, rolcreaterole, rolcreatedb)::text FROM pg_roles WHERE rolname = current_user"
    assert ask(running, query) == "(f,t,t)"


def test_the_log_holds_no_data_of_people(running: Server) -> None:
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (email text PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES ('jan@voorbeeld.nl')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('jan@voorbeeld.nl')")
    log = running.place.log.read_text()
    assert "person_pkey" in log
    assert "jan@voorbeeld.nl" not in log


def test_the_last_one_to_leave_stops_it(lived_in: Path) -> None:
    first = ensure(lived_in, extra=FAST)
    second = ensure(lived_in, extra=FAST)
    assert (first.started, second.started) == (True, False)
    assert first.leave() is False
    assert ask(second, "SELECT 1") == 1
    assert second.leave() is True
    assert pids.all_serving(second.place.data) == []


def test_what_was_stored_is_there_at_the_next_start(lived_in: Path) -> None:
    with ensure(lived_in, extra=FAST) as server, psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    began = time.monotonic()
    with ensure(lived_in, extra=FAST) as server:
        assert ask(server, "SELECT n FROM kept") == 42
    assert time.monotonic() - began < 5


def test_four_starters_at_once_share_one_server(home: Path) -> None:
    starters = [in_another_process(home, "sys.stdin.read(); server.leave()") for _ in range(4)]
    told = [(starter.stdout or sys.stdin).readline().strip() for starter in starters]
    assert sorted(told) == ["joined", "joined", "joined", "started"]
    for starter in starters:
        starter.communicate("", timeout=30)
    assert pids.all_serving(home / "pg") == []


def test_a_starter_that_is_killed_leaves_a_server_for_others(lived_in: Path) -> None:
    starter = in_another_process(lived_in, "time.sleep(60)")
    assert (starter.stdout or sys.stdin).readline().strip() == "started"
    starter.kill()
    starter.communicate()
    with ensure(lived_in, extra=FAST) as server:
        assert server.started is False
        assert ask(server, "SELECT 1") == 1


def test_ctrl_c_does_not_reach_the_server(lived_in: Path) -> None:
    with ensure(lived_in, extra=FAST) as server:
        assert os.getsid(postmaster(server)) == postmaster(server)


def test_a_killed_server_is_started_again_with_all_that_was_committed(running: Server) -> None:
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
        kill(running)
        assert running.tend() is True
    assert ask(running, "SELECT n FROM kept") == 42
    assert running.tend() is False


def test_backends_that_outlive_a_killed_server_are_ended_first(running: Server) -> None:
    with psycopg.connect(running.dsn, autocommit=True) as busy, ThreadPoolExecutor() as beside:
        backend = busy.info.backend_pid
        sleeping = beside.submit(busy.execute, "SELECT count(*) FROM generate_series(1, 1e9)")
        time.sleep(0.2)
        kill(running)
        assert backend in pids.all_serving(running.place.data)
        assert running.tend() is True
        assert isinstance(sleeping.exception(), psycopg.OperationalError)
    assert ask(running, "SELECT 1") == 1


@pytest.mark.parametrize("whose", ["a dead process", "this process", "another program"])
def test_a_stale_pid_file_stops_nobody(lived_in: Path, whose: str) -> None:
    with ensure(lived_in, extra=FAST) as server:
        found, sockets = server.place, server.place.sockets
        note = found.pid_file.read_text().split("\n", 1)[1]
        lock = (sockets / f"{SOCKET}.lock").read_text().split("\n", 1)[1]
    other = subprocess.Popen(["sleep", "60"])
    pid = {"a dead process": 4_000_000, "this process": os.getpid(), "another program": other.pid}[whose]
    found.pid_file.write_text(f"{pid}\n{note}")
    (sockets / f"{SOCKET}.lock").write_text(f"{pid}\n{lock}")
    (sockets / SOCKET).touch()
    try:
        with ensure(lived_in, extra=FAST) as server:
            assert server.started
            assert ask(server, "SELECT 1") == 1
    finally:
        other.kill()
        other.wait()


def test_a_server_whose_socket_was_cleaned_away_is_reached_again(running: Server) -> None:
    for left in running.place.sockets.glob(".s.PGSQL*"):
        left.unlink()
    with ensure(running.place.home, extra=FAST) as again:
        assert again.started
        assert ask(again, "SELECT 1") == 1


def test_data_of_another_major_are_refused_with_what_to_install(lived_in: Path) -> None:
    with ensure(lived_in, extra=FAST) as server:
        made = server.major
    (lived_in / "pg" / "PG_VERSION").write_text("11\n")
    with pytest.raises(problems.WrongMajor, match="apt-get install postgresql-11"):
        ensure(lived_in, extra=FAST)
    (lived_in / "pg" / "PG_VERSION").write_text(f"{made}\n")


def test_existing_data_decide_the_major_whoever_asks_for_another(home: Path, major: int) -> None:
    with ensure(home, major=major, extra=FAST):
        pass
    with pytest.raises(problems.WrongMajor, match=f"made by PostgreSQL {major}"):
        ensure(home, major=15 + 18 - major, extra=FAST)
    with ensure(home, extra=FAST) as server:
        assert server.major == major


def test_a_deep_folder_takes_its_socket_elsewhere(home: Path) -> None:
    deep = home.joinpath(*(["een-map-met-een-lange-naam"] * 5), 'O\'Hara, "Jan"')
    with ensure(deep, extra=FAST) as server:
        assert not server.place.sockets.is_relative_to(home)
        assert (server.place.sockets.stat().st_mode & 0o777) == 0o700
        assert ask(server, "SELECT 1") == 1


def test_a_folder_with_quotes_and_commas_in_its_name_works(home: Path) -> None:
    with ensure(home / 'O\'Hara, "Jan" é', extra=FAST) as server:
        assert ask(server, "SELECT 1") == 1


def test_a_strangers_socket_folder_is_refused(home: Path) -> None:
    deep = home.joinpath(*(["een-map-met-een-lange-naam"] * 5))
    with ensure(deep, extra=FAST) as server:
        folder = server.place.sockets
    assert not folder.exists()
    folder.mkdir()
    folder.chmod(0o777)
    try:
        with pytest.raises(problems.SocketFolderTaken, match="belongs to someone else or is open to others"):
            ensure(deep, extra=FAST)
    finally:
        folder.rmdir()


def test_without_a_home_nothing_is_made(home: Path) -> None:
    with pytest.raises(NoHome, match="no home here"):
        ensure(home, create=False)
    assert not home.exists()


def test_a_start_cut_short_leaves_nothing_half_done(home: Path) -> None:
    left = home / "pg.draft-1234"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("15\n")
    with ensure(home, extra=FAST):
        assert not left.exists()


def test_a_damaged_data_folder_is_named(home: Path) -> None:
    (home / "pg").mkdir(parents=True)
    with pytest.raises(problems.DamagedData, match="no PG_VERSION"):
        ensure(home)


def test_a_server_that_refuses_says_why(lived_in: Path) -> None:
    with pytest.raises(problems.WouldNotStart, match='unrecognized configuration parameter "nonsense"'):
        ensure(lived_in, extra={**FAST, "nonsense": "on"})


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root can make a small disk")
    disk = home / "disk"
    disk.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=50m", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine lets nobody make a small disk")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk_is_named_and_nothing_is_left(small_disk: Path) -> None:
    (small_disk / "filling").write_bytes(bytes(30 << 20))
    with pytest.raises(problems.DiskFull, match="full"):
        ensure(small_disk / "home", extra=FAST)
    assert list((small_disk / "home").glob("pg*")) == []
