"""What the rooms do outside the tables when persons are erased: files made before, copies elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    contact_id: int
    address: str


# Runs inside the persons' account, once for all of them, may run twice, and gives how many things it touched.
Verb = Callable[[Sequence[Forgotten]], int]

_erasers: dict[str, Verb] = {}


def on_forget(key: str, verb: Verb) -> None:
    _erasers[key] = verb


def erasers() -> dict[str, Verb]:
    return dict(_erasers)
