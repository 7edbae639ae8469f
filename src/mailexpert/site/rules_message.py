"""What word about the service may hold: when, what, what to do. No promotion, no links. No Django."""

import re
from datetime import datetime

LONGEST = 400  # characters of what it is about
PROMOTION = re.compile(
    r"\b(korting\w*|aanbieding\w*|actieprijs|gratis|voordeel\w*|upgrade\w*|bestel\w*|probeer nu|tijdelijk voor|"
    r"nu met|slechts €|nieuw(e)? functies?|discount\w*|offers?|sale|free|deals?|buy|order now|upgrad\w*|"
    r"limited time|new features?|try our|save \d+|\d+\s?% (korting|off))\b|\d+\s?%",
    re.IGNORECASE,
)
LINK = re.compile(r"https?://|www\.|\b[\w-]+\.(nl|com|eu|org|net)\b", re.IGNORECASE)


def faults(
    texts: dict[str, str], *, event: str, starts_at: datetime | None, ends_at: datetime | None
) -> list[str]:
    """Why it can't be offered to a second reader: codes, for sentences elsewhere."""
    found = []
    if any(not texts.get(f"body_{language}", "").strip() for language in ("nl", "en")):
        found.append("language")
    if any(len(texts.get(f"body_{language}", "")) > LONGEST for language in ("nl", "en")):
        found.append("long")
    whole = " ".join(texts.values())
    if PROMOTION.search(whole):
        found.append("promotion")
    if LINK.search(whole):
        found.append("link")
    if event == "maintenance" and (starts_at is None or ends_at is None):
        found.append("time")
    if starts_at and ends_at and ends_at <= starts_at:
        found.append("order")
    return found


def promotional(text: str) -> str:
    """The first word that reads like a promotion, to be shown to who wrote it."""
    match = PROMOTION.search(text)
    return match[0] if match else ""
