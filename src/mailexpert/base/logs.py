"""Logs: one line an event, and never an e-mail address in it."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Every field that a line may have, with its category in the data register. A field that isn't here leaves no trace
# but its name: what nobody thought about is no place for a person's data.
FIELDS = {
    "timestamp": "system.operations",
    "level": "system.operations",
    "process": "system.operations",
    "event": "system.operations",
    "exception": "system.operations",
    "undeclared": "system.operations",
    "again_in_seconds": "system.operations",
    "count": "system.operations",
    "detail": "system.operations",
    "file": "system.operations",
    "group": "system.operations",
    "host": "system.operations",
    "issue": "system.operations",
    "kept": "system.operations",
    "people": "system.operations",
    "pid": "system.operations",
    "port": "system.operations",
    "port_variable": "system.operations",
    "problem": "system.operations",
    "reason": "system.operations",
    "relay": "system.operations",
}
ADDRESS = re.compile(r"([^\s@<>\"'(),;:]{1,64})@([A-Za-z0-9.-]+)")


def mask(text: str) -> str:
    """`jan.jansen@voorbeeld.nl` → `j***@voorbeeld.nl`."""
    return ADDRESS.sub(lambda found: f"{found[1][0]}***@{found[2]}", text) if "@" in text else text


def _declared(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    strange = sorted(event.keys() - FIELDS.keys())
    for name in strange:
        del event[name]
    if strange:
        event["undeclared"] = ",".join(strange)
    return event


def _masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask(value)
    return event


class MaskingFormatter(logging.Formatter):
    """For the standard library's loggers (Django, granian), tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def configure(process: str) -> None:
    """Set up logging for one process; its name stands in every line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # The queue tells each job's coming and going, aiosmtpd each line of a session; only faults are worth a line.
    for talker in ("procrastinate", "mail.log"):
        logging.getLogger(talker).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _declared,
            _masked,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "process", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(process=process)
