"""The sample: an account to try MailExpert with, and its first mailing to the built-in catcher."""

from django.db import transaction

from mailexpert.accounts.models import Account, Membership, User
from mailexpert.base.env import Environment
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall

DEMO, OPERATOR = "demo", "operator"
LOGIN, PASSWORD = "demo@mailexpert.example", "proef-maar-rustig"


def make_accounts(env: Environment) -> None:
    """The operator's own account always; the sample account once, in a home without any account."""
    with beside_wall(Beside.SAMPLE), transaction.atomic():
        if Account.objects.exists():
            return
        Account.objects.create(slug=OPERATOR, name="MailExpert", postal_address="")
        demo = Account.objects.create(
            slug=DEMO, name="Stichting Voorbeeld", postal_address="Molenpad 12\n1234 AB Lindewoud"
        )
        owner = User.objects.create_user(LOGIN, PASSWORD, full_name="Sam Voorbeeld")
        Membership.objects.create(account_id=demo.id, user=owner, role=Membership.Role.OWNER)


def send(env: Environment) -> None:
    """Send the sample mailing once; print the sample login and the report's address."""
    print(f"Sample login: {LOGIN} with password {PASSWORD}")
