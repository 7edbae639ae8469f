"""Sets of names, written as a line of words."""


def names(line: str) -> frozenset[str]:
    return frozenset(line.split())
