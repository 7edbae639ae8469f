"""The processes of MailExpert: what each is called, how it starts, which port it needs."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mailexpert.base.env import LOOPBACK, Environment

ROOMS = Path(__file__).parents[1]
LOCAL, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104  (only behind a public address, see `listens_on`)
WEB_THREADS = 4


@dataclass(frozen=True, kw_only=True)
class Process:
    name: str
    module: str
    command: Callable[[Environment], list[str]]
    port: Callable[[Environment], int | None] = lambda _env: None
    host: Callable[[Environment], str] = lambda _env: LOCAL
    variable: str = ""
    most: int | None = None  # how many may run on one machine
    settle_seconds: int = 10

    @property
    def is_built(self) -> bool:
        path = ROOMS.joinpath(*self.module.split(".")[1:])
        return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def listens_on(address: str) -> str:
    """An installation that nobody else can name listens to nobody else."""
    host = urlsplit(address).hostname or ""
    return LOCAL if host in LOOPBACK else EVERYWHERE


def _python(module: str) -> Callable[[Environment], list[str]]:
    return lambda _env: [sys.executable, "-m", module]


def _web(env: Environment) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "mailexpert.config.wsgi:application"),
        *("--interface", "wsgi", "--no-ws", "--http", "1"),
        *("--host", listens_on(env.base_url), "--port", str(env.port)),
        *("--workers", str(max(1, min(4, (os.cpu_count() or 2) // 2)))),
        *("--blocking-threads", str(WEB_THREADS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "8"),
        *("--log-level", "warning"),
    ]


# In the order of starting: who takes mail and hits comes before who makes them.
ALL = (
    Process(
        name="catcher",
        module="mailexpert.catcher",
        command=_python("mailexpert.catcher"),
        port=lambda env: env.catcher_port,
        variable="MAILEXPERT_CATCHER_PORT",
        most=1,
    ),
    Process(
        name="intake",
        module="mailexpert.intake",
        command=_python("mailexpert.intake"),
        port=lambda env: env.track_port,
        host=lambda env: listens_on(env.track_url),
        variable="MAILEXPERT_TRACK_PORT",
        most=1,
    ),
    Process(
        name="inbound",
        module="mailexpert.intake.inbound",
        command=_python("mailexpert.intake.inbound"),
        port=lambda env: env.inbound_port,
        host=lambda env: listens_on(env.track_url),
        variable="MAILEXPERT_INBOUND_PORT",
        most=1,
    ),
    Process(
        name="deliver",
        module="mailexpert.delivery",
        command=_python("mailexpert.delivery"),
        settle_seconds=30,
    ),
    Process(
        name="worker", module="mailexpert.operations.worker", command=_python("mailexpert.operations.worker")
    ),
    Process(
        name="web",
        module="mailexpert.config.wsgi",
        command=_web,
        port=lambda env: env.port,
        host=lambda env: listens_on(env.base_url),
        variable="MAILEXPERT_PORT",
        most=1,
    ),
)
BY_NAME = {process.name: process for process in ALL}


def wanted(env: Environment) -> list[Process]:
    """Those that `up` starts: the catcher only where it is the default relay."""
    return [one for one in ALL if one.is_built and (one.name != "catcher" or env.uses_catcher)]
