"""How often a process that sends looks for cycles."""

import gc

YOUNG_OBJECTS = 50_000  # a window's people, letters and answers live briefly and hold no cycles


def collect_seldom() -> None:
    """Looking for cycles among what was just made took a sixth of the engine's time and found nothing."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 50, 50)
