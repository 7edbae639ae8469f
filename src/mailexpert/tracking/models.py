"""What came of the links in a mail, visits to the operator's own site, and goals on the accounts' sites."""

from mailexpert.tracking.models_goals import (
    Channel,
    Conversion,
    ConversionLink,
    Goal,
    GoalDay,
    SiteMeasuring,
    SiteSeen,
)
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
from mailexpert.tracking.models_visits import AdCost, Source, Visit, WebRequest

__all__ = [
    "OPENS", "AdCost", "Channel", "Conversion", "ConversionLink", "Device", "Event", "Goal", "GoalDay", "HitFile",
    "Kind", "Measuring", "Mode", "PixelsOff", "Rollup", "Rule", "SiteMeasuring", "SiteSeen", "Source", "Trail", "Visit",
    "WebRequest",
]  # fmt: skip
