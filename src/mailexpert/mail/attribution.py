"""What a conversion came of: the last click before it, within the account's window. Pure, for the intake and the API.

A click is in a mail (a mark of ours, mail.marks) or on something that the account itself named with utm words: an
advertisement, a post. Days are days since 1970, UTC; a page that was kept open over midnight makes no difference."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import unquote

from mailexpert.mail import marks

LEAST_DAYS, USUAL_DAYS, MOST_DAYS = 1, 7, 30
AHEAD = 1  # days that a clock may be ahead of ours
OWN = "u"  # what a click on utm words begins with, where a mark of ours would stand
LONGEST_WORD = 100
PERSONAL = re.compile(r"@|%40|\d{9,}")  # an address, or a number long enough to be somebody's
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


class Channel(IntEnum):
    """The numbers stand in tracking_conversion and its roll-up."""

    DIRECT = 0
    MAIL = 1
    ADVERTISING = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Touch:
    """A click that led to a site."""

    channel: Channel = Channel.DIRECT
    day: int = 0
    issue: int = 0
    link: int = 0
    contact: int = 0
    source: str = ""
    medium: str = ""
    campaign: str = ""


NOTHING = Touch()


def last_click(touches: Iterable[Touch], *, day: int, window: int) -> Touch:
    """The click that a conversion on `day` is counted for; NOTHING when none is inside the window. Of two on the same
    day a mail's is taken: its links carry the account's own utm words too."""
    found = [touch for touch in touches if touch.channel and -AHEAD <= day - touch.day <= window]
    return max(found, key=lambda touch: (touch.day, touch.channel == Channel.MAIL), default=NOTHING)


def read(key: bytes, told: str) -> Touch | None:
    """A click as a site tells it: `<mark>`, or `u.<day>.<source>.<medium>.<campaign>`, each word percent-encoded. None
    for one that we never sealed. Never raises."""
    if told.startswith(f"{OWN}."):
        return _of_words(told)
    mark = marks.read(key, told)
    if mark is None:
        return None
    return Touch(channel=Channel.MAIL, day=mark.day, issue=mark.issue, link=mark.link, contact=mark.contact)


def _of_words(told: str) -> Touch | None:
    parts = told.split(".")
    if len(parts) != 5 or not (parts[1].isascii() and parts[1].isdecimal() and len(parts[1]) <= 5):
        return None
    source, medium, campaign = (word(unquote(part)) for part in parts[2:])
    if not source:
        return None
    return Touch(
        channel=Channel.ADVERTISING, day=int(parts[1]), source=source, medium=medium, campaign=campaign
    )


def word(text: str) -> str:
    """A utm word as it is stored: in lower case, one line, and nothing that could name a person."""
    text = CONTROL.sub(" ", text).strip().lower()[:LONGEST_WORD]
    return "" if PERSONAL.search(text) else text
