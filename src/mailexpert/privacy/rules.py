"""Decisions about persons. No Django."""

from mailexpert.base import keys

PERSON = "consent person"


def person(email_key: str) -> bytes:
    """The pseudonym under which the ledger knows an address, also after the address is erased."""
    return keys.keyed_hash(email_key, PERSON)
