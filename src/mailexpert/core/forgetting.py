"""What the rooms do outside the tables when one person is erased: files made before, copies elsewhere."""

from collections.abc import Callable

# Runs inside the person's account, may run twice, and gives how many things it touched: (contact's number, address).
Verb = Callable[[int, str], int]

_erasers: dict[str, Verb] = {}


def on_forget(key: str, verb: Verb) -> None:
    _erasers[key] = verb


def erasers() -> dict[str, Verb]:
    return dict(_erasers)
