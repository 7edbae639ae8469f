"""A real clamd with a signature of our own for EICAR. It proves the way to the scanner, not protection."""

import io
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pixels
from PIL import PngImagePlugin

from mailexpert.base import antivirus, env
from mailexpert.contacts.models import Import
from mailexpert.content import actions_bundle, actions_images
from mailexpert.content.models import Image, Template
from mailexpert.core.scope import account

CLAMD = shutil.which("clamd") or ("/usr/sbin/clamd" if Path("/usr/sbin/clamd").exists() else None)
# In two parts, so that no scanner takes this file for one.
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD" + "-ANTIVIRUS-TEST-FILE!$H+H*"
PATIENCE = 60  # seconds for clamd to listen

pytestmark = pytest.mark.skipif(CLAMD is None, reason="clamd is not installed (Debian: clamav-daemon)")


Running = tuple[subprocess.Popen[bytes], str]


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_in(tmp_path_factory.mktemp("clamd")) as made:
        yield made


@contextmanager
def running_in(home: Path) -> Iterator[Running]:
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


def bundle(data: bytes, name: str = "kwaad.png") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", f'<h1>Dag</h1><img src="{name}" alt="">')
        archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        bundle(png(EICAR)),
        bundle(zipped("b.zip", zipped("a.txt", EICAR.encode())), "binnen.zip"),
        f"<p>{EICAR}</p>".encode(),
    ],
    ids=["in a picture's comment in a zip", "in a zip in a zip in a zip", "in a page"],
)
def test_an_infected_template_is_not_kept(scanner, shop, data):
    wanted = actions_bundle.Wanted()
    with account(shop.id):
        with pytest.raises(antivirus.Infected, match="Eicar"):
            actions_bundle.import_file(data, "x.zip", wanted)
        assert not Template.objects.exists()
        assert not Image.objects.exists()


@pytest.mark.parametrize("path", ["/sjablonen/beelden/nieuw/", "/contacten/inlezen/"])
def test_each_page_names_the_virus_and_keeps_nothing(scanner, shop, shop_client, path):
    data = png(EICAR) if "beelden" in path else f"email,naam\n{EICAR},x\n".encode()
    file = SimpleUploadedFile("lijst.csv", data)
    answer = shop_client.post(path, {"file": file}, follow=True)
    assert "Eicar" in answer.content.decode()
    with account(shop.id):
        assert not Image.objects.exists()
        assert not Import.objects.exists()


def test_an_infected_picture_is_not_kept(scanner, shop):
    with account(shop.id):
        with pytest.raises(antivirus.Infected):
            actions_images.keep_image(png(EICAR), name="a.png", alt="")
        assert not Image.objects.exists()


def test_a_clean_picture_is_kept_and_called_scanned(scanner, shop):
    with account(shop.id):
        assert actions_images.keep_image(png("hallo"), name="a.png", alt="").scanned


@pytest.mark.parametrize("path", ["/sjablonen/beelden/nieuw/", "/sjablonen/inlezen/", "/contacten/inlezen/"])
def test_a_page_whose_scanner_dies_while_it_waits_keeps_nothing_and_says_so(
    tmp_path, monkeypatch, shop, shop_client, path
):
    """It holds still with the file in its hands, and is then killed."""
    given = {"beelden": png("hallo"), "sjablonen/inlezen": bundle(png("hallo"))}
    data = next((one for name, one in given.items() if name in path), b"email\njan@voorbeeld.example\n")
    with running_in(tmp_path) as (scanner, address):
        monkeypatch.setenv("MAILEXPERT_CLAMAV", address)
        env.load.cache_clear()
        scanner.send_signal(signal.SIGSTOP)
        death = threading.Timer(1.0, scanner.kill)
        death.start()
        fields = {"file": SimpleUploadedFile("x.zip", data), "language": "nl"}
        page = shop_client.post(path, fields, follow=True).content.decode()
        death.join()
    env.load.cache_clear()
    assert "e virusscanner antwoordt niet" in page
    with account(shop.id):
        assert not Image.objects.exists()
        assert not Template.objects.exists()
        assert not Import.objects.exists()


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
        with pytest.raises(antivirus.ScannerDown):
            actions_bundle.import_file(bundle(png("hallo")), "x.zip", actions_bundle.Wanted())
        assert not Template.objects.exists()
        assert not Image.objects.exists()
