from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Finding:
    level: Literal["ok", "warn", "problem"]
    what: str
    do: str = ""  # what helps

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def ok(what: str) -> Finding:
    return Finding(level="ok", what=what)


def warn(what: str, do: str) -> Finding:
    return Finding(level="warn", what=what, do=do)


def problem(what: str, do: str) -> Finding:
    return Finding(level="problem", what=what, do=do)
