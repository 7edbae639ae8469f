"""One secret, many keys: each purpose derives its own, so that a leaked one opens nothing else."""

import hashlib
import os
import secrets
from base64 import urlsafe_b64encode
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from mailexpert.base import env

SECRET_FILE = "secret.key"  # noqa: S105  (a name, no secret)
SHORTEST_SECRET = 32


class SecretProblem(Exception):
    """The secret is missing, too short, or not the one that sealed the data."""


def secret() -> str:
    """The master secret: from the environment, else from the home."""
    given = env.load().secret_key
    found = given if given else _from_home(env.load().home)
    if len(found) < SHORTEST_SECRET:
        raise SecretProblem(f"MAILEXPERT_SECRET_KEY must have at least {SHORTEST_SECRET} characters.")
    return found


def _from_home(home: Path) -> str:
    path = home / SECRET_FILE
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return make_secret(home)


def make_secret(home: Path) -> str:
    """Make the home's secret once; of two starters at the same time one wins and both use its secret."""
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f".{SECRET_FILE}.{os.getpid()}"
    draft.write_text(secrets.token_urlsafe(48) + "\n")
    draft.chmod(0o600)
    try:
        os.link(draft, home / SECRET_FILE)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return (home / SECRET_FILE).read_text().strip()


@cache
def derive(purpose: str) -> bytes:
    """A key of 32 bytes for one purpose; the same secret and purpose always give the same key."""
    return hashlib.blake2b(
        purpose.encode(), key=hashlib.sha512(secret().encode()).digest(), digest_size=32
    ).digest()


def seal(plain: str, purpose: str) -> str:
    """Encrypt a secret that we must be able to use again (a relay's password)."""
    return _box(purpose).encrypt(plain.encode()).decode() if plain else ""


def unseal(sealed: str, purpose: str) -> str:
    if not sealed:
        return ""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as problem:
        raise SecretProblem(
            f"The stored secret for '{purpose}' was sealed with another key. "
            "Put the former MAILEXPERT_SECRET_KEY back, or enter the secret again."
        ) from problem


def keyed_hash(value: str, purpose: str) -> bytes:
    """A pseudonym of a value (20 bytes) that nobody can guess back without the key."""
    return hashlib.blake2b(value.encode(), key=derive(purpose), digest_size=20).digest()


def _box(purpose: str) -> Fernet:
    return Fernet(urlsafe_b64encode(derive("seal:" + purpose)))
