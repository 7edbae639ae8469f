"""Which TCP ports this machine listens on, and who does (Linux tells in /proc)."""

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LISTENING = "0A"


class CannotSee(Exception):
    """This machine doesn't tell which ports it listens on."""


@dataclass(frozen=True, kw_only=True)
class Listener:
    address: str
    port: int
    inode: str

    @property
    def is_open(self) -> bool:
        """Whether another machine can reach it."""
        address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(self.address)
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return not address.is_loopback


def listeners(proc: Path = PROC) -> list[Listener]:
    """Raises CannotSee where there is no /proc/net/tcp."""
    found = []
    for table in ("tcp", "tcp6"):
        try:
            rows = (proc / "net" / table).read_text().splitlines()[1:]
        except OSError as problem:
            if table == "tcp":
                raise CannotSee(str(problem)) from problem
            continue
        for columns in map(str.split, rows):
            if columns[3] == LISTENING:
                address, _colon, port = columns[1].rpartition(":")
                found.append(Listener(address=_address(address), port=int(port, 16), inode=columns[9]))
    return found


def owner(listener: Listener, proc: Path = PROC) -> str:
    """The program's name, as far as the machine tells us."""
    wanted = f"socket:[{listener.inode}]"
    for folder in proc.glob("[0-9]*"):
        try:
            if any(os.readlink(handle) == wanted for handle in (folder / "fd").iterdir()):
                return (folder / "comm").read_text().strip()
        except OSError:
            continue
    return ""


def _address(text: str) -> str:
    """The kernel writes each group of 32 bits in the machine's own order, which is little-endian wherever we run."""
    raw = bytes.fromhex(text)
    turned = b"".join(raw[start : start + 4][::-1] for start in range(0, len(raw), 4))
    return str(ipaddress.ip_address(turned))
