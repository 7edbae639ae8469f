"""PostgreSQL from a clone: no installation, no password, no port. `with ensure(home) as server:` runs it; the
last one to leave stops it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from mailexpert.base.env import Environment
from mailexpert.operations.postgres.place import expected
from mailexpert.operations.postgres.problems import NoHome, ServerProblem
from mailexpert.operations.postgres.server import Server, ensure, url

__all__ = ["NoHome", "Server", "ServerProblem", "dsn", "ensure", "use"]


def dsn(env: Environment) -> str:
    """Where the database is: the server that DATABASE_URL names, else the home's own. Starts nothing."""
    return env.database_url or url(expected(env.home))


@contextmanager
def use(env: Environment, *, create: bool = False) -> Iterator[Server | None]:
    """The database for as long as the block lasts; None stands for one that DATABASE_URL names."""
    if env.database_url:
        yield None
        return
    with ensure(env.home, create=create) as server:
        yield server
