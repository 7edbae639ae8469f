import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailexpert.operations.postgres import Server, binaries, ensure, pids, place, server

FAST = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "16MB"}


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that the server's account can reach (pytest closes its own folders to others)."""
    folder = Path(tempfile.mkdtemp(prefix="mailexpert-test-"))
    folder.chmod(0o755)
    yield folder / "home"
    found = place.expected(folder / "home")
    server.stop(found)
    pids.end(pids.all_serving(found.data), signal.SIGKILL)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def seed() -> Iterator[Path]:
    """A home whose data folder was made once, to copy from: making one takes most of a start."""
    folder = Path(tempfile.mkdtemp(prefix="mailexpert-test-"))
    folder.chmod(0o755)
    ensure(folder, extra=FAST).leave()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def lived_in(home: Path, seed: Path) -> Path:
    """A home with a database that was stopped."""
    home.mkdir()
    subprocess.run(["cp", "-a", seed / "pg", home / "pg"], check=True)
    return home


@pytest.fixture(params=sorted({one.major for one in binaries.found()} & {15, 18}))
def major(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def running(lived_in: Path) -> Iterator[Server]:
    with ensure(lived_in, extra=FAST) as found:
        yield found
