"""The server's settings for a small machine, and who may come in."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

from mailexpert.operations.postgres.place import PORT, Place

LOGIN = DATABASE = "mailexpert"
SUPERUSER = "postgres"
INCLUDED = "mailexpert.conf"
OPERATOR = "local.conf"

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": 200,
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": 1.1,
    "jit": "off",
    "synchronous_commit": "on",
    "wal_buffers": "16MB",
    "min_wal_size": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
    # No row and no statement in the log: both hold people's data.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": 0,
}


def write(place: Place, sockets: Path, extra: Mapping[str, object]) -> None:
    """Written anew at each start; what an operator wants otherwise stands in local.conf beside it."""
    folder = str(sockets).replace('"', '""')
    values = SETTINGS | {"unix_socket_directories": f'"{folder}"'} | dict(extra)
    lines = [f"{name} = {_quoted(value)}" for name, value in values.items()]
    _put(place, INCLUDED, [*lines, f"include_if_exists = '{OPERATOR}'"])
    _put(place, "pg_hba.conf", ["local all all peer map=mailexpert"])
    allowed = product(sorted({place.account.name, "root"}), (LOGIN, SUPERUSER))
    _put(place, "pg_ident.conf", [f'mailexpert "{name}" {role}' for name, role in allowed])


def include(data: Path) -> None:
    with (data / "postgresql.conf").open("a") as file:
        file.write(f"\ninclude_if_exists = '{INCLUDED}'\n")


def _quoted(value: object) -> str:
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def _put(place: Place, name: str, lines: list[str]) -> None:
    path = place.data / name
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o600)
    place.account.own(path)
