"""From notice to erasure: 30 days read-only, 30 more to take the data along, then gone. No Django."""

from datetime import datetime, timedelta

READ_ONLY = timedelta(days=30)
RETRIEVAL = timedelta(days=30)
SAFE = {"GET", "HEAD", "OPTIONS"}
# What still works for who gave notice: leaving, coming back, their own login.
OPEN = (
    "/uitloggen/", "/inloggen/", "/wachtwoord/", "/instellingen/vertrek/", "/instellingen/wissel/",
    "/instellingen/apparaten/", "/instellingen/wachtwoord/", "/taal/", "/thema/", "/cookies/", "/uitschrijven/",
)  # fmt: skip


def phase(notice_at: datetime | None, now: datetime) -> str:
    """active, read_only, retrieval (only what is taken along can be reached) or over."""
    if notice_at is None:
        return "active"
    if now < notice_at + READ_ONLY:
        return "read_only"
    return "retrieval" if now < notice_at + READ_ONLY + RETRIEVAL else "over"


def read_only_until(notice_at: datetime) -> datetime:
    return notice_at + READ_ONLY


def erased_at(notice_at: datetime) -> datetime:
    return notice_at + READ_ONLY + RETRIEVAL


def refuses(found: str, method: str, path: str) -> bool:
    """Whether a request of an account in this phase is turned away."""
    if found == "active" or path.startswith(OPEN):
        return False
    return method not in SAFE if found == "read_only" else True
