"""What Liquid writes for a person, encoded as it comes. The texts that are the same for all were encoded once."""

from collections.abc import Iterable
from io import StringIO

from liquid.exceptions import OutputStreamLimitError

from mailexpert.mail import quoted
from mailexpert.mail.memory import LONGEST_REMEMBERED, MOST_REMEMBERED
from mailexpert.mail.personalise import Limited


class Known:
    """Texts with their pieces. `same`: those of the template itself, which are kept for good."""

    def __init__(self, same: Iterable[str]) -> None:
        self._same = {text: _piece(text) for text in same}
        self._others: dict[str, bytes] = {}

    def piece(self, text: str) -> bytes:
        found = self._same.get(text) or self._others.get(text)
        if found is None:
            found = _piece(text)
            if len(text) < LONGEST_REMEMBERED:
                if len(self._others) >= MOST_REMEMBERED:
                    self._others.clear()
                self._others[text] = found
        return found


class PieceStream(StringIO):
    """A stream for Liquid whose `pieces` are quoted-printable. It holds as much as Limited allows, counted in
    encoded bytes; `size` is what Liquid asks of the stream that a block begins on."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self._known = known
        self.pieces: list[bytes] = []
        self.size = 0

    def write(self, text: str) -> int:
        if text:
            piece = self._known.piece(text)
            self.size += len(piece)
            if self.size > Limited.output_stream_limit:
                raise OutputStreamLimitError("output stream limit reached", token=None)
            self.pieces.append(piece)
        return len(text)


def _piece(text: str) -> bytes:
    return quoted.piece(text.replace("\r\n", "\n").replace("\r", "\n"))
