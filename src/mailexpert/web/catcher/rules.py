"""Who may see which caught mail. Mails of an account belong to its members; mails of no account (a confirmation, a new
password) are read by whoever sits at this machine, because that is where they would have arrived."""

from dataclasses import dataclass

LOOPBACK_ADDRESSES = {"127.0.0.1", "::1"}
LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}


@dataclass(frozen=True, kw_only=True)
class Visible:
    account_id: int | None
    without_account: bool

    @property
    def is_nothing(self) -> bool:
        return self.account_id is None and not self.without_account


def is_this_machine(remote: str, host: str, *, is_forwarded: bool) -> bool:
    """Whether the request was made here. One that came by a proxy wasn't, and neither was one that a foreign page
    made with a name of its own for 127.0.0.1 (DNS rebinding)."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    return remote in LOOPBACK_ADDRESSES and name in LOOPBACK_NAMES and not is_forwarded


def visible(*, account_id: int | None, on_this_machine: bool) -> Visible:
    return Visible(account_id=account_id, without_account=on_this_machine)
