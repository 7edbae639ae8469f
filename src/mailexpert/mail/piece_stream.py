"""What Liquid writes for a person, encoded as it comes. The texts that are the same for all were encoded once."""

from collections.abc import Iterable
from io import StringIO
from typing import Any

from liquid.ast import Node
from liquid.exceptions import OutputStreamLimitError

from mailexpert.mail import quoted
from mailexpert.mail.memory import LONGEST_REMEMBERED, MOST_REMEMBERED
from mailexpert.mail.personalise import Limited


class Known(dict[str, bytes]):
    """Texts with their pieces. `same`: those of the template itself, which are kept for good."""

    def __init__(self, same: Iterable[str]) -> None:
        super().__init__((text, _piece(text)) for text in same)
        self._same = dict(self)

    def __missing__(self, text: str) -> bytes:
        piece = _piece(text)
        if len(text) < LONGEST_REMEMBERED:
            if len(self) > len(self._same) + MOST_REMEMBERED:
                self.clear()
                self.update(self._same)
            self[text] = piece
        return piece


class PieceStream(StringIO):
    """A stream for Liquid. What comes out is quoted-printable, and as large as Limited allows, in encoded bytes."""

    size = 0  # Liquid asks for it where a block writes into a stream of its own

    def __init__(self, known: Known) -> None:
        self._known = known
        self._pieces: list[bytes] = []
        self._places = [self._pieces]

    def write(self, text: str) -> int:
        if text:
            self._pieces.append(self._known[text])
        return len(text)

    def next_place(self) -> None:
        self._pieces = []
        self._places.append(self._pieces)

    def places(self) -> list[list[bytes]]:
        """The pieces of each place. Raises OutputStreamLimitError for more than any mail holds."""
        if sum(len(piece) for pieces in self._places for piece in pieces) > Limited.output_stream_limit:
            raise OutputStreamLimitError("output stream limit reached", token=None)
        return self._places


class NextPlace(Node):
    """Stands between two nodes: what the second writes belongs elsewhere."""

    def render_to_output(self, context: Any, buffer: Any) -> int:
        del context
        buffer.next_place()
        return 0


def _piece(text: str) -> bytes:
    return quoted.piece(text.replace("\r\n", "\n").replace("\r", "\n"))
