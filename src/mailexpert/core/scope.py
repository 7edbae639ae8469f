"""Whose data this is: the account that is active now. The database session follows it before each statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from mailexpert.core.beside import Beside

_account: ContextVar[int | None] = ContextVar("mailexpert_account", default=None)
_beside: ContextVar[Beside | None] = ContextVar("mailexpert_beside", default=None)


class NoAccount(Exception):
    """No account is active here. Enter one with `with account(id):` before touching an account's rows."""


@contextmanager
def account(account_id: int) -> Iterator[None]:
    """Work for one account; also leaves a surrounding `beside_wall`, so that the wall stands again."""
    token, beside = _account.set(account_id), _beside.set(None)
    try:
        yield
    finally:
        _beside.reset(beside)
        _account.reset(token)


@contextmanager
def beside_wall(reason: Beside) -> Iterator[None]:
    """Work over all accounts, for one of the listed reasons."""
    token = _beside.set(reason)
    try:
        yield
    finally:
        _beside.reset(token)


def current_account() -> int:
    found = _account.get()
    if found is None:
        raise NoAccount(NoAccount.__doc__)
    return found


def active_account() -> int | None:
    return _account.get()


def is_beside_wall() -> bool:
    return _beside.get() is not None
