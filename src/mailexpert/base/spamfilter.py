"""What a spam filter on the operator's machine makes of a mail: SpamAssassin's spamd or Rspamd, by MAILEXPERT_SPAM."""

import http.client
import json
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE = 5.0  # seconds; a check before sending waits for it
LONGEST = 200_000  # bytes of an answer
PORTS = {"spamd": 783, "rspamd": 11333}
NAMES = {"spamd": "SpamAssassin", "rspamd": "Rspamd"}
SCORED = re.compile(r"^Spam:\s*\w+\s*;\s*(-?[\d.]+)\s*/\s*(-?[\d.]+)", re.MULTILINE)
REASON = re.compile(r"^\s*(-?\d+\.\d+)\s+([A-Z][A-Z0-9_]+)\s+(.+)$")
GOES_ON = re.compile(r"^\s{20,}(\S.*)$")


class NoVerdict(Exception):
    """No spam filter is named, or it gives no usable answer; our own words and points count then."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    points: float
    name: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`limit`: from how many points it takes a mail for spam. `reasons`: what cost points, the dearest first."""

    filter: str
    score: float
    limit: float
    reasons: tuple[Reason, ...]


def judge(message: bytes, where: str | None) -> Verdict:
    """`where`: spamd://host:port or rspamd://host:port. Raises NoVerdict."""
    parts = urlsplit(where or "")
    ask: Callable[[bytes, str, int], Verdict] | None = {"spamd": _spamd, "rspamd": _rspamd}.get(parts.scheme)
    if ask is None or not parts.hostname:
        raise NoVerdict(NoVerdict.__doc__)
    try:
        return ask(message, parts.hostname, parts.port or PORTS[parts.scheme])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, http.client.HTTPException) as problem:
        raise NoVerdict(f"{NAMES[parts.scheme]}: {problem}") from problem


def _spamd(message: bytes, host: str, port: int) -> Verdict:
    """The protocol of spamc, version 1.5: REPORT gives each rule with its points and words."""
    with socket.create_connection((host, port), timeout=PATIENCE) as line:
        line.sendall(b"REPORT SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(message) + message)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while len(answer) < LONGEST and (more := line.recv(65536)):
            answer += more
    head, _blank, body = answer.decode("utf-8", "replace").partition("\r\n\r\n")
    scored = SCORED.search(head)
    if " 0 EX_OK" not in head.split("\r\n")[0] or scored is None:
        raise ValueError(head[:200])
    return _verdict("spamd", float(scored[1]), float(scored[2]), _reasons(body))


def _reasons(body: str) -> list[Reason]:
    found: list[Reason] = []
    for line in body.splitlines():
        begins, goes_on = REASON.match(line), GOES_ON.match(line)
        if begins:
            found.append(Reason(points=float(begins[1]), name=begins[2], words=begins[3].strip()))
        elif goes_on and found:
            last = found.pop()
            found.append(
                Reason(points=last.points, name=last.name, words=f"{last.words} {goes_on[1].strip()}")
            )
    return found


def _rspamd(message: bytes, host: str, port: int) -> Verdict:
    asking = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        # As from somebody who logged in: else it counts points against the host that asks, not against the words.
        asking.request("POST", "/checkv2", body=message, headers={"User": "mailexpert"})
        answer = asking.getresponse()
        told = json.loads(answer.read(LONGEST))
        if answer.status != 200:
            raise ValueError(str(answer.status))
    finally:
        asking.close()
    reasons = [
        Reason(points=float(one["score"]), name=name, words=str(one.get("description") or name))
        for name, one in told["symbols"].items()
    ]
    return _verdict("rspamd", float(told["score"]), float(told["required_score"]), reasons)


def _verdict(scheme: str, score: float, limit: float, reasons: list[Reason]) -> Verdict:
    dear = sorted((one for one in reasons if one.points > 0), key=lambda one: -one.points)
    return Verdict(filter=NAMES[scheme], score=score, limit=limit, reasons=tuple(dear))
