"""Tokens and staff members, made by whoever has the machine."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse

from mailexpert.accounts import actions
from mailexpert.accounts.models import Account
from mailexpert.base.env import Environment
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.operations.problems import Problem


class NoSuchAccount(Problem):
    """There is no account `{slug}`. Existing ones: {known}."""


class NoAddress(Problem):
    """{email} is no e-mail address."""


def create_token(slug: str, name: str) -> str:
    """A new API token of the account; it is told only this once."""
    with beside_wall(Beside.OPERATE):
        known = dict(Account.objects.values_list("slug", "id"))
    if slug not in known:
        raise NoSuchAccount(slug=slug, known=", ".join(sorted(known)) or "none")
    return actions.make_token(known[slug], name)


def create_staff(env: Environment, email: str, full_name: str) -> str:
    """A person who works for the operator; says what to do next."""
    try:
        validate_email(email)
    except ValidationError:
        raise NoAddress(email=email) from None
    made = actions.make_staff(email, full_name)
    if made.has_usable_password():
        return f"{made.email} is a staff member now, and logs in as before."
    choose = env.base_url + reverse("account_reset_password")
    return f"{made.email} is a staff member now. Choose a password at {choose}"
