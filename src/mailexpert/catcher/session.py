"""SMTP as a server speaks it (RFC 5321, 2920, 1870, 6152, 6531), without any input or output of its own.

Bytes go in with `feed`; `step` gives the next thing to do: a reply to send or a mail to keep. A mail stops
the steps until it is kept, so that replies come in the order of the commands however many were sent at once.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

LARGEST_MAIL = 26_214_400  # bytes; what the largest mail providers take
LONGEST_LINE = 2048  # of a command; RFC 5321, 4.5.3.1.4 asks 512, the extensions more
MOST_RECIPIENTS = 1000
MOST_AHEAD = 65_536  # bytes of commands sent before their replies
MOST_FAULTS = 20  # wrong commands before we hang up: a program that speaks another language

PATH = re.compile(rb"<([^<>\r\n]*)>(?: +(.*))?\Z")
SIZE = re.compile(rb"(?:^| )SIZE=([0-9]{1,12})(?: |\Z)", re.IGNORECASE)

OK = b"250 2.0.0 OK\r\n"
BYE = b"221 2.0.0 Bye\r\n"
TOO_LARGE = b"552 5.3.4 Message too large\r\n"
NOT_KEPT = b"451 4.3.0 The catcher can't store mail now, try again\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    text: bytes
    hang_up: bool = False


Step = Mail | Reply


@dataclass(kw_only=True)
class Session:
    host: str
    _buffer: bytearray = field(default_factory=bytearray)
    _sender: str | None = None
    _recipients: list[str] = field(default_factory=list)
    _greeted: bool = False
    _in_mail: bool = False
    _searched: int = 0
    _discarding: bool = False
    _faults: int = 0

    def greeting(self) -> bytes:
        return f"220 {self.host} ESMTP MailExpert catcher\r\n".encode()

    def feed(self, data: bytes) -> None:
        self._buffer += data

    @property
    def is_full(self) -> bool:
        """More was sent ahead than a client that waits for replies would."""
        return len(self._buffer) > MOST_AHEAD

    def step(self) -> Step | None:
        """The next thing to do; None when more bytes are needed."""
        return self._mail() if self._in_mail else self._command()

    # ── commands ──

    def _command(self) -> Step | None:
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > LONGEST_LINE:
                self._buffer.clear()
                return Reply(text=b"500 5.5.2 Line too long\r\n", hang_up=True)
            return None
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        if len(line) > LONGEST_LINE:
            return self._fault(b"500 5.5.2 Line too long\r\n")
        verb, _blank, rest = line.partition(b" ")
        handler = VERBS.get(verb.upper())
        return handler(self, rest.strip()) if handler else self._fault(b"500 5.5.2 Command not known\r\n")

    def _fault(self, text: bytes) -> Reply:
        self._faults += 1
        return Reply(text=text, hang_up=self._faults >= MOST_FAULTS)

    def _reset(self) -> None:
        self._sender, self._recipients = None, []

    def _helo(self, _rest: bytes) -> Reply:
        self._greeted = True
        self._reset()
        return Reply(text=f"250 {self.host}\r\n".encode())

    def _ehlo(self, _rest: bytes) -> Reply:
        self._helo(b"")
        offers = ["PIPELINING", f"SIZE {LARGEST_MAIL}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        lines = [self.host, *offers]
        text = "".join(f"250-{line}\r\n" for line in lines[:-1]) + f"250 {lines[-1]}\r\n"
        return Reply(text=text.encode())

    def _mail_from(self, rest: bytes) -> Reply:
        if not self._greeted or self._sender is not None:
            return self._fault(b"503 5.5.1 Say EHLO first, and MAIL once\r\n")
        path, options = _path(rest, b"FROM:")
        if path is None:
            return self._fault(b"501 5.5.4 Expected MAIL FROM:<address>\r\n")
        told = SIZE.search(options)
        if told and int(told[1]) > LARGEST_MAIL:
            return Reply(text=TOO_LARGE)
        self._sender = path
        return Reply(text=OK)

    def _rcpt_to(self, rest: bytes) -> Reply:
        if self._sender is None:
            return self._fault(b"503 5.5.1 MAIL first\r\n")
        path, _options = _path(rest, b"TO:")
        if not path:
            return self._fault(b"501 5.5.4 Expected RCPT TO:<address>\r\n")
        if len(self._recipients) >= MOST_RECIPIENTS:
            return Reply(text=b"452 4.5.3 Too many recipients\r\n")
        self._recipients.append(path)
        return Reply(text=OK)

    def _data(self, _rest: bytes) -> Reply:
        if not self._recipients:
            return self._fault(b"503 5.5.1 RCPT first\r\n")
        self._in_mail, self._searched, self._discarding = True, 0, False
        return Reply(text=b"354 End with a dot on a line of its own\r\n")

    def _rset(self, _rest: bytes) -> Reply:
        self._reset()
        return Reply(text=OK)

    def _noop(self, _rest: bytes) -> Reply:
        return Reply(text=OK)

    def _vrfy(self, _rest: bytes) -> Reply:
        return Reply(text=b"252 2.1.5 Every address is caught here\r\n")

    def _quit(self, _rest: bytes) -> Reply:
        return Reply(text=BYE, hang_up=True)

    # ── the mail itself ──

    def _mail(self) -> Step | None:
        """Up to the dot; only CR LF ends a line here, so that no mail can hide a second one in itself."""
        buffer = self._buffer
        if buffer.startswith(b".\r\n") and not self._discarding:
            return self._ended(0, 3)
        end = buffer.find(b"\r\n.\r\n", self._searched)
        if end < 0:
            self._searched = max(0, len(buffer) - 4)
            if len(buffer) > LARGEST_MAIL:
                self._discarding = True
                del buffer[: self._searched]
                self._searched = 0
            return None
        return self._ended(end + 2, end + 5)

    def _ended(self, size: int, consumed: int) -> Step:
        raw = bytes(self._buffer[:size])
        del self._buffer[:consumed]
        assert self._sender is not None
        mail = Mail(sender=self._sender, recipients=tuple(self._recipients), raw=_without_stuffing(raw))
        self._in_mail = False
        self._reset()
        if self._discarding or size > LARGEST_MAIL:
            return Reply(text=TOO_LARGE)
        return mail


VERBS: dict[bytes, Callable[[Session, bytes], Reply]] = {
    b"HELO": Session._helo,
    b"EHLO": Session._ehlo,
    b"MAIL": Session._mail_from,
    b"RCPT": Session._rcpt_to,
    b"DATA": Session._data,
    b"RSET": Session._rset,
    b"NOOP": Session._noop,
    b"VRFY": Session._vrfy,
    b"QUIT": Session._quit,
}


def _path(rest: bytes, word: bytes) -> tuple[str | None, bytes]:
    """The address between the brackets, and what follows them; None when it isn't there."""
    if rest[: len(word)].upper() != word:
        return None, b""
    found = PATH.match(rest[len(word) :].lstrip())
    return (found[1].decode("utf-8", "replace").replace("\0", ""), found[2] or b"") if found else (None, b"")


def _without_stuffing(raw: bytes) -> bytes:
    """RFC 5321, 4.5.2: a dot was put before each line that began with one."""
    return raw.removeprefix(b".").replace(b"\r\n.", b"\r\n")
