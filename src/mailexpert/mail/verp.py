"""Return paths that say whose mail came back (VERP): `b-<token>@<host>`, one per issue and contact.

The token is signed, so that nobody can make us believe that a mail bounced, and it survives mail servers that
change its case. It holds no address.
"""

from mailexpert.mail import links

PREFIX = "b-"


def return_path(key: bytes, issue: int, contact: int, host: str) -> str:
    """The envelope sender of one message (RFC 5321, 4.4)."""
    return f"{PREFIX}{links.return_token(key, issue, contact)}@{host}"


def read(key: bytes, recipient: str) -> links.Stop | None:
    """Which issue and contact a returned mail is about, by the address that it came back to; None when that is none
    of ours. The domain is free: several lead to us. Never raises."""
    local = recipient.strip("<>").rpartition("@")[0].lower()
    if not local.startswith(PREFIX):
        return None
    return links.read_return_token(key, local[len(PREFIX) :])
