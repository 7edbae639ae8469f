"""The data register: what each stored thing is, why it is kept, on what ground, whose it is, and until when.

Each room declares its tables, job arguments, cookies and folders in its `declare.py`; fields of log lines stand beside
the logs in base. Tests over the live schema, real log lines, real cookies and real jobs find what nobody declared.
Categories and purposes are fideslang's terms.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.utils.functional import Promise as LazyText

from mailexpert.base.logs import FIELDS as LOG_FIELDS

Erase = Literal["delete", "hash", "keep"]
TECHNICAL = "system.operations"

__all__ = [
    "LOG_FIELDS", "TECHNICAL", "Column", "Cookie", "DeclaredTwice", "Folder", "Job", "Retention", "Table", "cookies",
    "declare", "declare_cookies", "declare_folder", "declare_job", "folders", "jobs", "tables",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Column:
    category: str
    erase: Erase = "delete"
    export: bool = True

    @property
    def is_personal(self) -> bool:
        return self.category.startswith("user.")


@dataclass(frozen=True, kw_only=True)
class Retention:
    """A row is too old when `column` lies more than `after` back. It is deleted then; `cut` names columns that are
    emptied instead, and the row stays (an IP address of an old visit). `where`: which rows have an end at all."""

    column: str
    after: timedelta = timedelta(0)
    cut: Sequence[str] = ()
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    name: str
    purpose: str
    ground: str
    subject: str
    keep: str
    columns: Mapping[str, Column]
    retention: Sequence[Retention] = ()
    person: str = ""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What stands in the queue's table, which is readable across accounts: ids, nothing else."""

    name: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Cookie:
    """`essential`: without it the page that was asked for can't work, so it needs no consent. `owner`: whose it is
    when it isn't ours."""

    name: str
    purpose: str | LazyText
    kept: str | LazyText
    when: str | LazyText
    category: str = "user.device.cookie_id"
    use: str = "essential.service"
    essential: bool = True
    longest: timedelta | None = None  # None ends with the browser
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A place in the home, by its path there. `category` is what its files hold."""

    path: str
    category: str
    purpose: str
    ground: str
    subject: str
    keep: str
    retention: timedelta | None = None


_tables: dict[str, Table] = {}
_jobs: dict[str, Job] = {}
_cookies: dict[str, Cookie] = {}
_folders: dict[str, Folder] = {}


class DeclaredTwice(Exception):
    """Two rooms declare the same thing; one of them must go."""


def declare(
    table: str,
    *,
    purpose: str,
    ground: str,
    subject: str,
    keep: str,
    columns: Mapping[str, str | Column] | None = None,
    technical: Iterable[str] = (),
    retention: Retention | Sequence[Retention] = (),
    person: str = "",
) -> None:
    """Declare a table. `columns`: personal or business data, as a category or a Column; `technical`: keys, states
    and times that say nothing about a person by themselves. `retention`: what the daily job deletes or cuts.
    `person`: the column that says whose row it is, where that isn't contact_id or user_id."""
    if table in _tables:
        raise DeclaredTwice(table)
    declared = {
        name: c if isinstance(c, Column) else Column(category=c) for name, c in (columns or {}).items()
    }
    declared |= {name: Column(category=TECHNICAL, erase="keep", export=False) for name in technical}
    _tables[table] = Table(
        name=table,
        purpose=purpose,
        ground=ground,
        subject=subject,
        keep=keep,
        columns=declared,
        retention=(retention,) if isinstance(retention, Retention) else tuple(retention),
        person=person or _person(subject, declared),
    )


def _person(subject: str, columns: Mapping[str, Column]) -> str:
    usual = f"{subject}_id" if subject in {"contact", "user"} else ""
    return usual if usual in columns else ""


def declare_job(name: str, **arguments: str) -> None:
    """Declare a job by its name in the queue, with the category of each argument beside account_id."""
    if name in _jobs:
        raise DeclaredTwice(name)
    _jobs[name] = Job(name=name, arguments={"account_id": TECHNICAL, "timestamp": TECHNICAL, **arguments})


def declare_cookies(*cookies: Cookie) -> None:
    for cookie in cookies:
        if cookie.name in _cookies:
            raise DeclaredTwice(cookie.name)
        _cookies[cookie.name] = cookie


def declare_folder(folder: Folder) -> None:
    if folder.path in _folders:
        raise DeclaredTwice(folder.path)
    _folders[folder.path] = folder


def tables() -> Mapping[str, Table]:
    return _tables


def jobs() -> Mapping[str, Job]:
    return _jobs


def cookies() -> Mapping[str, Cookie]:
    return _cookies


def folders() -> Mapping[str, Folder]:
    return _folders
