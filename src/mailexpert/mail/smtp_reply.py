"""Replies of a mail server, cut from what it sends (RFC 5321, section 4.2). No I/O."""

from collections.abc import Iterator

LONGEST_LINE = 2_048  # bytes. The RFC says 512; a line without an end would fill the memory
MOST_LINES = 128  # in one reply: a server could go on forever with "250-"
CODES = {b"%d" % code: code for code in range(200, 600)}


class Malformed(Exception):
    """What the server sends is no reply: the conversation can't go on."""


Reply = tuple[int, bytes]  # a code, and the words of all lines without theirs, joined by line feeds


class Replies:
    """Put bytes in as they come, take whole replies out."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._code = 0

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
            code = CODES.get(line[:3])
            if code is None or len(line) > LONGEST_LINE:
                raise Malformed("no reply code" if code is None else "a line too long")
            words = line[4:-1] if line.endswith(b"\r") else line[4:]
            mark = line[3:4]
            if mark == b" " and not self._lines:
                yield code, words
            elif mark == b"-":
                self._keep(code, words)
            elif mark in (b" ", b"\r", b""):
                self._keep(code, words)
                text = b"\n".join(self._lines)
                self._lines.clear()
                yield code, text
            else:
                raise Malformed("no reply code")
        if len(self._rest) > LONGEST_LINE:
            raise Malformed("a line without end")

    def _keep(self, code: int, words: bytes) -> None:
        if self._lines and code != self._code:
            raise Malformed("two codes in one reply")
        self._code = code
        self._lines.append(words)
        if len(self._lines) > MOST_LINES:
            raise Malformed("a reply without end")
