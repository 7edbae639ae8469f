"""Users of an account: a role can do just what it may."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from mailexpert.accounts.actions import make_user
from mailexpert.accounts.models import Invitation, Membership, User
from mailexpert.accounts.tests.door import link_in
from mailexpert.base import clock
from mailexpert.conftest import PASSWORD, Tenant
from mailexpert.core.scope import account

pytestmark = pytest.mark.django_db
Run = Callable[[], int]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def colleague(shop: Tenant, role: str) -> tuple[Membership, Client]:
    user = make_user(f"{role}@winkel.example", PASSWORD)
    with account(shop.id):
        member = Membership.objects.create(user=user, role=role)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return member, client


def role_of(shop: Tenant, user: User) -> str:
    with account(shop.id):
        found = Membership.objects.filter(user=user).first()
    return found.role if found else ""


def invite(client: Client, run_jobs: Run, email: str = "noor@winkel.example", role: str = "editor") -> str:
    assert (
        client.post("/instellingen/gebruikers/uitnodigen/", {"email": email, "role": role}).status_code == 302
    )
    run_jobs()
    return link_in(str(mail.outbox[-1].body))


def test_someone_new_joins_with_the_mailed_link(shop: Tenant, shop_client: Client, run_jobs: Run) -> None:
    link, new = invite(shop_client, run_jobs), Client()
    assert "noor@winkel.example" in new.get(link).content.decode()
    assert new.post(link, {"full_name": "Noor", "password": PASSWORD})["Location"] == "/"
    assert role_of(shop, User.objects.get(email="noor@winkel.example")) == "editor"
    assert new.get("/").context["account"] == shop.account
    assert Client().get(link).status_code == 404


def test_someone_with_a_login_joins_with_it(
    shop: Tenant, shop_client: Client, stranger: Tenant, stranger_client: Client, run_jobs: Run
) -> None:
    link = invite(shop_client, run_jobs, stranger.owner.email)
    assert "Inloggen" in Client().get(link).content.decode()
    assert stranger_client.post(link).status_code == 302
    assert role_of(shop, stranger.owner) == "editor"
    assert stranger_client.get("/").context["account"] == shop.account


def test_looking_at_an_invitation_accepts_nothing(
    shop: Tenant, shop_client: Client, stranger: Tenant, stranger_client: Client, run_jobs: Run
) -> None:
    stranger_client.get(invite(shop_client, run_jobs, stranger.owner.email))
    assert role_of(shop, stranger.owner) == ""


def test_an_invitation_is_for_its_address_only(
    shop: Tenant, shop_client: Client, stranger: Tenant, stranger_client: Client, run_jobs: Run
) -> None:
    answer = stranger_client.post(invite(shop_client, run_jobs))
    assert "noor@winkel.example" in answer.content.decode()
    assert role_of(shop, stranger.owner) == ""


def test_an_invitation_ends_after_a_week_or_when_it_is_withdrawn(
    shop: Tenant, shop_client: Client, run_jobs: Run
) -> None:
    link = invite(shop_client, run_jobs)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert Client().get(link).status_code == 404
    with account(shop.id):
        made = Invitation.objects.get()
    shop_client.post(f"/instellingen/uitnodigingen/{made.id}/intrekken/")
    assert Client().get(link).status_code == 404
    assert Client().get(link[:-3] + "aa/").status_code == 404


@pytest.mark.parametrize(
    ("role", "looks", "edits", "administers"),
    [("viewer", 200, 403, 403), ("editor", 200, 302, 403), ("admin", 200, 302, 200)],
)
def test_a_role_can_do_just_what_it_may(
    shop: Tenant, role: str, looks: int, edits: int, administers: int
) -> None:
    _member, client = colleague(shop, role)
    assert client.get("/instellingen/gebruikers/").status_code == looks
    assert client.post("/mailings/nieuw/maken/").status_code == edits
    assert client.get("/instellingen/tokens/").status_code == administers
    assert client.post("/instellingen/organisatie/", {}).status_code == administers
    assert client.post("/instellingen/profiel/", {}).status_code == 200


def test_who_may_not_do_something_reads_why(shop: Tenant) -> None:
    _member, client = colleague(shop, "viewer")
    assert "rol in dit account" in client.get("/instellingen/tokens/").content.decode()


def test_an_admin_makes_nobody_owner_and_touches_no_owner(shop: Tenant) -> None:
    member, client = colleague(shop, "admin")
    with account(shop.id):
        owner = Membership.objects.get(user=shop.owner)
    client.post(f"/instellingen/gebruikers/{member.id}/rol/", {"role": "owner"})
    client.post(f"/instellingen/gebruikers/{owner.id}/rol/", {"role": "viewer"})
    client.post(f"/instellingen/gebruikers/{owner.id}/verwijderen/")
    assert (role_of(shop, member.user), role_of(shop, shop.owner)) == ("admin", "owner")


def test_the_last_owner_stays(shop: Tenant, shop_client: Client) -> None:
    with account(shop.id):
        owner = Membership.objects.get(user=shop.owner)
    answer = shop_client.post(f"/instellingen/gebruikers/{owner.id}/rol/", {"role": "admin"}, follow=True)
    assert "minstens één eigenaar" in answer.content.decode()
    assert role_of(shop, shop.owner) == "owner"


def test_who_is_removed_is_out_at_once(shop: Tenant, shop_client: Client) -> None:
    member, client = colleague(shop, "editor")
    shop_client.post(f"/instellingen/gebruikers/{member.id}/verwijderen/")
    assert role_of(shop, member.user) == ""
    answer = client.get("/instellingen/")
    assert answer.status_code == 403
    assert "Je hoort bij geen account" in answer.content.decode()


def test_a_user_of_two_accounts_switches_between_them(
    shop: Tenant, shop_client: Client, stranger: Tenant
) -> None:
    with account(stranger.id):
        Membership.objects.create(user=shop.owner, role="viewer")
    assert shop_client.get("/").context["account"] == shop.account
    assert stranger.account.name in shop_client.get("/instellingen/").content.decode()
    shop_client.post("/instellingen/wissel/", {"account": stranger.id})
    assert shop_client.get("/").context["account"] == stranger.account


def test_nobody_switches_to_an_account_of_others(shop_client: Client, stranger: Tenant) -> None:
    assert shop_client.post("/instellingen/wissel/", {"account": stranger.id}).status_code == 404
    assert shop_client.post("/instellingen/wissel/", {"account": "'; --"}).status_code == 404
