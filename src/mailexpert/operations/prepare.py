"""What a home needs before anything runs on it: secret, tables, the accounts of a fresh installation."""

import hashlib
import subprocess
import sys
from pathlib import Path

from mailexpert.base import keys
from mailexpert.base.env import Environment
from mailexpert.operations import postgres

ROOMS = Path(__file__).parents[1]
STAMP = "prepared"
# Whatever of these changes may change tables, policies or grants.
SHAPES = (
    "*/migrations/*.py",
    "*/models*.py",
    "*/models/*.py",
    "core/walls.py",
    "core/views.py",
    "operations/sample/*.py",
)


def if_needed(env: Environment) -> bool:
    """Prepare the home unless this version of the code already did; whether it had to."""
    if _stamp(env).exists() and _stamp(env).read_text() == digest(env):
        return False
    # In a process of its own: Django's settings are read once, and the supervisor needs no Django.
    subprocess.run([sys.executable, "-m", "mailexpert.operations.cli", "prepare"], check=True)
    return True


def everything(env: Environment) -> None:
    """Repeatable. The caller has the database running and Django set up."""
    from django.core.management import call_command

    from mailexpert.operations import sample

    if not env.secret_key:
        keys.make_secret(env.home)
    call_command("migrate", interactive=False, verbosity=0)
    sample.make_accounts(env)
    _stamp(env).write_text(digest(env))


def digest(env: Environment) -> str:
    """Names this version of the tables, and this database."""
    found = hashlib.blake2b(postgres.dsn(env).encode(), digest_size=12)
    for path in sorted({path for shape in SHAPES for path in ROOMS.glob(shape)}):
        found.update(path.read_bytes())
    return found.hexdigest()


def _stamp(env: Environment) -> Path:
    return env.home / STAMP
