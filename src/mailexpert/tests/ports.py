"""Ports for servers of a test."""

import random

from mailexpert.operations.ports import is_free


def free_ports(count: int) -> list[int]:
    """Below the ports that outgoing connections take, so that none of those gets one of these first."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        if port not in found and is_free("127.0.0.1", port):
            found.append(port)
    return found
