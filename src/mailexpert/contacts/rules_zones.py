"""The time zones that a contact can be in: a place, as the tz database names it. No Django."""

from zoneinfo import available_timezones

CONTINENTS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)
ZONES = sorted(zone for zone in available_timezones() if zone.startswith(CONTINENTS))
LABELS = {zone: zone.replace("_", " ") for zone in ZONES}
BY_WRITING = {zone.lower(): zone for zone in ZONES}


def zone_of(text: str) -> str:
    """The zone that was meant, whatever its capitals or spaces; nothing where there is no such place."""
    return BY_WRITING.get("_".join(text.lower().split()), "")
