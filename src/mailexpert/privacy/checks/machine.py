"""What the machine itself shows: open ports (A12), the virus scanner (A13), disks (A14)."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from mailexpert.base import antivirus, listening
from mailexpert.base.env import Environment
from mailexpert.core.promises import Ground, Outcome, broken, check, kept
from mailexpert.privacy.models import Attestation

# The antivirus industry's harmless test file, in two pieces so that no scanner takes this source for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
NO_SCANNER = _("there is no virus scanner on this machine")
FRESH = timedelta(hours=8)
MDSTAT = Path("/proc/mdstat")
DEGRADED = re.compile(r"\[\d+/\d+\]\s+\[(?=\w*_)[U_]+\]")


def channels(env: Environment) -> dict[int, str]:
    """The ports that others may reach, and what for."""
    known = {env.port: "web", env.track_port: "intake", env.inbound_port: "inbound"}
    return known | ({env.metrics_port: "metrics"} if env.metrics_port else {})


@check("A12", "listening")
def only_channels_are_open(ground: Ground) -> Outcome:
    declared = channels(ground.env)
    open_ones = {one.port: one for one in listening.listeners() if one.is_open}
    strange = sorted(open_ones.keys() - declared.keys())
    if strange:
        named = ", ".join(f"{port} {listening.owner(open_ones[port])}".strip() for port in strange)
        return broken(_("undeclared open ports: %(ports)s"), ports=named)
    return kept(
        _("%(open)s of %(declared)s declared channels are open to others, nothing else is"),
        open=len(open_ones), declared=len(declared),
    )  # fmt: skip


@check("A13", "scanner")
def a_virus_is_found(ground: Ground) -> Outcome:
    if antivirus.address(ground.env) is None:
        return broken(NO_SCANNER)
    try:
        antivirus.scan([EICAR], ground.env)
    except antivirus.Infected as found:
        return kept(_("the test virus was found (%(name)s)"), name=str(found))
    return broken(_("the test virus was not found"))


@check("A13", "definitions")
def definitions_are_fresh(ground: Ground) -> Outcome:
    if antivirus.address(ground.env) is None:
        return broken(NO_SCANNER)
    told = antivirus.version(ground.env)
    made = definitions_date(told)
    if made is None:
        return broken(_("the scanner doesn’t say how old its definitions are (%(told)s)"), told=told[:100])
    hours = round((ground.now - made) / timedelta(hours=1), 1)
    if ground.now - made > FRESH:
        return broken(_("definitions are %(hours)s hours old, the limit is 8"), hours=hours)
    return kept(_("definitions are %(hours)s hours old, the limit is 8"), hours=hours)


def definitions_date(told: str) -> datetime | None:
    """From clamd's `ClamAV 1.0.7/27450/Sat Nov 21 09:33:12 2026`, in this machine's own time."""
    try:
        return datetime.strptime(told.rsplit("/", 1)[1].strip(), "%a %b %d %H:%M:%S %Y").astimezone()
    except (IndexError, ValueError):
        return None


@check("A14", "disks")
def disks_are_whole(ground: Ground) -> Outcome:
    arrays = raid(MDSTAT.read_text() if MDSTAT.exists() else "")
    sick = sorted(name for name, is_whole in arrays.items() if not is_whole)
    if sick:
        return broken(_("degraded arrays: %(names)s"), names=", ".join(sick))
    if arrays:
        return kept(_("arrays: %(count)s, all whole"), count=len(arrays))
    vouching = vouched("A14", ground.now)
    if vouching is None:
        return broken(_("this machine shows no RAID, and nobody vouches for the disks"))
    return kept(
        _("%(name)s vouches until %(until)s (%(document)s)"),
        name=vouching.name, until=vouching.expires_on.isoformat(), document=vouching.document,
    )  # fmt: skip


def raid(mdstat: str) -> dict[str, bool]:
    """The arrays in /proc/mdstat, and whether each is whole. `[2/1] [U_]` misses a disk, `(F)` has a failed one."""
    arrays: dict[str, bool] = {}
    for name, lines in _paragraphs(mdstat.splitlines()):
        text = " ".join(lines)
        arrays[name] = "(F)" not in text and "inactive" not in text and not DEGRADED.search(text)
    return arrays


def _paragraphs(lines: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    name = ""
    held: list[str] = []
    for line in lines:
        if re.match(r"md\w+ :", line):
            if name:
                yield name, held
            name, held = line.split()[0], [line]
        elif name and line.startswith((" ", "\t")):
            held.append(line)
    if name:
        yield name, held


def vouched(promise: str, now: datetime) -> Attestation | None:
    """Who answers for it today, if anybody does."""
    today = timezone.localdate(now)
    standing = Attestation.objects.filter(promise=promise, withdrawn_at=None)
    return standing.filter(signed_on__lte=today, expires_on__gte=today).order_by("-expires_on").first()
