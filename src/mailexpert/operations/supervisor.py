"""Keeps processes running: starts them, names and restarts a dead one, ends them in order.

Built on asyncio alone and knows nothing of what it runs, so that tests can hand it processes of their own.
"""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 30.0  # whoever lived this long starts again without a longer pause
LONGEST_LINE = 1 << 20
PARENT_DEATH_SIGNAL = 1  # prctl(PR_SET_PDEATHSIG)


@dataclass(kw_only=True)
class Child:
    """One process that should run."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    settle_seconds: float = 10.0
    run_as: Mapping[str, object] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None
    pause: float = FIRST_PAUSE

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    def tell(self, kind: signal.Signals) -> None:
        """Killing goes to the whole group, so that a dead parent leaves no workers on its port."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                send = os.killpg if kind == signal.SIGKILL else os.kill
                send(self.process.pid, kind)


class Supervisor:
    def __init__(self, children: Sequence[Child], pids: Path | None, say: Callable[[str, str], None]) -> None:
        self.children = list(children)
        self.ending = asyncio.Event()
        self._pids = pids
        self._say = say

    async def run(self) -> None:
        """Until `end` is called; then the processes end in the order given by `last_first`."""
        watchers = [asyncio.create_task(self._keep_running(child)) for child in self.children]
        await self.ending.wait()
        await self._settle()
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)

    def end(self) -> None:
        """Asked once it ends all in order; asked again it kills."""
        if self.ending.is_set():
            for child in self.children:
                child.tell(signal.SIGKILL)
        self.ending.set()

    async def _keep_running(self, child: Child) -> None:
        while not self.ending.is_set():
            began = time.monotonic()
            how = await self._live_once(child)
            if self.ending.is_set():
                return
            child.pause = FIRST_PAUSE if time.monotonic() - began > STEADY_SECONDS else child.pause
            self._say("up", f"{child.name} {how}; starting it again in {child.pause:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ending.wait(), child.pause)
            child.pause = min(2 * child.pause, LONGEST_PAUSE)

    async def _live_once(self, child: Child) -> str:
        """One life of a process, from start to end; says how it ended."""
        # A pipe of our own: asyncio's would wait for workers that outlived their parent and hold it open.
        read_end, write_end = os.pipe()
        reading = asyncio.create_task(self._read(child.name, read_end))
        try:
            child.process = await self._start(child, write_end)
        except OSError as problem:
            return f"did not start ({problem})"
        finally:
            os.close(write_end)
        code = await child.process.wait()
        child.tell(signal.SIGKILL)
        await asyncio.wait([reading], timeout=1)
        reading.cancel()
        if code == 0 or self.ending.is_set():
            self._forget_pid(child)
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    async def _start(self, child: Child, output: int) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *child.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            env=dict(child.environment),
            start_new_session=True,  # Ctrl-C reaches us alone, and we end them in order
            preexec_fn=_die_with_parent,
            **child.run_as,  # type: ignore[arg-type]
        )
        if self._pids is not None:
            (self._pids / f"{child.name}.pid").write_text(f"{process.pid}\n")
        return process

    async def _read(self, name: str, end: int) -> None:
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(end, "rb", 0)
        )
        try:
            while True:
                try:
                    line = await reader.readline()
                except ValueError:
                    continue  # a line beyond the limit; asyncio dropped it
                if not line:
                    return
                self._say(name, line.decode(errors="replace").rstrip())
        finally:
            transport.close()

    async def _settle(self) -> None:
        """Those with the longest time to settle end first and alone: who sends still needs the rest."""
        for seconds in sorted({child.settle_seconds for child in self.children}, reverse=True):
            some = [child for child in self.children if child.settle_seconds == seconds and child.is_alive]
            for child in some:
                child.tell(signal.SIGTERM)
            if not some:
                continue
            waiting = [asyncio.create_task(self._gone(child)) for child in some]
            await asyncio.wait(waiting, timeout=seconds)
            for child in some:
                if child.is_alive:
                    self._say("up", f"{child.name} did not end within {seconds:g} s and was killed")
                    child.tell(signal.SIGKILL)
            await asyncio.gather(*waiting)

    async def _gone(self, child: Child) -> None:
        assert child.process is not None
        await child.process.wait()
        self._forget_pid(child)

    def _forget_pid(self, child: Child) -> None:
        if self._pids is not None:
            (self._pids / f"{child.name}.pid").unlink(missing_ok=True)


def _die_with_parent() -> None:
    """If we are killed, our processes end too instead of keeping their ports (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
