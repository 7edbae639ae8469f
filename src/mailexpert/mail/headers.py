"""Header fields. Structured ones are written by hand and folded only where they may be: the standard library turns a
long List-Unsubscribe into encoded words, which RFC 2047 (section 5) forbids there and which breaks one-click."""

import binascii
import datetime as dt
import re
from email.utils import format_datetime

LINE = 76  # columns; RFC 2047, section 2 for lines with encoded words
LONGEST_WORD = 900  # of 998 that a line may hold (RFC 5322, section 2.1.1)
LONGEST_TEXT = 400  # characters of a subject; more is no subject
LONGEST_NAME = 200
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+").fullmatch
WORD_BYTES = 45  # of text in one encoded word: 75 less its frame, in base64
FIRST_WORD_BYTES = 39  # behind the longest field name that we write
NOT_IN_A_LIST_NAME = re.compile(r"[^A-Za-z0-9 .-]")


def unstructured(text: str, *, start: int) -> bytes:
    """A subject as a field's value that begins at column `start` (RFC 5322, 2.2.3; RFC 2047). Control characters
    become blanks, so that no line can be slipped in; 400 characters of it stay."""
    text = _clean(text, LONGEST_TEXT)
    if text.isascii() and "=?" not in text:
        folded = _fold(text.encode(), start)
        if folded is not None:
            return folded
    return _encoded_words(text)


def mailbox(name: str, address: str, *, start: int) -> bytes:
    """`Name <address>` (RFC 5322, 3.4) as a value that begins at column `start`; the address stands on a line of its
    own when the name is long. The address is taken as address.parse made it."""
    name = _clean(name, LONGEST_NAME)
    if not name:
        return address.encode()
    coded = _phrase(name, start)
    spec = b"<" + address.encode() + b">"
    _head, fold, last = coded.rpartition(b"\r\n")
    fits = (0 if fold else start) + len(last) + 1 + len(spec) <= LINE
    return coded + (b" " if fits else b"\r\n ") + spec


def list_id(name: str, identifier: str) -> bytes:
    """RFC 2919. No display name with a comma or a quote in it: receivers read those wrongly."""
    plain = NOT_IN_A_LIST_NAME.sub("", name)[:LONGEST_NAME].strip()
    return (f'"{plain}" ' if plain else "").encode() + b"<" + identifier.encode() + b">"


def date(moment: dt.datetime) -> bytes:
    """RFC 5322, 3.3. Raises ValueError for a moment without a zone: nobody could say when it was."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return format_datetime(moment).encode()


def _clean(text: str, longest: int) -> str:
    return CONTROL.sub(" ", text).strip()[:longest].strip()


def _phrase(name: str, start: int) -> bytes:
    """A display name: bare words, a quoted string, or encoded words."""
    if name.isascii() and "=?" not in name:
        quoted = name if ATOMS(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if start + len(quoted) <= LINE:
            return quoted.encode()
    return _encoded_words(name)


def _fold(line: bytes, start: int) -> bytes | None:
    """Fold at single blanks; None where a word is too long or blanks stand together, which folding would lose."""
    if len(line) + start <= LINE:
        return line
    out: list[bytes] = []
    used = start
    for word in line.split(b" "):
        if not word or len(word) > LONGEST_WORD:
            return None
        fits = used + len(word) + 1 <= LINE
        out.append(word if not out else b" " + word if fits else b"\r\n " + word)
        used = used + len(word) + 1 if fits or len(out) == 1 else len(word) + 1
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
