"""The client's side of SMTP without I/O: bytes that came in, bytes to send and events out (RFC 5321, 2920).

`Opening` leads a new connection to the point where it takes mail, `Transfer` hands messages over. The driver
writes what `output()` gives after each call, hands what it reads to `receive()`, and closes the connection at
a `Closed`.

With PIPELINING an envelope is one write, and the envelope of the next message rides with the body of this
one, so that a message costs one turn of the line.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from mailexpert.mail.reply import Phase
from mailexpert.mail.smtp_opening import Closed, Offer, Opening, Ready, StartTls, Trouble
from mailexpert.mail.smtp_reply import Malformed, Replies
from mailexpert.mail.tuples import outright

# Seconds that a reply may take (RFC 5321, section 4.5.3.2), by what it answers.
PATIENCE = {
    Phase.GREETING: 300.0,
    Phase.HELLO: 300.0,
    Phase.LOGIN: 300.0,
    Phase.SENDER: 300.0,
    Phase.RECIPIENT: 300.0,
    Phase.DATA: 120.0,
    Phase.DOT: 600.0,
}
# What addresses that need no second look are made of: no command comes of it, and xtext escapes nothing.
PLAIN = bytes(set(range(0x21, 0x7F)) - set(b"+<=>"))
ENVELOPE = b"MAIL FROM:<%b>%b\r\nRCPT TO:<%b>\r\nDATA\r\n"
ENVELOPE_DSN = (
    b"MAIL FROM:<%b>%b RET=HDRS ENVID=%b\r\nRCPT TO:<%b> NOTIFY=FAILURE,DELAY ORCPT=rfc822;%b\r\nDATA\r\n"
)
# A recipient that holds one of these would be a command of its own.
OFF_THE_WIRE = re.compile(rb"[\x00-\x20<>\x7f]").search
NOT_XTEXT = re.compile(rb"[^!-*,-<>-~]")
# Yes to the three commands of an envelope, in one piece.
YESES = re.compile(rb"(?:250 [^\r\n]{0,500}\r\n){2}354 [^\r\n]{0,500}\r\n").fullmatch
MOST_WORDS = 500


class Letter(Protocol):
    """A message as the wire needs it: `body` has CRLF lines, none beginning with a dot, and ends with one."""

    @property
    def sender(self) -> bytes: ...
    @property
    def recipient(self) -> bytes: ...
    @property
    def body(self) -> bytes: ...


L = TypeVar("L", bound=Letter)


class Answer(NamedTuple, Generic[L]):
    """The reply that decides about this letter."""

    letter: L
    phase: Phase
    code: int
    text: bytes


ANSWER = outright(Answer)


@dataclass(frozen=True, slots=True)
class Returned(Generic[L]):
    """Nothing of this letter was handed over; another connection may take it."""

    letter: L


@dataclass(frozen=True, slots=True)
class Unanswered(Generic[L]):
    """The final dot was sent and no reply came: nobody knows."""

    letter: L


class State(IntEnum):
    IDLE = 0
    RESET = 1
    SENDER = 2
    RECIPIENT = 3
    DATA = 4
    DOT = 5
    VOID = 6  # a lone dot after a refusal: the server wanted a message that nobody receives
    OVER = 7


Event = Answer[L] | Returned[L] | Unanswered[L] | Closed


class Transfer(Generic[L]):
    """One connection past its opening. `supply` gives the next letter, or None when there is none now; after
    that call `kick` when there may be one again. Each letter taken comes back in exactly one event."""

    def __init__(self, offer: Offer, supply: Callable[[], L | None]) -> None:
        self._offer, self._supply = offer, supply
        self._pipelines, self._takes_dsn = offer.pipelining, offer.dsn
        self._takes_size = offer.size is not None
        self._replies = Replies()
        self._state = State.IDLE
        self._letter: L | None = None
        self._ahead: L | None = None  # its envelope is on the wire already
        self._refusal: tuple[Phase, int, bytes] | None = None
        self._needs_reset = False
        self._is_unwritten = False  # the body was handed over while this very piece was read
        self._most = offer.size or 0
        self._yeses: bytes | None = None  # as the server put them last
        self.steps = (
            0  # grows with each letter that begins and each reply: whoever waits knows that it goes on
        )
        self._out: list[bytes] = []
        self._events: list[Event[L]] = []

    # ── for the driver ──

    @property
    def is_idle(self) -> bool:
        return self._state is State.IDLE

    @property
    def awaits_dot(self) -> bool:
        """A message is on its way whose reply is still to come."""
        return self._state is State.DOT

    @property
    def patience(self) -> float | None:
        """Seconds that the awaited reply may take, counted from the last write; None when none is awaited."""
        return WAITS[self._state]

    def output(self) -> bytes:
        """What is to be written now."""
        out = b"".join(self._out)
        self._out.clear()
        return out

    def kick(self) -> bool:
        """Begin with the next letter if the connection is idle; False when it isn't or there is none."""
        if self._state is not State.IDLE:
            return False
        self._next()
        return self._state is not State.IDLE

    def receive(self, data: bytes) -> list[Event[L]]:
        """What the server's bytes mean. Never raises: nonsense closes with Trouble.PROTOCOL."""
        if self._ahead is not None and self._state is State.DOT and not self._replies.is_amid:
            words = self._usual(data)
            if words is not None:
                return self._went_well(words)
        self._is_unwritten = False
        try:
            for code, text in self._replies.feed(data):
                if self._state is State.OVER:
                    break
                self._reply(code, text)
        except Malformed as problem:
            self._close(Trouble.PROTOCOL, 0, str(problem).encode())
        return self.told()

    def lost(self) -> list[Event[L]]:
        """The connection ended, or its patience did."""
        self._is_unwritten = False
        self._close(Trouble.LOST, 0, b"")
        return self.told()

    def quit(self) -> list[Event[L]]:
        """Say goodbye. What is on the wire is given back, or in doubt."""
        self._is_unwritten = False
        if self._state is State.IDLE:
            self._out.append(b"QUIT\r\n")
        self._close(Trouble.NONE, 0, b"")
        return self.told()

    def told(self) -> list[Event[L]]:
        """What came of letters since: after `kick`, those that no server may see."""
        events, self._events = self._events, []
        return events

    # ── the conversation ──

    def _reply(self, code: int, text: bytes) -> None:
        self.steps += 1
        if code == 421:  # it may come at any time, asked or not (RFC 5321, section 3.8)
            self._shut(code, text)
            return
        ON_REPLY[self._state](self, code, text)

    def _next(self) -> None:
        letter, envelope = self._take()
        if letter is None:
            self._state = State.IDLE
        else:
            self._begin(letter, envelope)

    def _take(self) -> tuple[L | None, bytes]:
        """The next letter that a server may see, with its envelope."""
        while (letter := self._supply()) is not None:
            if self._most and len(letter.body) > self._most:  # RFC 1870, section 6.1: not even offered
                self._events.append(Answer(letter, Phase.SENDER, 552, b"5.3.4 larger than the server takes"))
                continue
            if letter.recipient and not (letter.sender + letter.recipient).translate(None, PLAIN):
                return letter, self._plain_envelope(letter)
            if self._fits(letter):
                return letter, self._envelope(letter)
        return None, b""

    def _fits(self, letter: L) -> bool:
        """Refuse here what no server may see."""
        if not letter.recipient or OFF_THE_WIRE(letter.recipient + letter.sender):
            problem = b"5.1.3 not an address"
        elif not self._offer.smtputf8 and not letter.recipient.isascii():
            problem = b"5.6.7 the server takes no such address"
        else:
            return True
        self._events.append(Answer(letter, Phase.RECIPIENT, 553, problem))
        return False

    def _begin(self, letter: L, envelope: bytes) -> None:
        self._letter, self._refusal = letter, None
        self.steps += 1
        reset, self._needs_reset = self._needs_reset, False
        self._state = State.RESET if reset else State.SENDER
        if reset:
            self._out.append(b"RSET\r\n")
        if self._pipelines:
            self._out.append(envelope)
        elif not reset:
            self._out.append(self._mail(letter))

    def _plain_envelope(self, letter: L) -> bytes:
        """`_envelope` of PLAIN addresses: nearly every message's way."""
        sender, recipient = letter.sender, letter.recipient
        size = b" SIZE=%d" % len(letter.body) if self._takes_size else b""
        if not self._takes_dsn:
            return ENVELOPE % (sender, size, recipient)
        return ENVELOPE_DSN % (sender, size, sender.partition(b"@")[0], recipient, recipient)

    def _envelope(self, letter: L) -> bytes:
        return b"".join((self._mail(letter), self._rcpt(letter), b"DATA\r\n"))

    def _mail(self, letter: L) -> bytes:
        line = b"MAIL FROM:<%b>" % letter.sender
        if self._offer.size is not None:
            line += b" SIZE=%d" % len(letter.body)  # RFC 1870: a refusal comes before the body
        if not letter.recipient.isascii():
            line += b" BODY=8BITMIME SMTPUTF8"  # RFC 6531, section 3.4
        if self._offer.dsn:  # RFC 3461: headers alone, so that a bounce brings no one's mail back
            line += b" RET=HDRS ENVID=" + NOT_XTEXT.sub(_xtext, letter.sender.partition(b"@")[0])
        return line + b"\r\n"

    def _rcpt(self, letter: L) -> bytes:
        line = b"RCPT TO:<%b>" % letter.recipient
        if self._offer.dsn:
            line += b" NOTIFY=FAILURE,DELAY"
            if letter.recipient.isascii():
                line += b" ORCPT=rfc822;" + NOT_XTEXT.sub(_xtext, letter.recipient)
        return line + b"\r\n"

    def _on_nothing(self, code: int, text: bytes) -> None:
        self._close(Trouble.PROTOCOL, code, text)  # an answer that nobody asked for

    def _on_reset(self, code: int, text: bytes) -> None:
        if code >= 300:
            self._close(Trouble.PROTOCOL, code, text)
            return
        self._state = State.SENDER
        if not self._pipelines and self._letter is not None:
            self._out.append(self._mail(self._letter))

    def _on_sender(self, code: int, text: bytes) -> None:
        if self._passed(code, text, Phase.SENDER):
            self._state = State.RECIPIENT
            if not self._pipelines and self._letter is not None:
                self._out.append(self._rcpt(self._letter))

    def _on_recipient(self, code: int, text: bytes) -> None:
        if self._passed(code, text, Phase.RECIPIENT):
            self._state = State.DATA
            if not self._pipelines:
                self._out.append(b"DATA\r\n")

    def _passed(self, code: int, text: bytes, phase: Phase) -> bool:
        """Go on to the next step? With pipelining always: its reply comes whatever this one says."""
        if 300 <= code < 400:
            self._close(Trouble.PROTOCOL, code, text)
            return False
        if code >= 400:
            self._refusal = self._refusal or (phase, code, text)
            if not self._pipelines:
                self._refused()
                return False
        return True

    def _on_data(self, code: int, text: bytes) -> None:
        if code == 354 and self._refusal is None:
            self._hand_over()
        elif code == 354:
            # RFC 2920, section 3.1: the DATA was sent before the refusal was known; an empty message ends it.
            self._state = State.VOID
            self._out.append(b".\r\n")
        elif code >= 400:
            self._refusal = self._refusal or (Phase.DATA, code, text)
            self._refused()
        else:
            self._close(Trouble.PROTOCOL, code, text)

    def _hand_over(self) -> None:
        letter = self._letter
        assert letter is not None
        self._state, self._is_unwritten = State.DOT, True
        self._ahead, envelope = self._take() if self._pipelines else (None, b"")
        self._out += (letter.body, b".\r\n", envelope) if envelope else (letter.body, b".\r\n")

    def _on_dot(self, code: int, text: bytes) -> None:
        if 300 <= code < 400 or self._is_unwritten:  # an answer to what nobody has said yet
            self._close(Trouble.PROTOCOL, code, text)
            return
        letter = self._letter
        assert letter is not None
        self._events.append(Answer(letter, Phase.DOT, code, text))
        self._letter, self._ahead = self._ahead, None
        if self._letter is None:
            self._next()
        else:
            self._state, self._refusal = State.SENDER, None

    def _usual(self, data: bytes) -> bytes | None:
        """The words of a 250 to the dot, when the yeses to the envelope that rode with it came in the same piece."""
        reply, _, yeses = data.partition(b"\r\n")
        if yeses != self._yeses:
            if not YESES(yeses):
                return None
            self._yeses = yeses
        words = reply[4:]
        is_one = reply.startswith(b"250 ") and b"\n" not in reply and len(words) <= MOST_WORDS
        return words if is_one else None

    def _went_well(self, text: bytes) -> list[Event[L]]:
        """What four replies come to, one by one, when each is a yes; this is nearly every message's way."""
        self.steps += 1
        self._events.append(ANSWER((self._letter, Phase.DOT, 250, text)))
        self._letter, self._ahead = self._ahead, None
        self._hand_over()
        return self.told()

    def _on_void(self, code: int, text: bytes) -> None:
        self._tell_refusal()
        self._next()

    def _refused(self) -> None:
        """Refused before its body; what the server began for it has to be undone before the next."""
        assert self._refusal is not None
        self._needs_reset = self._refusal[0] is not Phase.SENDER
        self._tell_refusal()
        self._next()

    def _tell_refusal(self) -> None:
        letter, refusal = self._letter, self._refusal
        assert letter is not None
        assert refusal is not None
        self._letter, self._refusal = None, None
        self._events.append(Answer(letter, *refusal))

    # ── ends ──

    def _shut(self, code: int, text: bytes) -> None:
        """421: the server goes. Even as the reply to a final dot it says that the message was not taken."""
        if self._state is State.DOT and not self._is_unwritten:
            self._state = State.DATA
        self._close(Trouble.SHUTTING, code, text)

    def _close(self, trouble: Trouble, code: int, text: bytes) -> None:
        if self._state is State.OVER:
            return
        state, self._state = self._state, State.OVER
        if state is State.DOT and self._is_unwritten:
            state = State.DATA  # and so it stays here: nobody is in doubt
            self._out.clear()
        if self._letter is not None:
            if self._refusal is not None:
                self._tell_refusal()
            elif state is State.DOT:
                self._events.append(Unanswered(self._letter))
            else:
                self._events.append(Returned(self._letter))
        if self._ahead is not None:
            self._events.append(Returned(self._ahead))
        self._letter = self._ahead = None
        self._events.append(Closed(trouble, code, text))


