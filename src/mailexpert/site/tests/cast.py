"""The operator's side of the cast: the operator's account, two staff members, and an engine that sends at once."""

from collections.abc import Collection

from django.test import Client

from mailexpert.accounts.actions import OPERATOR, make_account, make_staff
from mailexpert.accounts.models import Account, User
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings.models import Mailing
from mailexpert.privacy.actions_staff import sign
from mailexpert.sending.models import Delivery, Issue, Outcome, Shard
from mailexpert.site import customers

EVERY = {f"A{number}" for number in range(1, 33)}


def make_operator() -> Account:
    return make_account(name="MailExpert", slug=OPERATOR, postal_address="Kade 1, 1234 AB Lindewoud")


def staff(name: str, *, signed: bool = True) -> User:
    made = make_staff(f"{name}@mailexpert.example", name.title())
    if signed:
        sign(made, name.title(), "nl")
    return made


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def confirm(tenant: Tenant) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.get_or_create(
        user=tenant.owner, email=tenant.owner.email, defaults={"verified": True, "primary": True}
    )


def deliver(failing: Collection[str] = ()) -> list[str]:
    """What the engine would do with everything that is under way: who got a mail now."""
    sent: list[str] = []
    operator = customers.operator_id()
    with beside_wall(Beside.TESTS):
        issues = list(Issue.objects.filter(account_id=operator, state=Issue.State.SENDING))
        for issue in issues:
            for shard in Shard.objects.filter(issue_id=issue.id):
                for contact_id in shard.contact_ids:
                    sent += _hand_over(operator, issue, contact_id, failing)
                Shard.objects.filter(id=shard.id).update(state=Shard.State.DONE, upto=len(shard.contact_ids))
            Issue.objects.filter(id=issue.id).update(state=Issue.State.DONE)
    with account(operator):
        Mailing.objects.filter(state=Mailing.State.SENDING).update(state=Mailing.State.SENT)
    return sorted(sent)


def _hand_over(operator: int, issue: Issue, contact_id: int, failing: Collection[str]) -> list[str]:
    from mailexpert.contacts.models import Contact

    email = Contact.objects.get(id=contact_id, account_id=operator).email
    outcome = Outcome.FAILED if email in failing else Outcome.SENT
    Delivery.objects.create(
        account_id=operator, issue_id=issue.id, contact_id=contact_id, attempt=1, outcome=outcome, code=250
    )
    return [] if email in failing else [email]
