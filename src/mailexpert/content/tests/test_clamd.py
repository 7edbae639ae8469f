"""A real clamd with a signature of our own for EICAR. It proves the way to the scanner, not protection."""

import io
import os
import shutil
import signal
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image as Pixels
from PIL import PngImagePlugin

from mailexpert.base import antivirus, env
from mailexpert.content import actions_images
from mailexpert.content.models import Image
from mailexpert.core.scope import account

CLAMD = shutil.which("clamd") or ("/usr/sbin/clamd" if Path("/usr/sbin/clamd").exists() else None)
# In two parts, so that no scanner takes this file for one.
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD" + "-ANTIVIRUS-TEST-FILE!$H+H*"
PATIENCE = 60  # seconds for clamd to listen

pytestmark = pytest.mark.skipif(CLAMD is None, reason="clamd is not installed (Debian: clamav-daemon)")


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    home = tmp_path_factory.mktemp("clamd")
    (home / "db").mkdir()
    signature = EICAR.split("$", 1)[1].encode().hex()
    (home / "db" / "ours.ndb").write_text(f"Ours.Eicar-Test:0:*:{signature}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = f"Foreground yes\nTCPSocket {port}\nTCPAddr 127.0.0.1\nDatabaseDirectory {home / 'db'}\nUser {_user()}\n"
    (home / "clamd.conf").write_text(settings)
    running = subprocess.Popen(
        [str(CLAMD), "--config-file", str(home / "clamd.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _wait(port)
    yield running, f"127.0.0.1:{port}"
    if running.poll() is None:
        running.send_signal(signal.SIGCONT)
        running.kill()
    running.wait()


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _wait(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("clamd did not listen")


@pytest.fixture
def scanner(clamd, monkeypatch):
    monkeypatch.setenv("MAILEXPERT_CLAMAV", clamd[1])
    env.load.cache_clear()
    yield clamd[0]
    env.load.cache_clear()


def png(words: str) -> bytes:
    notes, out = PngImagePlugin.PngInfo(), io.BytesIO()
    notes.add_text("Comment", words)
    Pixels.new("RGB", (4, 4)).save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [png(EICAR), f"email,naam\n{EICAR},x\n".encode(), zipped("b.zip", zipped("a.txt", EICAR.encode()))],
    ids=["in a PNG's comment", "in a CSV", "in a zip in a zip"],
)
def test_a_virus_is_found_wherever_it_hides(scanner, shop, data):
    with pytest.raises(antivirus.Infected, match="Eicar"):
        antivirus.scan([data], env.load())


def test_an_infected_picture_is_not_kept(scanner, shop):
    with account(shop.id):
        with pytest.raises(antivirus.Infected):
            actions_images.keep_image(png(EICAR), name="a.png", alt="")
        assert not Image.objects.exists()


def test_a_clean_picture_is_kept_and_called_scanned(scanner, shop):
    with account(shop.id):
        assert actions_images.keep_image(png("hallo"), name="a.png", alt="").scanned


def test_a_scanner_killed_in_the_middle_of_an_upload_refuses_the_file(scanner, shop):
    """The last story: after it there is no scanner."""

    def pieces() -> Iterator[bytes]:
        yield b"x" * 100_000
        scanner.kill()
        scanner.wait()
        yield from (b"x" * 100_000 for _ in range(50))

    with pytest.raises(antivirus.ScannerDown):
        antivirus.scan(pieces(), env.load())
    with account(shop.id):
        with pytest.raises(antivirus.ScannerDown):
            actions_images.keep_image(png("hallo"), name="a.png", alt="")
        assert not Image.objects.exists()
