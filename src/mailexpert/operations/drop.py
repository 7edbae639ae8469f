"""Started as root, our Python processes drop to an account without rights where that account can work."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailexpert.operations import unprivileged
from mailexpert.operations.unprivileged import Account

SOURCE = Path(__file__).parents[1]
NOT_OURS = {"pg", "tests", "pg.log"}  # the server's own, and the test suite's


@dataclass(frozen=True, kw_only=True)
class RunAs:
    """Whom the processes run as, and what to tell about it."""

    arguments: Mapping[str, object] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def run_as(home: Path) -> RunAs:
    if not unprivileged.is_root():
        return RunAs()
    account = unprivileged.stand_in()
    if account is None:
        return RunAs(note="The processes run as root: neither `postgres` nor `nobody` exists here.")
    reason = _why_not(account, home)
    if reason:
        return RunAs(note=f"The processes run as root: {account.name} can't {reason}.")
    _give(home, account)
    return RunAs(
        arguments=account.popen_arguments(),
        environment={"HOME": str(home), "USER": account.name, "LOGNAME": account.name},
        note=f"The processes run as {account.name}.",
    )


def _why_not(account: Account, home: Path) -> str:
    if not account.can("r", SOURCE / "__init__.py"):
        return f"read {SOURCE}"
    if not account.succeeds([sys.executable, "-c", "import mailexpert"]):
        return f"run {sys.executable}"
    return "" if account.can("x", home) else f"reach {home}"


def _give(home: Path, account: Account) -> None:
    """What root made in the home becomes the account's."""
    account.own(home)
    for entry in home.iterdir():
        if entry.name in NOT_OURS:
            continue
        account.own(entry)
        if entry.is_dir() and not entry.is_symlink():
            for folder, folders, files in os.walk(entry):
                for name in folders + files:
                    account.own(Path(folder, name))
