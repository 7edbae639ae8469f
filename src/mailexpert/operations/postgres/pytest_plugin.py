"""A server for the test suite, in the home's `tests` folder, so that no test comes near the clone's data.

Loaded with `-p`, because Django's settings are read before any conftest. `--postgres=18` picks the major
version; with DATABASE_URL set, that server is used as it is.
"""

import os
from collections.abc import Generator

import pytest

from mailexpert.base import env
from mailexpert.operations.postgres import Server, ServerProblem, ensure
from mailexpert.operations.postgres.binaries import for_new

# A test database needn't survive the machine; a killed process it does survive.
FAST = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "1GB", "autovacuum_naptime": "5min"}
_server: Server | None = None


def suite_server(major: int | None) -> Server:
    """Start or join the suite's server, and point DATABASE_URL at it for this process and its children."""
    home = env.read(os.environ).home
    server = ensure(home / "tests" / f"postgres-{major or for_new().major}", major=major, extra=FAST)
    os.environ["DATABASE_URL"] = server.dsn
    env.load.cache_clear()
    return server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", type=int, metavar="MAJOR", help="run on PostgreSQL of this major")
    parser.addoption(
        "--second-major",
        action="store_true",
        help="leave out what is the same on each major: see conftest.py",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    global _server
    major = early_config.known_args_namespace.postgres
    if os.environ.get("DATABASE_URL"):
        # Workers of a parallel run inherit the controller's server.
        if major and "PYTEST_XDIST_WORKER" not in os.environ:
            raise pytest.UsageError("--postgres asks for an embedded server, and DATABASE_URL names one.")
    elif not early_config.known_args_namespace.help:
        try:
            _server = suite_server(major)
        except ServerProblem as problem:
            raise pytest.UsageError(str(problem)) from problem
    yield


def pytest_unconfigure() -> None:
    global _server
    if _server is not None:
        _server.leave()
        _server = None
