"""What came of the links in a mail, and visits to the operator's own site."""

from mailexpert.tracking.models_hits import (
    OPENS,
    Device,
    Event,
    HitFile,
    Kind,
    Measuring,
    Mode,
    PixelsOff,
    Rollup,
    Rule,
    Trail,
)
from mailexpert.tracking.models_visits import AdCost, Conversion, Source, Visit, WebRequest

__all__ = [
    "OPENS", "AdCost", "Conversion", "Device", "Event", "HitFile", "Kind", "Measuring", "Mode", "PixelsOff", "Rollup",
    "Rule", "Source", "Trail", "Visit", "WebRequest",
]  # fmt: skip
