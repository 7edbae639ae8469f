"""Each promise with its last check, as the policy page shows it."""

from collections.abc import Mapping

from mailexpert.core import promises
from mailexpert.privacy.queries import Standing, public_promises


def states(language: str) -> Mapping[str, Standing]:
    return {row.id: row for row in public_promises(language)}


def backed() -> set[str]:
    """Promises with a check, or with a person who may answer for them."""
    return {promise.id for promise in promises.promises() if promise.parts}
