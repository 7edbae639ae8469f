"""The data register: what each stored column is, why it is kept, on what ground, whose it is, and until when.

Each room declares its tables in its `declare.py`; a test over the live schema finds the column that nobody declared.
Categories and purposes are fideslang's terms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Erase = Literal["delete", "hash", "keep"]
TECHNICAL = "system.operations"


@dataclass(frozen=True, kw_only=True)
class Column:
    category: str
    erase: Erase = "delete"
    export: bool = True

    @property
    def is_personal(self) -> bool:
        return self.category.startswith("user.")


@dataclass(frozen=True, kw_only=True)
class Table:
    name: str
    purpose: str
    ground: str
    subject: str
    keep: str
    columns: Mapping[str, Column]


_tables: dict[str, Table] = {}


class DeclaredTwice(Exception):
    """Two rooms declare the same table; one of them must go."""


def declare(
    table: str,
    *,
    purpose: str,
    ground: str,
    subject: str,
    keep: str,
    columns: Mapping[str, str | Column] | None = None,
    technical: Iterable[str] = (),
) -> None:
    """Declare a table. `columns`: personal or business data, as a category or a Column; `technical`: keys, states
    and times that say nothing about a person by themselves."""
    if table in _tables:
        raise DeclaredTwice(table)
    declared = {
        name: c if isinstance(c, Column) else Column(category=c) for name, c in (columns or {}).items()
    }
    declared |= {name: Column(category=TECHNICAL, erase="keep", export=False) for name in technical}
    _tables[table] = Table(
        name=table, purpose=purpose, ground=ground, subject=subject, keep=keep, columns=declared
    )


def tables() -> Mapping[str, Table]:
    return _tables
