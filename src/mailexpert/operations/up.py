"""`mailexpert up`: the database and every process, watched until someone ends it."""

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from mailexpert.base import metrics
from mailexpert.base.env import Environment
from mailexpert.operations import drop, ports, postgres, prepare, processes
from mailexpert.operations.problems import AlreadyUp, NotBuilt, PortTaken
from mailexpert.operations.processes import EVERYWHERE, LOCAL, Process
from mailexpert.operations.supervisor import Child, Supervisor

TEND_SECONDS = 1.0
READY_SECONDS = 60.0


def run(env: Environment, counts: Mapping[str, int], after: Sequence[str] = ()) -> int:
    """Bring everything up and keep it up; `after` is a command to run once the pages answer."""
    chosen = [one for one in processes.wanted(env) if counts.get(one.name, 1)]
    check_ports(env, chosen)
    with postgres.use(env, create=True) as server, _only_one(env.home / "run"):
        for note in server.notes if server else ():
            say("up", note)
        if server is not None:
            prepare.if_needed(env)
        children = make_children(env, chosen, counts)
        return asyncio.run(_watch(env, chosen, children, server, after))


def alone(env: Environment, name: str) -> int:
    """One process in the foreground, without a watcher; its exit code is ours."""
    process = processes.BY_NAME[name]
    if not process.is_built:
        raise NotBuilt(process=name)
    check_ports(env, [process])
    with postgres.use(env) as server:
        child = make_children(env, [process], {})[0]
        running = subprocess.Popen(  # type: ignore[call-overload]
            child.command, env=child.environment, start_new_session=True, **child.run_as
        )
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, lambda *_: running.terminate())
        while True:
            with suppress(subprocess.TimeoutExpired):
                code: int = running.wait(TEND_SECONDS)
                return 128 - code if code < 0 else code
            if server is not None:
                server.tend()


def check_ports(env: Environment, chosen: Sequence[Process]) -> None:
    for process in chosen:
        port = process.port(env)
        if port is not None and not ports.is_free(process.host(env), port):
            raise PortTaken(
                port=port, process=process.name, owner=ports.owner(port), variable=process.variable
            )


def make_children(env: Environment, chosen: Sequence[Process], counts: Mapping[str, int]) -> list[Child]:
    who = drop.run_as(env.home)
    if who.note:
        say("up", who.note)
    environment = {
        **os.environ,
        **who.environment,
        "MAILEXPERT_HOME": str(env.home),
        "DATABASE_URL": postgres.dsn(env),
        "PYTHONUNBUFFERED": "1",
    }
    return [
        Child(
            name=f"{process.name}-{number}",
            command=process.command(env),
            environment=environment | _metrics(env, process.name, number),
            settle_seconds=process.settle_seconds,
            run_as=who.arguments,
        )
        for process in chosen
        for number in range(1, min(counts.get(process.name, 1), process.most or 99) + 1)
    ]


def _metrics(env: Environment, process: str, number: int) -> dict[str, str]:
    """A port of its own for each; the web has its figures among its pages."""
    if env.metrics_port is None:
        return {}
    return {"MAILEXPERT_METRICS_PORT": str(metrics.port_of(env.metrics_port, process, number) or "")}


async def _watch(
    env: Environment,
    chosen: Sequence[Process],
    children: Sequence[Child],
    server: postgres.Server | None,
    after: Sequence[str],
) -> int:
    supervisor = Supervisor(children, env.home / "run", say)
    loop = asyncio.get_running_loop()
    for kind in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(kind, supervisor.end)
    beside = [asyncio.create_task(_tell_ready(env, chosen, after))]
    if server is not None:
        beside.append(asyncio.create_task(_tend(server)))
    await supervisor.run()
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    say("up", "Everything has ended.")
    return 0


async def _tell_ready(env: Environment, chosen: Sequence[Process], after: Sequence[str]) -> None:
    waiting = {one.name: one for one in chosen if one.port(env) is not None}
    until = time.monotonic() + READY_SECONDS
    while waiting and time.monotonic() < until:
        for one in list(waiting.values()):
            port = one.port(env)
            host = LOCAL if one.host(env) == EVERYWHERE else one.host(env)
            if port is not None and ports.answers(host, port):
                del waiting[one.name]
        await asyncio.sleep(0.1)
    if waiting:
        say("up", f"{' and '.join(waiting)} did not answer within {READY_SECONDS:g} s; see the lines above.")
        return
    say("up", f"MailExpert is ready at {env.base_url}/ (Ctrl-C ends it)")
    if after:
        process = await asyncio.create_subprocess_exec(
            *after, env={**os.environ, "MAILEXPERT_HOME": str(env.home)}
        )
        try:
            await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            await process.wait()
            raise


async def _tend(server: postgres.Server) -> None:
    """Start PostgreSQL again when it died."""
    while True:
        await asyncio.sleep(TEND_SECONDS)
        try:
            if await asyncio.to_thread(server.tend):
                say("up", "PostgreSQL had died and was started again")
        except postgres.ServerProblem as problem:
            say("up", str(problem))
            await asyncio.sleep(10 * TEND_SECONDS)


@contextmanager
def _only_one(run: Path) -> Iterator[None]:
    run.mkdir(parents=True, exist_ok=True)
    with (run / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyUp(home=run.parent, pid=lock.read().strip() or "unknown") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        for left in run.glob("*-[0-9]*.pid"):
            left.unlink()  # of an `up` that was killed
        yield
        lock.truncate(0)


def say(name: str, line: str) -> None:
    sys.stdout.write(f"{name:>10} │ {line}\n")
    sys.stdout.flush()
