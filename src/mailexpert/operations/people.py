"""Tokens and staff members, made by whoever has the machine."""

from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.operations.problems import Problem


class NoSuchAccount(Problem):
    """There is no account `{slug}`. Existing ones: {known}."""


class WeakPassword(Problem):
    """That password can't be used: {why}"""


class UserExists(Problem):
    """{email} has a login already."""


def create_token(slug: str, name: str) -> str:
    """A token of the account, told only now."""
    from mailexpert.accounts.models import Account

    with beside_wall(Beside.OPERATE):
        known = dict(Account.objects.values_list("slug", "id"))
    if slug not in known:
        raise NoSuchAccount(slug=slug, known=", ".join(sorted(known)) or "none")
    with account(known[slug]):
        from mailexpert.accounts.models import ApiToken

        return ApiToken.objects.make(name=name)


def create_staff(email: str, full_name: str, password: str) -> str:
    """A person who works for the operator; says who it is."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from mailexpert.accounts.models import User

    try:
        validate_password(password, User(email=email, full_name=full_name))
    except ValidationError as problem:
        raise WeakPassword(why=" ".join(problem.messages)) from problem
    with beside_wall(Beside.OPERATE):
        if User.objects.filter(email__iexact=email).exists():
            raise UserExists(email=email)
        User.objects.create_user(email, password, full_name=full_name, is_staff=True)
    return f"{email} is a staff member now."
