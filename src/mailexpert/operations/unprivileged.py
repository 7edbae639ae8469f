"""The account that takes over where root must not go on."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAMES = ("postgres", "nobody")


@dataclass(frozen=True, kw_only=True)
class Account:
    name: str
    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, object]:
        """What makes a subprocess run as this account; its folder must be one that it can enter."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}

    def can(self, right: str, path: Path) -> bool:
        """`right` is r, w or x. Tried rather than computed, because of access lists and mount options."""
        return self.succeeds(["/bin/sh", "-c", f'test -{right} "$1"', "sh", str(path)])

    def succeeds(self, command: list[str]) -> bool:
        try:
            done = subprocess.run(  # type: ignore[call-overload]
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=20,
                **self.popen_arguments(),
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return bool(done.returncode == 0)

    def own(self, path: Path) -> None:
        if os.geteuid() == 0 and path.lstat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def by_uid(uid: int) -> Account | None:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return Account(name=entry.pw_name, uid=uid, gid=entry.pw_gid)


def stand_in() -> Account | None:
    """The existing account that root drops to."""
    for name in NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    return None


def is_root() -> bool:
    return os.geteuid() == 0
