"""Processes as they run: each of its own, against the test database."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.sending.models import Issue

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SECRET = "a-secret-for-tests-of-the-intake-only"
START_SECONDS = 60.0
LINKS = ["https://winkel.example/tulpen", "https://winkel.example/bollen?a=1&b=2"]


def database_url() -> str:
    found = settings.DATABASES["default"]
    host, user, name = str(found["HOST"]), str(found["USER"]), connection.settings_dict["NAME"]
    port = f"&port={found['PORT']}" if found["PORT"] else ""
    return f"postgresql:///{quote(str(name))}?host={quote(host, safe='')}&user={quote(user)}{port}"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Running:
    """A process of ours, and how to speak to it."""

    home: Path
    module: str
    port: int
    extra: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    said: Path = Path(os.devnull)

    def start(self) -> None:
        own = {
            "DATABASE_URL": database_url(),
            "MAILEXPERT_HOME": str(self.home),
            "MAILEXPERT_SECRET_KEY": SECRET,
            "MAILEXPERT_BASE_URL": "http://localhost:8150",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAILEXPERT_")}
        self.said.parent.mkdir(parents=True, exist_ok=True)
        with self.said.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module], env=kept | own | self.extra, stdout=log, stderr=log
            )
        until = time.monotonic() + START_SECONDS
        while self.is_alive and time.monotonic() < until:
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        self.kill()  # what never answered must not pass for a running one at the next test
        raise AssertionError(f"{self.module} did not start")

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def ask(
        self, path: str, method: str = "GET", body: bytes = b"", agent: str = PHONE, **headers: str
    ) -> Reply:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)) as wire:
            wire.request(method, path, body or None, {"User-Agent": agent, **headers})
            answer = wire.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


def make_issue(tenant: Tenant, **values: object) -> Issue:
    with account(tenant.id):
        return Issue.objects.create(
            **{
                "sender_address": "info@winkel.example",
                "subject": "Tulpen",
                "links": LINKS,
                "purpose": "newsletter",
                "tracking": "aggregate",
                **values,
            }
        )


def comes_true(claim: Callable[[], bool], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if claim():
            return True
        time.sleep(0.05)
    return claim()
