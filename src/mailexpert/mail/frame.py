"""A bytes template under construction: literals, and numbered places that `%` fills."""

STOP, MESSAGE, RECIPIENT, SUBJECT, DATE = range(5)  # columns that every message has; outputs come after them


class Frame:
    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.order: list[int] = []

    def literal(self, text: bytes) -> None:
        self._pieces.append(text.replace(b"%", b"%%"))

    def slot(self, number: int) -> None:
        self._pieces.append(b"%b")
        self.order.append(number)

    def add(self, other: "Frame") -> None:
        self._pieces += other._pieces
        self.order += other.order

    @property
    def template(self) -> bytes:
        return b"".join(self._pieces)
