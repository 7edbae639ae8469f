"""The addresses that mailbox providers send feedback reports to: `f-<token>@<host>`, one of each account, and one of
the installation for loops that go by the address of a mail server.

The token is signed, so that nobody can have us read reports at addresses that we never gave, and it survives forms and
mail servers that change its case."""

from mailexpert.mail import links

PREFIX = "f-"
INSTALLATION = 0


def address(key: bytes, account: int, host: str) -> str:
    """Where reports about an account's mail go; `INSTALLATION`: about everybody's."""
    return f"{PREFIX}{links.feedback_token(key, account)}@{host}"


def read(key: bytes, recipient: str) -> int | None:
    """The account that an address is for; None when it is none of ours. The domain is free. Never raises."""
    local = recipient.strip("<>").rpartition("@")[0].lower()
    if not local.startswith(PREFIX):
        return None
    return links.read_feedback_token(key, local[len(PREFIX) :])
