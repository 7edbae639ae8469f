"""The accounts of a fresh installation."""

import secrets
from pathlib import Path

from django.db import transaction

from mailexpert.accounts import actions
from mailexpert.accounts.models import Account
from mailexpert.base import clock
from mailexpert.base.env import Environment
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.operations.sample import mailing, words
from mailexpert.privacy.actions_policy import install

DEMO, OPERATOR = "demo", actions.OPERATOR
LOGIN = "demo@mailexpert.example"
LOGIN_FILE = "sample.login"


def make_accounts(env: Environment) -> None:
    """The operator's own account always; the sample account only where nobody has one yet."""
    with transaction.atomic():
        with beside_wall(Beside.SAMPLE):
            known = set(Account.objects.values_list("slug", flat=True))
        if OPERATOR not in known:
            actions.make_account(name="MailExpert", slug=OPERATOR)
        if not known - {OPERATOR}:
            _make_demo(env)
    install()


def _make_demo(env: Environment) -> None:
    password = f"proef-{secrets.token_hex(5)}"  # its own for each home: a known one would be an open door
    user = actions.make_user(LOGIN, password, full_name="Fenna Wiersma")
    made = actions.make_account(name=words.ORGANISATION, slug=DEMO, owner=user, postal_address=words.ADDRESS)
    actions.accept_agreements(made, user, "nl", clock.now())
    with account(made.id):
        mailing.make()
    _remember(env.home / LOGIN_FILE, password)


def _remember(path: Path, password: str) -> None:
    path.touch(mode=0o600)
    path.write_text(f"{LOGIN}\n{password}\n")


def login(env: Environment) -> tuple[str, str] | None:
    """Address and password of the sample's user, as they were made."""
    try:
        email, password = (env.home / LOGIN_FILE).read_text().split()
    except (FileNotFoundError, ValueError):
        return None
    return email, password
