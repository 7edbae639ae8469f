"""Children here are small programs of this test; nothing of MailExpert runs."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from mailexpert.operations import supervisor
from mailexpert.operations.supervisor import Child, Supervisor

Said = list[tuple[str, str]]
WAITS = "import time; print('here', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITS}"
SETTLES_UNTIL = """
import os, signal, sys, time
def settle(*_):
    print('settling', flush=True)
    while not os.path.exists({path!r}):
        time.sleep(0.01)
    sys.exit()
signal.signal(signal.SIGTERM, settle)
print('here', flush=True); time.sleep(60)
"""
LEAVES_A_WORKER = """
import os, time
if os.fork() == 0:
    os.write(1, b'worker %d\\n' % os.getpid())
os.write(1, b'here\\n')
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.05)


def child(name: str, code: str, settle_seconds: float = 2.0) -> Child:
    return Child(
        name=name,
        command=[sys.executable, "-c", code],
        environment=os.environ,
        settle_seconds=settle_seconds,
        pause=0.05,
    )


def watch(children: list[Child], pids: Path, then: Callable[[Supervisor, Said], Awaitable[None]]) -> Said:
    said: Said = []

    async def main() -> None:
        watched = Supervisor(children, pids, lambda name, line: said.append((name, line)))
        running = asyncio.create_task(watched.run())
        async with asyncio.timeout(40):
            await then(watched, said)
            watched.end()
            await running

    asyncio.run(main())
    return said


async def until(holds: Callable[[], object]) -> None:
    while not holds():
        await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_lines_carry_the_name_of_their_process(tmp_path: Path) -> None:
    async def then(_: Supervisor, said: Said) -> None:
        await until(lambda: len(said) == 2)

    said = watch([child("web-1", WAITS), child("deliver-1", WAITS)], tmp_path, then)
    assert sorted(said) == [("deliver-1", "here"), ("web-1", "here")]


def test_a_killed_process_is_named_and_started_again(tmp_path: Path) -> None:
    one = child("deliver-1", WAITS)

    async def then(_: Supervisor, said: Said) -> None:
        await until(lambda: said)
        assert (tmp_path / "deliver-1.pid").read_text() == f"{one.process.pid}\n"  # type: ignore[union-attr]
        os.kill(one.process.pid, signal.SIGKILL)  # type: ignore[union-attr]
        await until(lambda: len(said) == 3)

    said = watch([one], tmp_path, then)
    assert said[1] == ("up", "deliver-1 was killed by SIGKILL; starting it again in 0.05 s")
    assert said[2] == ("deliver-1", "here")
    assert list(tmp_path.iterdir()) == []


def test_one_that_keeps_ending_gets_longer_and_longer_pauses(tmp_path: Path) -> None:
    async def then(_: Supervisor, said: Said) -> None:
        await until(lambda: len(said) >= 3)

    said = watch([child("worker-1", "raise SystemExit(3)")], tmp_path, then)
    assert [line for _, line in said[:3]] == [
        f"worker-1 ended with code 3; starting it again in {pause} s" for pause in ("0.05", "0.1", "0.2")
    ]


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    lost = Child(name="web-1", command=["/no/such/program"], environment={}, pause=0.05)

    async def then(_: Supervisor, said: Said) -> None:
        await until(lambda: said)

    said = watch([lost], tmp_path, then)
    assert said[0][1].startswith("web-1 did not start ([Errno 2]")


def test_workers_of_a_dead_parent_end_with_it(tmp_path: Path) -> None:
    one = child("web-1", LEAVES_A_WORKER)
    workers: list[int] = []

    async def then(_: Supervisor, said: Said) -> None:
        await until(lambda: len(said) >= 2)
        workers.append(int(next(line for _, line in said if line.startswith("worker")).split()[1]))
        os.kill(one.process.pid, signal.SIGKILL)  # type: ignore[union-attr]
        await until(lambda: not is_alive(workers[0]))

    watch([one], tmp_path, then)


def test_who_needs_longest_to_settle_ends_first_and_alone(tmp_path: Path) -> None:
    settled = tmp_path / "settled"
    engine = child("deliver-1", SETTLES_UNTIL.format(path=str(settled)), settle_seconds=30.0)
    web = child("web-1", WAITS)

    async def then(watched: Supervisor, said: Said) -> None:
        await until(lambda: len(said) == 2)
        watched.end()
        await until(lambda: ("deliver-1", "settling") in said)
        await asyncio.sleep(0.1)
        assert web.is_alive
        settled.touch()

    watch([web, engine], tmp_path, then)
    assert not web.is_alive
    assert list(tmp_path.iterdir()) == [settled]


def test_one_that_will_not_end_is_killed_and_named(tmp_path: Path) -> None:
    async def then(_: Supervisor, said: Said) -> None:
        await until(lambda: said)

    said = watch([child("web-1", STUBBORN, settle_seconds=0.2)], tmp_path, then)
    assert ("up", "web-1 did not end within 0.2 s and was killed") in said


def test_asked_twice_it_kills_at_once(tmp_path: Path) -> None:
    stubborn = child("web-1", STUBBORN, settle_seconds=30.0)

    async def then(watched: Supervisor, said: Said) -> None:
        await until(lambda: said)
        watched.end()
        await asyncio.sleep(0.05)
        watched.end()
        await until(lambda: not stubborn.is_alive)

    watch([stubborn], tmp_path, then)
