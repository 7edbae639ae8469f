"""What a mail server's answer means: whether the message is delivered, comes again or has failed, and who is to blame.

Unknown stays careful: an unknown 5xx fails this message and nothing else, an unknown 4xx comes again.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

# At the start alone: further on it may be an address of the internet.
ENHANCED = re.compile(rb"\s*(?:[245]\d\d[ -])?\s*([245])\.(\d{1,3})\.(\d{1,3})(?![.\d])")


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


class Rule(NamedTuple):
    """What a reply must be to fall under this rule; what isn't named may be anything."""

    result: Result
    blame: Blame
    phases: frozenset[Phase] | None = None
    codes: frozenset[int] | None = None
    enhanced: tuple[str, ...] = ("",)  # beginnings of the enhanced code, or of the basic one's class ("5.")
    words: re.Pattern[bytes] | None = None

    def fits(self, code: int, enhanced: str, text: bytes, phase: Phase) -> bool:
        return (
            (self.phases is None or phase in self.phases)
            and (self.codes is None or code in self.codes)
            and enhanced.startswith(self.enhanced)
            and (self.words is None or self.words.search(text) is not None)
        )


def _words(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.IGNORECASE)


GREY = _words(rb"gr[ea]y-?list")
RATE = _words(rb"\brate\b|too many|too fast|throttl|temporarily deferred|\bbusy\b|limit")
BLOCKED = _words(
    rb"block(?:ed|ing)? (?:using|by|due)|black-?list|block-?list|block list|listed (?:at|by|in|on)|reputation"
    rb"|spamhaus|unsolicited mail"
)
NO_RELAYING = _words(
    rb"relay(?:ing)? (?:access )?(?:denied|not permitted|not allowed)|unable to relay|authentication required"
)
TOO_LARGE = ("5.3.4", "5.2.3")
SIZE = _words(rb"too (?:big|large)|size (?:exceeds|limit)|exceeds (?:the )?(?:fixed )?(?:maximum|size)")
AUTHENTICITY = _words(rb"\b(?:dmarc|spf|dkim)\b")
FULL = _words(rb"mailbox (?:is )?full|over ?quota|quota exceeded|exceeded (?:storage|quota)")

BEFORE_SENDER = frozenset((Phase.GREETING, Phase.HELLO))
LOGIN_CODES = frozenset((530, 534, 535, 538))

# The first rule that fits decides.
RULES = (
    Rule(Result.DEFERRED, Blame.CONNECTION, codes=frozenset((421,))),
    # A refused greeting says nothing about a message, a refused sender nothing about a recipient.
    Rule(Result.DEFERRED, Blame.CONNECTION, phases=BEFORE_SENDER),
    Rule(Result.DEFERRED, Blame.CONFIGURATION, phases=frozenset((Phase.LOGIN,))),
    Rule(Result.DEFERRED, Blame.CONFIGURATION, codes=LOGIN_CODES),
    Rule(Result.DEFERRED, Blame.CONFIGURATION, words=NO_RELAYING),
    # Gmail's 5.7.23 to 27 and 29, Microsoft's 5.7.509 and 515: our domain's papers, whoever the mail is for.
    Rule(
        Result.DEFERRED,
        Blame.CONFIGURATION,
        enhanced=("5.7.23", "5.7.24", "5.7.25", "5.7.26", "5.7.27", "5.7.29", "5.7.509", "5.7.515"),
    ),
    Rule(Result.DEFERRED, Blame.CONFIGURATION, enhanced=("5.7.",), words=AUTHENTICITY),
    # RFC 1870, section 6: MAIL says how large this message is, so its refusal may mean this one alone.
    Rule(Result.FAILED, Blame.MESSAGE, phases=frozenset((Phase.SENDER,)), enhanced=TOO_LARGE),
    Rule(
        Result.FAILED, Blame.MESSAGE, phases=frozenset((Phase.SENDER,)), codes=frozenset((552,)), words=SIZE
    ),
    Rule(Result.DEFERRED, Blame.CONFIGURATION, phases=frozenset((Phase.SENDER,)), enhanced=("5.",)),
    Rule(Result.DEFERRED, Blame.PROVIDER, enhanced=("5.7.28", "4.7.28")),
    Rule(Result.DEFERRED, Blame.PROVIDER, enhanced=("5.7.", "4."), words=BLOCKED),
    Rule(Result.DEFERRED, Blame.MESSAGE, enhanced=("4.",), words=GREY),
    Rule(Result.DEFERRED, Blame.PROVIDER, enhanced=("4.7.",)),
    Rule(Result.DEFERRED, Blame.MESSAGE, enhanced=("4.2.2", "5.2.2")),
    Rule(Result.DEFERRED, Blame.MESSAGE, enhanced=("4.", "5."), words=FULL),
    Rule(Result.DEFERRED, Blame.CONNECTION, enhanced=("4.3.",)),
    Rule(Result.DEFERRED, Blame.PROVIDER, enhanced=("4.",), words=RATE),
    Rule(Result.DEFERRED, Blame.MESSAGE, enhanced=("4.",)),
    # Loops and commands in the wrong place: never the recipient's doing.
    Rule(Result.FAILED, Blame.CONFIGURATION, enhanced=("5.4.6", "5.5.")),
    Rule(Result.FAILED, Blame.MESSAGE, enhanced=("5.",)),
)


DELIVERED = {
    code: Verdict(result=Result.DELIVERED, blame=Blame.NOBODY, code=code) for code in range(200, 300)
}  # made once: this is what nearly every message meets


def enhanced_code(text: bytes, code: int = 0) -> str:
    """The enhanced status code that a reply's words begin with (RFC 3463, section 2; RFC 2034), or nothing. Given
    the basic `code`, one of another class counts as none."""
    found = ENHANCED.match(text)
    if not found or (code and int(found[1]) != code // 100):
        return ""
    return f"{int(found[1])}.{int(found[2])}.{int(found[3])}"


def judge(code: int, text: bytes, phase: Phase) -> Verdict:
    """The verdict on one reply to one message (RFC 5321, section 4.2; RFC 3463). `code` is the reply's number, `text`
    its words. Never raises: what no rule knows comes again."""
    if phase is Phase.DOT and code in DELIVERED:
        return DELIVERED[code]
    enhanced = enhanced_code(text, code)
    known = enhanced or f"{code // 100}."
    for rule in RULES:
        if rule.fits(code, known, text, phase):
            return Verdict(result=rule.result, blame=rule.blame, code=code, enhanced=enhanced)
    return Verdict(result=Result.DEFERRED, blame=Blame.MESSAGE, code=code, enhanced=enhanced)


def refuses_everyone(code: int, text: bytes, phase: Phase) -> bool:
    """Whether a refused MAIL means the sender, and with that every message of this mailing."""
    return phase is Phase.SENDER and judge(code, text, phase).blame is Blame.CONFIGURATION


WAIT = re.compile(rb"(?:in|after|for) (\d{1,5}) ?(seconds?|secs?|s|minutes?|mins?|m)\b", re.IGNORECASE)


def stated_wait(text: bytes) -> float | None:
    """Seconds that a deferring server asks for, where it says so."""
    found = WAIT.search(text)
    if not found:
        return None
    return int(found[1]) * (60.0 if found[2][:1].lower() == b"m" else 1.0)
