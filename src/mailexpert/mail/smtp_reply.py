"""Replies of a mail server, cut from what it sends (RFC 5321, section 4.2). No I/O."""

from collections.abc import Iterator
from typing import NamedTuple

LONGEST_LINE = 2_048  # bytes. The RFC says 512; a line without an end would fill the memory
MOST_LINES = 128  # in one reply: a server could go on forever with "250-"


class Malformed(Exception):
    """What the server sends is no reply: the conversation can't go on."""


class Reply(NamedTuple):
    """`text`: the words of all its lines without their code, joined by line feeds."""

    code: int
    text: bytes


class Replies:
    """Put bytes in as they come, take whole replies out."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._code = b""

    @property
    def is_amid(self) -> bool:
        """Part of a reply has come, its end not yet."""
        return bool(self._rest or self._lines)

    def feed(self, data: bytes) -> Iterator[Reply]:
        """The replies that are whole now, in order. Raises Malformed where the bytes stop making sense, after
        all replies before that place: an answer that came has to count."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            reply = self._line(line)
            if reply is not None:
                yield reply
        if len(self._rest) > LONGEST_LINE:
            raise Malformed("a line without end")

    def _line(self, line: bytes) -> Reply | None:
        code, mark, words = line[:3], line[3:4], line[4:].rstrip(b"\r")
        if not code.isdigit() or not 200 <= int(code) <= 599 or mark not in (b" ", b"-", b"\r", b""):
            raise Malformed("no reply code")
        if len(line) > LONGEST_LINE:
            raise Malformed("a line too long")
        if mark != b"-" and not self._lines:
            return Reply(int(code), words)
        if self._lines and code != self._code:
            raise Malformed("two codes in one reply")
        self._code = code
        self._lines.append(words)
        if len(self._lines) > MOST_LINES:
            raise Malformed("a reply without end")
        if mark == b"-":
            return None
        text = b"\n".join(self._lines)
        self._lines.clear()
        return Reply(int(code), text)
