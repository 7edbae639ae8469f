"""Feedback reports: a reader marked a mail of ours as spam, and the mailbox provider says so (ARF, RFC 5965).

Anybody can send one. So two things are taken from it and no more: its type, and our own signed token in the header of
the mail that it returns. An address in it is never read: it can be made up, and many providers black it out (RFC 6590)
or return the header alone.

The standard library's parser walks into itself for each part within a part, and holds every line against every open
boundary. This one reads headers and looks for boundaries, each byte a few times at most, whatever was sent."""

import binascii
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from mailexpert.mail import links

ABUSE = "abuse"
DEEPEST = 4  # parts within parts: a report in a mail that a gateway wrapped once or twice
MOST_PARTS = 20
LONGEST_HEAD = 1 << 17  # bytes; beyond it nobody's header goes on
MOST_TOKENS = 20  # each costs a hash
MULTIPART = "multipart/"
REPORT = "message/feedback-report"
RETURNED = frozenset(("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"))

END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
FOLD = re.compile(rb"\r?\n[ \t]+")
TYPE = re.compile(rb"\s*([a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60})", re.IGNORECASE)
BOUNDARY = re.compile(rb"""boundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE)
AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]{0,80}(?:\r?\n|\Z)")
STOP_TOKENS = (
    re.compile(rb"/t/u/([A-Za-z0-9_-]{%d})(?![A-Za-z0-9_-])" % links.STOP_WIDTH),
    re.compile(rb"\bu-([A-Za-z0-9_-]{%d})@" % links.STOP_WIDTH, re.IGNORECASE),
)
OPAQUE_TOKEN = re.compile(rb"(?<![0-9a-f])([0-9a-f]{%d})@" % links.OPAQUE_WIDTH, re.IGNORECASE)
# Of the returned mail, and of the report itself. Not of a token alone in any text: a reader may quote another's mail.
TELLING = (b"list-unsubscribe", b"message-id", b"return-path", b"original-mail-from")

Head = dict[bytes, list[bytes]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """`kind`: Feedback-Type in lower case. `about`: whose mail it is, None where no token of ours or several different
    ones stand in it."""

    kind: str
    about: links.Stop | None

    @property
    def is_complaint(self) -> bool:
        return self.kind == ABUSE


@dataclass(slots=True)
class _Found:
    kind: str | None = None
    heads: list[Head] = field(default_factory=list)
    parts: int = 0


def read(key: bytes, mail: bytes) -> Report | None:
    """The feedback report that a mail brings; None when it brings none. Never raises."""
    found = _Found()
    _gather(mail, found)
    if found.kind is None:
        return None
    return Report(kind=found.kind, about=_about(key, found.heads))


def _gather(mail: bytes, found: _Found) -> None:
    waiting = [(mail, 0)]
    while waiting and found.parts < MOST_PARTS:
        raw, depth = waiting.pop(0)
        found.parts += 1
        head, body = _split(raw)
        kind, boundary = _type(head)
        if kind == REPORT:
            _keep(_fields(_decoded(head, body)), found)
        elif kind in RETURNED and depth and not _brings_report(body):
            found.heads.append(_split(_decoded(head, body))[0])
        elif kind in RETURNED and depth < DEEPEST:
            waiting.append((body, depth + 1))
        elif kind.startswith(MULTIPART) and boundary and depth < DEEPEST:
            waiting += [(part, depth + 1) for part in _parts(body, boundary)]


def _keep(fields: Head, found: _Found) -> None:
    """Of several reports in one mail the first counts; the fields that may name our return path are a head too."""
    if found.kind is None:
        found.kind = _first(fields, b"feedback-type").decode("ascii", "replace").strip().lower()[:40]
        found.heads.append(fields)


def _brings_report(body: bytes) -> bool:
    """A whole report that was sent on within another mail."""
    return _type(_split(body)[0])[0] == "multipart/report"


def _about(key: bytes, heads: list[Head]) -> links.Stop | None:
    about: set[links.Stop] = set()
    for number, (read_token, token) in enumerate(_candidates(heads)):
        if number >= MOST_TOKENS:
            break
        told = read_token(key, token.decode())
        if isinstance(told, links.Stop):
            about.add(told)
    return about.pop() if len(about) == 1 else None


def _candidates(heads: list[Head]) -> Iterator[tuple[Callable[[bytes, str], object], bytes]]:
    for head in heads:
        for value in (value for name in TELLING for value in head.get(name, ())):
            for pattern in STOP_TOKENS:
                yield from ((links.read_token, token) for token in pattern.findall(value))
            yield from ((links.read_return_token, token) for token in OPAQUE_TOKEN.findall(value))


# ── the least of MIME ──


def _split(raw: bytes) -> tuple[Head, bytes]:
    """Header and body (RFC 5322, 2.1). One that begins with an empty line has no header."""
    if raw[:1] == b"\n" or raw[:2] == b"\r\n":
        return {}, raw[1:]
    end = END_OF_HEAD.search(raw, 0, LONGEST_HEAD)
    return (_fields(raw[: end.start()]), raw[end.end() :]) if end else (_fields(raw[:LONGEST_HEAD]), b"")


def _fields(lines: bytes) -> Head:
    head: Head = {}
    for line in FOLD.sub(b" ", lines[:LONGEST_HEAD]).splitlines():
        name, colon, value = line.partition(b":")
        if colon:
            head.setdefault(name.strip().lower(), []).append(value.strip())
    return head


def _type(head: Head) -> tuple[str, bytes]:
    """Content type in lower case, and the boundary of its parts. Without one it is text (RFC 2045, 5.2)."""
    value = _first(head, b"content-type")
    kind, boundary = TYPE.match(value), BOUNDARY.search(value)
    told = kind[1].decode().lower() if kind else "text/plain"
    return told, (boundary[1] or boundary[2]) if boundary else b""


def _first(head: Head, name: bytes) -> bytes:
    return head.get(name, [b""])[0]


def _decoded(head: Head, body: bytes) -> bytes:
    """A part's content. RFC 5965 wants 7bit; gateways encode all the same."""
    coding = _first(head, b"content-transfer-encoding").lower()
    if coding == b"base64":
        try:
            return binascii.a2b_base64(body)
        except binascii.Error:
            return b""
    return quopri.decodestring(body) if coding == b"quoted-printable" else body


def _parts(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between boundaries (RFC 2046, 5.1.1), at most as many as are looked at."""
    mark, start, at = b"--" + boundary, -1, 0
    for _number in range(MOST_PARTS + 1):
        at, after, is_last = _boundary(body, mark, at)
        if start >= 0:
            yield body[start : at if at >= 0 else len(body)]
        if at < 0 or is_last:
            return
        start = at = after


def _boundary(body: bytes, mark: bytes, at: int) -> tuple[int, int, bool]:
    """Where the next boundary begins and ends, and whether it is the last one; -1 where there is none."""
    while (at := body.find(mark, at)) >= 0:
        begins = at == 0 or body[at - 1 : at] == b"\n"
        end = AFTER_BOUNDARY.match(body, at + len(mark)) if begins else None
        if end:
            return at, end.end(), bool(end[1])
        at += len(mark)
    return -1, -1, False
