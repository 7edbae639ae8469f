"""Addresses inside texts, for any number of persons at one look. No Django."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

AT = re.compile(r"@|%40")
DOMAIN = re.compile(r"[\w-]+(?:\.\w[\w-]*)*")
INSIDE = re.compile(r"[\w.+-]")  # what makes an address the end of a longer one
LONGEST_LOCAL = 64


class Wanted:
    """Whose addresses are looked for, and the mark that takes the place of each. What it costs to look through a text
    depends on the text, not on how many are looked for."""

    def __init__(self, marks: Mapping[str, str]) -> None:
        self._marks = {key.lower(): mark for key, mark in marks.items()}
        self._domains = {key.rpartition("@")[2] for key in self._marks}

    def __len__(self) -> int:
        return len(self._marks)

    def patterns(self, most: int) -> list[str]:
        """What a text must be like to be looked through, for LIKE: the addresses themselves while they are few."""
        if len(self._marks) > most:
            return ["%@%", r"%\%40%"]
        plain = [_escaped(address) for address in self._marks]
        return [f"%{one}%" for address in plain for one in (address, address.replace("@", r"\%40"))]

    def without(self, text: str) -> tuple[str, set[str]]:
        """The text with marks for addresses, and whose they were."""
        parts, end, found = [], 0, set()
        for start, after, address in self._places(text):
            if start >= end:
                parts += [text[end:start], self._marks[address]]
                end = after
                found.add(address)
        return "".join([*parts, text[end:]]), found

    def without_any(self, value: Any) -> tuple[Any, set[str]]:
        """The same for what JSON holds, names of members too."""
        if isinstance(value, str):
            return self.without(value)
        if isinstance(value, list):
            pairs = [self.without_any(one) for one in value]
            return [one for one, _found in pairs], _union(pairs)
        if isinstance(value, dict):
            names = [self.without(name) for name in value]
            pairs = [self.without_any(one) for one in value.values()]
            made = {name: one for (name, _), (one, _) in zip(names, pairs, strict=True)}
            return made, _union(names) | _union(pairs)
        return value, set()

    def _places(self, text: str) -> Iterator[tuple[int, int, str]]:
        for at in AT.finditer(text):
            domain = DOMAIN.match(text, at.end())
            if domain is None or domain[0].lower() not in self._domains:
                continue
            for start in range(max(at.start() - LONGEST_LOCAL, 0), at.start()):
                if start and INSIDE.match(text, start - 1):
                    continue
                address = f"{text[start : at.start()]}@{domain[0]}".lower()
                if address in self._marks:
                    yield start, domain.end(), address
                    break


def _union(pairs: list[tuple[Any, set[str]]]) -> set[str]:
    return set().union(*(found for _value, found in pairs))


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