# What a reply does in each state, and how long it may take. Found by number: an enum is a slow key.
BY_STATE: dict[State, tuple[Callable[[Transfer[Any], int, bytes], None], float | None]] = {
    State.IDLE: (Transfer._on_nothing, None),
    State.RESET: (Transfer._on_reset, PATIENCE[Phase.SENDER]),
    State.SENDER: (Transfer._on_sender, PATIENCE[Phase.SENDER]),
    State.RECIPIENT: (Transfer._on_recipient, PATIENCE[Phase.RECIPIENT]),
    State.DATA: (Transfer._on_data, PATIENCE[Phase.DATA]),
    State.DOT: (Transfer._on_dot, PATIENCE[Phase.DOT]),
    State.VOID: (Transfer._on_void, PATIENCE[Phase.DOT]),
    State.OVER: (Transfer._on_nothing, None),
}
ON_REPLY = [BY_STATE[state][0] for state in State]
WAITS = [BY_STATE[state][1] for state in State]


def _xtext(found: re.Match[bytes]) -> bytes:
    """RFC 3461, section 4."""
    return b"+%02X" % found[0][0]


__all__ = [
    "PATIENCE",
    "Answer",
    "Closed",
    "Event",
    "Letter",
    "Offer",
    "Opening",
    "Ready",
    "Returned",
    "StartTls",
    "Transfer",
    "Trouble",
    "Unanswered",
]
