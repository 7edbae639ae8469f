"""Decisions about persons. No Django."""

import hashlib

from mailexpert.base import keys

PERSON = "consent person"
MEASUREMENT = "individual_measurement"  # the account-wide consent, beside the purposes of lists
OFF = "#"  # no address begins so and has no @


def person(email_key: str) -> bytes:
    """The pseudonym under which the ledger knows an address, also after the address is erased."""
    return keys.keyed_hash(email_key, PERSON)


def off_mark(account_id: int, email_key: str) -> str:
    """What stays of an erased address in one account, so that nobody brings it back: the same address gives another
    one elsewhere, and nobody can guess it back without our key. contacts/sql/match.sql says the same in SQL."""
    return OFF + hashlib.sha256(account_id.to_bytes(8, "big") + person(email_key)).hexdigest()
