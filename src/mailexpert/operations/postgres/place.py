"""Where the embedded server's things lie, and whose they are."""

import hashlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mailexpert.operations import unprivileged
from mailexpert.operations.postgres import problems
from mailexpert.operations.unprivileged import Account

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_FOLDER = 92  # of a socket's 107 bytes, minus PostgreSQL's own name for it
ELSEWHERE = "postgres.place"
SYSTEM_FOLDERS = (Path("/var/lib/mailexpert"), Path("/var/tmp/mailexpert"))  # noqa: S108  (each server's is 0700)


@dataclass(frozen=True, kw_only=True)
class Place:
    home: Path
    base: Path  # the home, or a folder that the server's account can reach
    account: Account

    @property
    def data(self) -> Path:
        return self.base / "pg"

    @property
    def log(self) -> Path:
        return self.base / "pg.log"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def is_elsewhere(self) -> bool:
        return self.base != self.home

    @property
    def sockets(self) -> Path:
        """The folder of the running server's socket, else the one that the next start will take."""
        told = self.pid_lines()
        if len(told) > 4 and told[4]:
            return Path(told[4])
        folder = self.base / "run"
        return folder if _holds_socket(folder) else self.short_sockets()

    def short_sockets(self) -> Path:
        name = hashlib.sha256(os.fsencode(self.base)).hexdigest()[:10]
        return Path(tempfile.gettempdir(), f"mailexpert-{self.account.uid}-{name}")

    def pid_lines(self) -> list[str]:
        """PostgreSQL's own note: pid, data, start, port, socket folder, address, memory, state."""
        try:
            return [line.strip() for line in self.pid_file.read_text(errors="replace").splitlines()]
        except OSError:
            return []

    def major(self) -> int | None:
        """The major version of the data; None where there are none yet."""
        try:
            return int((self.data / "PG_VERSION").read_text().strip())
        except FileNotFoundError:
            if self.data.exists():
                raise problems.DamagedData(data=self.data, reason="it has no PG_VERSION") from None
            return None
        except ValueError:
            raise problems.DamagedData(data=self.data, reason="its PG_VERSION holds no number") from None
        except PermissionError:
            raise problems.NotYours(path=self.data, owner=_owner(self.data), you=_you()) from None


def locate(home: Path, *, create: bool) -> Place:
    """The place of this home's server. Only with `create` a home is made."""
    base = _recorded(home)
    if base != home and not base.exists():
        raise problems.DataGone(home=home, base=base, record=home / ELSEWHERE)
    if not create and not (base / "pg").exists():
        raise problems.NoHome(home=home)
    if not unprivileged.is_root():
        return Place(home=home, base=base, account=_myself(base))
    account = _owner_account(base / "pg") or unprivileged.stand_in()
    if account is None:
        raise problems.NoAccount
    if create and not (base / "pg").exists():
        base = _reachable(home, account)
    return Place(home=home, base=base, account=account)


def expected(home: Path) -> Place:
    """The place as far as it is known, without making or refusing anything."""
    base = _recorded(home)
    account = _owner_account(base / "pg") or unprivileged.stand_in() if unprivileged.is_root() else None
    nobody = Account(name="", uid=os.geteuid(), gid=os.getegid())
    return Place(home=home, base=base, account=account or unprivileged.by_uid(os.geteuid()) or nobody)


def make_folders(place: Place) -> None:
    """The home with its run folder, closed to others, and the folder of the sockets."""
    try:
        place.run.mkdir(parents=True, exist_ok=True)
    except PermissionError:
        raise problems.NotYours(path=place.home, owner=_owner(place.home), you=_you()) from None
    _close(place.run, place.account)
    if place.is_elsewhere:
        (place.base / "run").mkdir(exist_ok=True)
        _close(place.base / "run", place.account)


def make_socket_folder(place: Place) -> Path:
    folder = place.base / "run"
    if _holds_socket(folder):
        return folder
    folder = place.short_sockets()
    try:
        folder.mkdir(mode=0o700)
        place.account.own(folder)
    except FileExistsError:
        # The temporary folder is everyone's: someone may have laid a folder or a link there before us.
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != place.account.uid or found.st_mode & 0o077:
            raise problems.SocketFolderTaken(folder=folder, longest=LONGEST_SOCKET_FOLDER) from None
    return folder


def _holds_socket(folder: Path) -> bool:
    """Clients take a comma for the next host's name."""
    return len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and "," not in str(folder)


def _recorded(home: Path) -> Path:
    try:
        return Path((home / ELSEWHERE).read_text().strip())
    except (FileNotFoundError, NotADirectoryError):
        return home
    except PermissionError:
        raise problems.NotYours(path=home, owner=_owner(home), you=_you()) from None


def _reachable(home: Path, account: Account) -> Path:
    """The home where the account can enter it, else a new folder of its own, noted in the home."""
    home.mkdir(parents=True, exist_ok=True)
    if account.can("x", home):
        return home
    for system in SYSTEM_FOLDERS:
        try:
            system.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if account.can("x", system):
            base = system / f"{home.name}-{secrets.token_hex(4)}"
            base.mkdir(mode=0o700)
            account.own(base)
            (home / ELSEWHERE).write_text(f"{base}\n")
            return base
    raise problems.NowhereToGo(account=account.name, home=home, tried=" or ".join(map(str, SYSTEM_FOLDERS)))


def _close(folder: Path, account: Account) -> None:
    if not unprivileged.is_root() and folder.stat().st_uid != os.geteuid():
        raise problems.NotYours(path=folder, owner=_owner(folder), you=_you())
    account.own(folder)
    folder.chmod(0o700)


def _myself(base: Path) -> Account:
    me = unprivileged.by_uid(os.geteuid())
    if me is None:
        raise problems.NoUserName(uid=os.geteuid())
    owner = _owner_account(base / "pg")
    if owner is not None and owner.uid != me.uid:
        raise problems.NotYours(path=base / "pg", owner=owner.name, you=me.name)
    return me


def _owner_account(path: Path) -> Account | None:
    try:
        uid = path.stat().st_uid
    except OSError:
        return None
    return None if uid == 0 and unprivileged.is_root() else unprivileged.by_uid(uid)


def _owner(path: Path) -> str:
    """The name of whoever owns the nearest existing folder."""
    while not os.path.lexists(path) and path != path.parent:
        path = path.parent
    uid = path.lstat().st_uid
    found = unprivileged.by_uid(uid)
    return found.name if found else f"user number {uid}"


def _you() -> str:
    found = unprivileged.by_uid(os.geteuid())
    return found.name if found else f"user number {os.geteuid()}"
