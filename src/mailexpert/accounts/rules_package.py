"""What fits in a package, and what doesn't any more after a change. No Django."""

from dataclasses import dataclass

NEAR = 0.8


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A measure against its limit; `limit` None is no limit."""

    key: str
    used: int
    limit: int | None

    @property
    def fits(self) -> bool:
        return self.limit is None or self.used <= self.limit

    @property
    def over(self) -> int:
        return 0 if self.limit is None else max(self.used - self.limit, 0)

    @property
    def level(self) -> str:
        """free, near (four fifths), or reached."""
        if self.limit is None or self.used < NEAR * self.limit:
            return "free"
        return "reached" if self.used >= self.limit else "near"
