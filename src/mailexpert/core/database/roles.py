"""The two database roles: the owner stands beside the wall, the application under it."""

from typing import Any

OWNER = "mailexpert_owner"
APP = "mailexpert_app"
NO_DATABASE = "__no_db__"  # Django's alias for a session that belongs to no database of ours


class RolesMissing(Exception):
    """The login may not create roles. Ask the administrator of the database to make mailexpert_owner and
    mailexpert_app and to grant both to the login; `mailexpert doctor` shows the statements."""


def make_roles(cursor: Any) -> None:
    """Make both roles and let the login take them; whoever comes second finds them made."""
    for role in (OWNER, APP):
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(
                f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        if not _may_take(cursor, role):
            cursor.execute(f"GRANT {role} TO CURRENT_USER")


def _may_take(cursor: Any, role: str) -> bool:
    # From 16 on membership and the right to SET ROLE are two things; a creator gets only the first.
    cursor.execute("SELECT current_setting('server_version_num')::int >= 160000")
    right = "SET" if cursor.fetchone()[0] else "MEMBER"
    cursor.execute("SELECT pg_has_role(current_user, %s, %s)", [role, right])
    return bool(cursor.fetchone()[0])
