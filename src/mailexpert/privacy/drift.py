"""Where what is really stored differs from the data register: columns, jobs, files and cookies nobody declared."""

from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from mailexpert.core import register
from mailexpert.privacy.models import ServedCookie

COLUMNS = """
SELECT c.relname, a.attname FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped
"""
# Arguments of the newest jobs; the queue's table forgets the rest within a week.
ARGUMENTS = """
SELECT DISTINCT task_name, key
FROM (SELECT task_name, args FROM procrastinate_jobs ORDER BY id DESC LIMIT 10000) newest,
  LATERAL jsonb_object_keys(args) AS key
"""


def columns() -> list[str]:
    """Needs a session beside the wall, which sees every table."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        live = cursor.fetchall()
    tables = register.tables()
    return sorted(
        f"{table}.{column}"
        for table, column in live
        if table not in tables or column not in tables[table].columns
    )


def arguments() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(ARGUMENTS)
        live = cursor.fetchall()
    jobs = register.jobs()
    return sorted(f"{job}({key})" for job, key in live if job not in jobs or key not in jobs[job].arguments)


def files(home: Path) -> list[str]:
    """What lies in the home and in no declared place."""
    return sorted(_strange(home, home, {Path(path) for path in register.folders()}))


def cookies() -> list[str]:
    served = set(ServedCookie.objects.values_list("name", flat=True))
    return sorted(served - register.cookies().keys())


def _strange(home: Path, folder: Path, declared: set[Path]) -> Iterator[str]:
    on_the_way = {parent for path in declared for parent in path.parents}
    for entry in folder.iterdir() if folder.is_dir() else ():
        place = entry.relative_to(home)
        if place in on_the_way:
            yield from _strange(home, entry, declared)
        elif place not in declared and not entry.name.startswith("."):
            yield str(place)
