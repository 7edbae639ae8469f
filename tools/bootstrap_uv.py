"""uv, the installer: from the PATH, else by venv or pip, else as a wheel over plain urllib.

No address of an index stands here: it comes from the settings that pip and uv have on this machine.
"""

import base64
import configparser
import hashlib
import html.parser
import io
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

PIP_FILES = (
    Path("/etc/pip.conf"),
    Path("/etc/xdg/pip/pip.conf"),
    Path.home() / ".pip" / "pip.conf",
    Path.home() / ".config" / "pip" / "pip.conf",
    Path.home() / "Library" / "Application Support" / "pip" / "pip.conf",
)
# What pip calls it, and what uv calls it: uv doesn't read pip's settings.
SAME = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
}
CPUS = {"AMD64": "x86_64", "arm64": "aarch64"}


class NoUv(Exception):
    """uv could not be had; the message says what to install."""


def at_hand(tools: Path, lock: Path) -> Path | None:
    """uv on the PATH, or the one fetched earlier for this very lock."""
    found = shutil.which("uv")
    if found and not _fails([found, "--version"]):
        return Path(found)
    program, mark = tools / "uv" / "bin" / "uv", tools / "uv" / "lock"
    holds = program.exists() and mark.exists() and mark.read_text() == _digest(lock)
    return program if holds else None


def fetch(tools: Path, lock: Path) -> None:
    folder = tools / "uv"
    said = []
    for way in (_by_venv, _by_pip, _by_wheel):
        shutil.rmtree(folder, ignore_errors=True)
        said.append(way(folder, lock))
        if (folder / "bin" / "uv").exists():
            (folder / "lock").write_text(_digest(lock))
            return
    raise NoUv("The installer uv could not be had. " + " ".join(said))


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _by_venv(folder: Path, lock: Path) -> str:
    if _fails([sys.executable, "-c", "import venv, ensurepip"]):
        return "This Python has no venv."
    if _fails([sys.executable, "-m", "venv", str(folder)]):
        return "Making a venv failed."
    said = _said(
        [str(folder / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "-r", str(lock)]
    )
    return f"pip in a venv: {said}"


def _by_pip(folder: Path, lock: Path) -> str:
    if _fails([sys.executable, "-m", "pip", "--version"]):
        return "It has no pip either."
    target = ["--target", str(folder), "--require-hashes", "-r", str(lock)]
    return f"pip: {_said([sys.executable, '-m', 'pip', 'install', *target])}"


def _by_wheel(folder: Path, lock: Path) -> str:
    hashes = set(re.findall(r"sha256:([0-9a-f]{64})", lock.read_text()))
    version = re.search(r"^uv==(\S+)", lock.read_text(), re.M)
    if not sources() or version is None:
        return (
            "Nor is a package index set up here (PIP_INDEX_URL, UV_DEFAULT_INDEX or pip.conf). "
            "On Debian: apt-get install python3-venv; then run this again."
        )
    for address in _wheels(version[1]):
        try:
            content = _read(address)
        except OSError:
            continue
        if hashlib.sha256(content).hexdigest() in hashes:
            _unpack(content, folder)
            return ""
    return (
        f"The package index has no uv {version[1]} for this machine with a hash that stands in locks/uv.txt. "
        "On Debian: apt-get install python3-venv; then run this again."
    )


def sources() -> list[str]:
    """The index pages of uv, and folders of wheels, that this machine's settings name."""
    chosen = {**_pip_settings(), **{pip: os.environ[uv] for pip, uv in SAME.items() if os.environ.get(uv)}}
    if os.environ.get("UV_INDEX_URL") and not os.environ.get("UV_DEFAULT_INDEX"):
        chosen["index-url"] = os.environ["UV_INDEX_URL"]
    indexes = f"{chosen.get('index-url', '')} {chosen.get('extra-index-url', '')}".split()
    pages = [f"{_address(index).rstrip('/')}/uv/" for index in indexes]
    return [*pages, *chosen.get("find-links", "").split()]


def settings() -> dict[str, str]:
    """pip's settings under uv's names, where uv has none of its own."""
    found = {SAME[name]: value for name, value in _pip_settings().items() if name in SAME}
    for several in ("UV_INDEX", "UV_FIND_LINKS", "UV_INSECURE_HOST"):
        if several in found:
            separator = "," if several == "UV_FIND_LINKS" else " "
            found[several] = separator.join(found[several].split())
    if os.environ.get("UV_INDEX_URL"):
        found.pop("UV_DEFAULT_INDEX", None)
    kept = {name: value for name, value in found.items() if not os.environ.get(name)}
    return {**kept, "UV_PYTHON_DOWNLOADS": "never"}


def _address(index: str) -> str:
    """uv lets an index carry a name: `internal=https://…`."""
    return re.sub(r"^[\w-]+=", "", index)


def _pip_settings() -> dict[str, str]:
    found: dict[str, str] = {}
    named = os.environ.get("PIP_CONFIG_FILE")
    for path in (*PIP_FILES, *([Path(named)] if named else [])):
        reader = configparser.RawConfigParser()
        try:
            reader.read(path)
        except (OSError, configparser.Error):
            continue
        for section in ("global", "install"):
            if reader.has_section(section):
                found.update(reader.items(section))
    for name in SAME:
        value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
        if value:
            found[name] = value
    return {name: value for name, value in found.items() if name in SAME and value}


def _wheels(version: str) -> Iterator[str]:
    for source in sources():
        for address in _listed(source):
            name = unquote(urlsplit(address).path).rpartition("/")[2]
            if name.startswith(f"uv-{version}-py3-none-") and name.endswith(".whl") and _fits(name):
                yield urldefrag(address)[0]


def _listed(source: str) -> list[str]:
    if not urlsplit(source).scheme:
        return [path.resolve().as_uri() for path in Path(source).glob("*.whl")]
    try:
        page = _read(source).decode(errors="replace")
    except OSError:
        return []
    links = _Links()
    links.feed(page)
    return [urljoin(source, link) for link in links.found]


class _Links(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _fits(name: str) -> bool:
    cpu = CPUS.get(platform.machine(), platform.machine())
    if sys.platform == "darwin":
        return "macosx" in name and (platform.machine() in name or "universal2" in name)
    libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    return libc in name and name.endswith(f"_{cpu}.whl")


def _read(address: str) -> bytes:
    if urlsplit(address).scheme not in ("https", "http", "file"):
        return b""
    settings_ = _pip_settings()
    trust = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or settings_.get("cert"))
    parts = urlsplit(address)
    request = urllib.request.Request(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl())
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        request.add_header("Authorization", "Basic " + base64.b64encode(secret).decode())
    with urllib.request.urlopen(request, timeout=60, context=trust) as answer:
        content: bytes = answer.read()
    return content


def _unpack(wheel: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        inside = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "bin" / "uv").write_bytes(archive.read(inside))
    (folder / "bin" / "uv").chmod(0o755)


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True).returncode != 0


def _said(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if done.returncode and lines else ""
