"""Two verifiers of DKIM signatures that know nothing of ours: dkimpy, and OpenDKIM where it is installed."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import dkim as dkimpy

OPENDKIM = shutil.which("opendkim", path="/usr/sbin:/usr/bin:/usr/local/sbin")
SAID = re.compile(r"dkim=(\w+)[^;]*header\.s=(\S+)")
Records = Mapping[str, str]  # name → TXT


def by_dkimpy(message: bytes, records: Records) -> list[bool]:
    """Whether each signature holds, in their order."""

    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        found = records.get(name.decode().rstrip("."))
        return found.encode() if found else None

    count = message.partition(b"\r\n\r\n")[0].count(b"DKIM-Signature:")
    return [_holds(message, number, look_up) for number in range(count)]


def _holds(message: bytes, number: int, look_up: object) -> bool:
    try:
        return bool(dkimpy.DKIM(message).verify(number, dnsfunc=look_up))
    except dkimpy.DKIMException:
        return False


def by_opendkim(message: bytes, records: Records, folder: Path) -> dict[str, str]:
    """What OpenDKIM says of each selector: pass, fail, …"""
    keys, conf, mail = folder / "keys", folder / "conf", folder / "mail.eml"
    keys.write_text("".join(f"{name} {text}\n" for name, text in records.items()))
    conf.write_text(f"Mode v\nTestPublicKeys {keys}\nTrustAnchorFile /dev/null\n")
    mail.write_bytes(message)
    assert OPENDKIM is not None
    done = subprocess.run(
        [OPENDKIM, "-vv", "-x", conf, "-t", mail], capture_output=True, text=True, timeout=30
    )
    return {selector: result for result, selector in SAID.findall(done.stdout)}
