"""What the live database shows: the wall (A10), secrets (A10), the data register and measurements (A27)."""

from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_noop as _

from mailexpert.accounts.models import User
from mailexpert.base import env as environment
from mailexpert.base import keys
from mailexpert.core import register
from mailexpert.core.database.roles import APP
from mailexpert.core.models import Walled
from mailexpert.core.promises import Ground, Outcome, broken, check, kept
from mailexpert.core.scope import account
from mailexpert.core.walls import walled_models
from mailexpert.privacy import drift
from mailexpert.sending.models import Relay

NOBODY = -1  # no account has this number
ARGON2_OR_NONE = "^(argon2|!)"
SEALED = "gAAAA"  # how every token of Fernet begins
OPEN_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relname = ANY (%s) AND c.relnamespace = 'public'::regnamespace
  AND NOT (c.relrowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'wall'))
"""
TOO_MUCH = """
SELECT name FROM unnest(%s::text[]) AS name
WHERE has_table_privilege(%s, name, 'UPDATE') OR has_table_privilege(%s, name, 'DELETE')
"""
STRONG = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s"


@check("A10", "wall")
def the_wall_stands(ground: Ground) -> Outcome:
    # What a migrate is still to bring holds nothing yet.
    present = set(connection.introspection.table_names())
    walled = [model for model in walled_models() if model._meta.managed and model._meta.db_table in present]
    tables = [model._meta.db_table for model in walled]
    append_only = [m._meta.db_table for m in walled if issubclass(m, Walled) and m.append_only]
    without = _names(OPEN_TABLES, [tables])
    if without:
        return broken(_("tables without a wall: %(tables)s"), tables=", ".join(without))
    if _names(STRONG, [APP]) != ["False"]:
        return broken(_("the application’s role passes through the wall"))
    changeable = _names(TOO_MUCH, [append_only, APP, APP])
    if changeable:
        return broken(
            _("the application may change what only grows: %(tables)s"), tables=", ".join(changeable)
        )
    seen = [model._meta.db_table for model in walled if _is_seen_by_nobody(model)]
    if seen:
        return broken(_("rows seen without an account in %(tables)s"), tables=", ".join(seen))
    return kept(_("tried from no account: 0 rows seen in %(count)s walled tables"), count=len(tables))


def _is_seen_by_nobody(model: type[models.Model]) -> bool:
    with account(NOBODY), connection.cursor() as cursor:
        cursor.execute(f'SELECT 1 FROM "{model._meta.db_table}" LIMIT 1')  # noqa: S608
        return cursor.fetchone() is not None


@check("A10", "rest")
def secrets_are_closed(ground: Ground) -> Outcome:
    secret = ground.env.home / keys.SECRET_FILE
    if ground.env.secret_key is None and secret.exists() and secret.stat().st_mode & 0o077:
        return broken(_("others on this machine may read the secret key"))
    unsealed = Relay.objects.exclude(secret="").exclude(secret__startswith=SEALED).count()
    if unsealed:
        return broken(_("relay passwords stored unsealed: %(count)s"), count=unsealed)
    weak = User.objects.exclude(password__regex=ARGON2_OR_NONE).count()
    if weak:
        return broken(_("passwords not stored as Argon2: %(count)s"), count=weak)
    return kept(
        _("passwords kept as Argon2 (users: %(users)s), those of relays sealed"), users=User.objects.count()
    )


@check("A10", "transit")
def the_way_is_closed(ground: Ground) -> Outcome:
    known = ground.env
    for address in (known.base_url, known.track_url):
        if address.startswith("http://") and not _is_here(address):
            return broken(_("%(address)s is not encrypted"), address=address)
    if known.relay_security == "none" and not known.relay_is_local:
        return broken(_("the relay takes mail unencrypted"))
    in_the_open = Relay.objects.filter(enabled=True, security="none").exclude(host__in=environment.LOOPBACK)
    if in_the_open.exists():
        return broken(
            _("relays of accounts that take mail unencrypted: %(count)s"), count=in_the_open.count()
        )
    if not known.is_https:
        return kept(_("nothing leaves this machine unencrypted; it is not public yet"))
    return kept(_("HTTPS for pages and hits, TLS for every relay"))


def _is_here(address: str) -> bool:
    return any(address.startswith(f"http://{name}") for name in ("localhost", "127.0.0.1", "[::1]"))


@check("A27", "register")
def everything_is_declared(ground: Ground) -> Outcome:
    strange = [*drift.columns(), *drift.arguments(), *drift.files(ground.env.home), *drift.cookies()]
    if strange:
        return broken(_("in no data register: %(what)s"), what=", ".join(strange[:5]))
    count = sum(len(table.columns) for table in register.tables().values())
    return kept(_("%(count)s fields with purpose and retention, none undeclared"), count=count)


@check("A27", "no_join")
def no_visit_names_a_person(ground: Ground) -> Outcome:
    paths = [
        f"{name}.{column}"
        for name, table in register.tables().items()
        if name.startswith("tracking_") and not table.ground.startswith("consent")
        for column, what in table.columns.items()
        if what.category.startswith(("user.unique_id", "user.contact", "user.name")) or _is_key(column)
    ]
    if paths:
        return broken(_("measurements lead to persons: %(paths)s"), paths=", ".join(paths))
    return kept(_("no table of measurements leads to a person without consent"))


def _is_key(column: str) -> bool:
    return column in {"contact_id", "user_id", "visitor_id", "session_key"}


def _names(statement: str, values: list[Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [str(row[0]) for row in cursor.fetchall()]
