"""What Liquid writes for a person, encoded afterwards; of what isn't its work (leaves.py) only the numbers."""

from io import StringIO
from typing import Any

from liquid.ast import Node
from liquid.exceptions import OutputStreamLimitError

from mailexpert.mail import quoted
from mailexpert.mail.leaves import MARK
from mailexpert.mail.memory import LONGEST_REMEMBERED, MOST_REMEMBERED
from mailexpert.mail.personalise import Limited

Rendered = list[list[bytes | int]]  # of each place, its pieces; of leaves their number


class Texts(dict[str, bytes]):
    """Texts with their pieces, while they are few."""

    def __missing__(self, text: str) -> bytes:
        piece = quoted.piece(text.replace("\r\n", "\n").replace("\r", "\n"))
        if len(text) < LONGEST_REMEMBERED:
            if len(self) >= MOST_REMEMBERED:
                self.clear()
            self[text] = piece
        return piece


class PieceStream(StringIO):
    """A stream for Liquid. What comes out is quoted-printable, and as large as Limited allows, in encoded bytes."""

    size = 0  # Liquid asks for it where a block writes into a stream of its own

    def places(self, texts: Texts) -> Rendered:
        """The pieces of each place. Raises OutputStreamLimitError for more than any mail holds."""
        pieces: list[bytes | int] = []
        places, size, is_text = [pieces], 0, False
        for said in self.getvalue().split(MARK):
            is_text = not is_text
            if is_text and said:
                piece = texts[said]
                pieces.append(piece)
                size += len(piece)
            elif said:
                pieces.append(int(said))
            elif not is_text:
                pieces = []
                places.append(pieces)
        if size > Limited.output_stream_limit:
            raise OutputStreamLimitError("output stream limit reached", token=None)
        return places


class NextPlace(Node):
    """Stands between two nodes: what the second writes belongs elsewhere."""

    def render_to_output(self, context: Any, buffer: Any) -> int:
        del context
        buffer.write(MARK + MARK)
        return 0
