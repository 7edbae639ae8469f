"""Quoted-printable (RFC 2045, section 6.7), in pieces that can be put together in any order.

A piece begins at the start of a line and ends closed by a soft line break, so that whatever follows begins at
the start of a line too. No line is longer than 76, none begins with a dot (SMTP doubles it), none ends with a
blank.
"""

import re

SOFT = b"=\r\n"
WIDTH = 75  # and the soft break's sign makes 76
AS_IS = [b"=%02X" % byte for byte in range(256)]
for _byte in (*range(33, 61), *range(62, 127), 32):  # a tab is encoded: DKIM would make a blank of it
    AS_IS[_byte] = bytes([_byte])
# One line, nothing to encode, no two blanks together (DKIM's relaxed form folds them), no dot first, no blank last.
EASY = re.compile(rb"(?!.*  )[!-\-/-<>-~](?:[ !-<>-~]{0,72}[!-<>-~])?\Z").match


def piece(text: str, *, column: int = 0, close: bool = True) -> bytes:
    """The text (lines by LF) as a piece that begins at `column`; an unclosed one must end a part."""
    raw = text.encode("utf-8", "replace")
    if not column and close and EASY(raw):
        return raw + SOFT
    out: list[bytes] = []
    used = column
    rows = raw.split(b"\n")
    for number, row in enumerate(rows):
        is_last = number == len(rows) - 1
        used = _row(row, out, used, blank_ends=not is_last)
        if not is_last:
            out.append(b"\r\n")
            used = 0
    if close and used:
        out.append(SOFT)
    return b"".join(out)


def _row(row: bytes, out: list[bytes], used: int, *, blank_ends: bool) -> int:
    last, before = len(row) - 1, 0
    for at, byte in enumerate(row):
        sign = AS_IS[byte]
        if byte in (9, 32) and ((at == last and blank_ends) or before in (9, 32)):
            sign = b"=%02X" % byte
        if used + len(sign) > WIDTH:
            out.append(SOFT)
            used = 0
        if used == 0 and byte == 46:
            sign = b"=2E"
        out.append(sign)
        used += len(sign)
        before = byte
    return used
