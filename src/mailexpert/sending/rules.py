"""Decisions about relays, on values alone."""

from collections.abc import Mapping

MOST_TURNS = 100
Limits = dict[str, dict[str, int]]


def turns(weights: Mapping[int, int], *, start: float = 0.0) -> list[int]:
    """Whose turn it is, over and over: each as often as it weighs, spread as evenly as can be. `start` in 0…1 is
    where to begin, so that small mailings don't all begin with the same one."""
    total = sum(weights.values())
    behind = dict.fromkeys(weights, 0)
    order: list[int] = []
    for _turn in range(min(total, MOST_TURNS)):
        for relay, weight in weights.items():
            behind[relay] += weight
        chosen = max(behind, key=lambda relay: behind[relay])
        behind[chosen] -= total
        order.append(chosen)
    first = int(start * len(order)) % len(order)
    return order[first:] + order[:first]


def with_limit(limits: Limits, provider: str, asked: Mapping[str, int | None]) -> Limits:
    """A relay's limits with those of one receiving provider replaced; without a number its limit ends."""
    kept = {name: number for name, number in asked.items() if number}
    others = {key: value for key, value in limits.items() if key != provider}
    return others | ({provider: kept} if kept else {})
