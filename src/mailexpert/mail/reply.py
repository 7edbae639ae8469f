"""What a mail server's answer means: whether the message is delivered, comes again or has failed, and who is to blame.

Unknown stays careful: an unknown 5xx fails this message and nothing else, an unknown 4xx comes again.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

ENHANCED = re.compile(rb"\b([245])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463, section 2


class Result(StrEnum):
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    FAILED = "failed"


class Blame(StrEnum):
    """Whose fault it is decides what waits: the message, the connection, all mail to a provider, or everything."""

    NOBODY = "nobody"
    MESSAGE = "message"
    CONNECTION = "connection"
    PROVIDER = "provider"
    CONFIGURATION = "configuration"


class Phase(StrEnum):
    GREETING = "greeting"
    HELLO = "hello"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    DOT = "dot"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    result: Result
    blame: Blame
    code: int
    enhanced: str = ""


def enhanced_code(text: bytes) -> str:
    """The enhanced status code in a reply (RFC 3463), or nothing."""
    found = ENHANCED.search(text)
    return f"{int(found[1])}.{int(found[2])}.{int(found[3])}" if found else ""


# The first row that fits decides: phases, codes, enhanced prefix, words, result, blame.
Row = tuple[frozenset[Phase] | None, frozenset[int] | None, str, re.Pattern[bytes] | None, Result, Blame]
BEFORE_SENDER = frozenset({Phase.GREETING, Phase.HELLO})


def _words(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.IGNORECASE)


RATE = _words(rb"rate|too many|try again later|throttl|temporarily deferred|greylist|grey-list|busy")
BLOCKED = _words(rb"blocked using|blacklist|blocklist|block list|listed (?:at|by|in)|reputation|spamhaus")
NO_RELAYING = _words(
    rb"relay(?:ing)? (?:access )?(?:denied|not permitted|not allowed)|unable to relay|authentication required"
)
AUTHENTICITY = _words(rb"\b(?:dmarc|spf|dkim)\b")
TABLE: tuple[Row, ...] = (
    (None, frozenset({421}), "", None, Result.DEFERRED, Blame.CONNECTION),
    (BEFORE_SENDER, None, "", None, Result.DEFERRED, Blame.CONNECTION),
    (frozenset({Phase.LOGIN}), None, "", None, Result.DEFERRED, Blame.CONFIGURATION),
    (None, frozenset({530, 534, 535, 538}), "", None, Result.DEFERRED, Blame.CONFIGURATION),
    (None, None, "", NO_RELAYING, Result.DEFERRED, Blame.CONFIGURATION),
    (None, None, "5.7.2", AUTHENTICITY, Result.DEFERRED, Blame.CONFIGURATION),
    (frozenset({Phase.SENDER}), None, "5.", None, Result.DEFERRED, Blame.CONFIGURATION),
    (None, None, "5.7.", BLOCKED, Result.DEFERRED, Blame.PROVIDER),
    (None, None, "4.7.", None, Result.DEFERRED, Blame.PROVIDER),
    (None, None, "4.", RATE, Result.DEFERRED, Blame.PROVIDER),
    (None, None, "4.", None, Result.DEFERRED, Blame.MESSAGE),
    (None, frozenset({452}), "", None, Result.DEFERRED, Blame.MESSAGE),
)


def judge(code: int, text: bytes, phase: Phase) -> Verdict:
    """The verdict on one reply to one message (RFC 5321, section 4.2; RFC 3463). `code` is the reply's number,
    `text` its words."""
    if 200 <= code < 300 and phase is Phase.DOT:
        return Verdict(result=Result.DELIVERED, blame=Blame.NOBODY, code=code)
    enhanced = enhanced_code(text) or f"{code // 100}."
    for phases, codes, prefix, words, result, blame in TABLE:
        fits = (
            (phases is None or phase in phases)
            and (codes is None or code in codes)
            and enhanced.startswith(prefix)
            and (words is None or words.search(text) is not None)
        )
        if fits:
            return Verdict(result=result, blame=blame, code=code, enhanced=enhanced_code(text))
    result = Result.FAILED if 500 <= code < 600 else Result.DEFERRED
    return Verdict(result=result, blame=Blame.MESSAGE, code=code, enhanced=enhanced_code(text))


WAIT = re.compile(rb"(?:in|after|for) (\d{1,5}) ?(seconds?|secs?|s|minutes?|mins?|m)\b", re.IGNORECASE)


def stated_wait(text: bytes) -> float | None:
    """Seconds that a deferring server asks for, where it says so."""
    found = WAIT.search(text)
    if not found:
        return None
    return int(found[1]) * (60.0 if found[2][:1].lower() == b"m" else 1.0)
