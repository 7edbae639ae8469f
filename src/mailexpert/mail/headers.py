"""Header fields. Structured ones are written by hand and folded only where they may be: the standard library turns a long
List-Unsubscribe into encoded words, which RFC 2047 (section 5) forbids there and which breaks one-click."""

import binascii
import datetime as dt
import re
from email.utils import format_datetime

LINE = 76
LONGEST_LINE = 998  # RFC 5322, section 2.1.1
LONGEST_TEXT = 400  # characters of a subject; more is no subject
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+\Z").match
WORD_BYTES = 45  # of text in one encoded word: 75 less its frame, in base64
FIRST_WORD_BYTES = 39


def unstructured(text: str, *, start: int) -> bytes:
    """A subject or a display name as a field's value that begins at column `start` (RFC 5322, 2.2.3; RFC 2047).
    Control characters become blanks, so that no line can be slipped in."""
    text = CONTROL.sub(" ", text).strip()[:LONGEST_TEXT]
    if text.isascii() and "=?" not in text:
        folded = _fold(text.encode(), start)
        if folded is not None:
            return folded
    return _encoded_words(text)


def _fold(line: bytes, start: int) -> bytes | None:
    """Fold at single blanks; None where a word is too long or a line would be blank."""
    if len(line) + start <= LINE:
        return line
    out: list[bytes] = []
    used = start
    for word in line.split(b" "):
        if not word or len(word) > 900:
            return None
        if out and used + 1 + len(word) > LINE:
            out.append(b"\r\n " + word)
            used = 1 + len(word)
        else:
            out.append(b" " + word if out else word)
            used += 1 + len(word)
    return b"".join(out)


def _encoded_words(text: str) -> bytes:
    """RFC 2047 words in base64: at most 75 long, whole characters, a fold between two."""
    words: list[bytes] = []
    word, room = b"", FIRST_WORD_BYTES
    for character in text:
        coded = character.encode("utf-8", "replace")
        if len(word) + len(coded) > room:
            words.append(word)
            word, room = b"", WORD_BYTES
        word += coded
    words.append(word)
    return b"\r\n ".join(b"=?utf-8?B?" + binascii.b2a_base64(w, newline=False) + b"?=" for w in words)


def mailbox(name: str, address: str, *, start: int) -> bytes:
    """`Name <address>` (RFC 5322, 3.4); the address stands on a line of its own when the name is long."""
    spec = b"<" + address.encode() + b">"
    name = CONTROL.sub(" ", name).strip()
    if not name:
        return address.encode()
    if name.isascii() and "=?" not in name:
        quoted = name if ATEXT(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        coded = quoted.encode()
    else:
        coded = _encoded_words(name)
    fits = len(coded.rpartition(b"\r\n")[2]) + len(spec) + 1 + (0 if b"\r\n" in coded else start) <= LINE
    return coded + (b" " if fits else b"\r\n ") + spec


def list_id(name: str, identifier: str) -> bytes:
    """RFC 2919. No display name with a comma or a quote in it: receivers read those wrongly."""
    plain = re.sub(r"[^A-Za-z0-9 .-]", "", name).strip()
    return (f'"{plain}" ' if plain else "").encode() + b"<" + identifier.encode() + b">"


def date(moment: dt.datetime) -> bytes:
    """RFC 5322, 3.3; the moment carries its zone."""
    return format_datetime(moment).encode()
