"""Word about an account: each thing once, in the page and by mail to who wants it."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from mailexpert.accounts.jobs import watch_limits
from mailexpert.accounts.models import Membership, Package, Word
from mailexpert.accounts.words import note_login
from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact, Import
from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing
from mailexpert.sending.models import Issue
from mailexpert.sending.models_domains import SenderDomain
from mailexpert.site.jobs import tell_accounts

pytestmark = pytest.mark.django_db
Run = Callable[[], int]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


def kinds(tenant: Tenant) -> list[str]:
    with account(tenant.id):
        return sorted(Word.objects.values_list("kind", flat=True))


def test_what_happens_is_told_once(shop: Tenant, stranger: Tenant, run_jobs: Run) -> None:
    now = timezone.now()
    with account(shop.id):
        Import.objects.create(file_name="lezers.csv", state="done", finished_at=now)
        Import.objects.create(file_name="stuk.csv", state="failed", finished_at=now)
        Mailing.objects.create(name="Kerst", state="paused")
        issue = {"sender_address": "a@b.nl", "subject": "Kerst", "purpose": "newsletter", "mailing_id": 1}
        Issue.objects.create(reason="relay_unreachable", **issue)
        SenderDomain.objects.create(name="winkel.example", token="x", state=SenderDomain.State.BROKEN)
    tell_accounts.run()
    tell_accounts.run()
    told = ["domain_broken", "import_done", "import_failed", "mailing_paused", "relay_refuses"]
    assert kinds(shop) == told
    assert kinds(stranger) == []
    run_jobs()
    assert len(mail.outbox) == len(told)
    assert {one.to[0] for one in mail.outbox} == {shop.owner.email}


def test_a_limit_is_told_near_and_reached(shop: Tenant, run_jobs: Run) -> None:
    Package.objects.create(name="Klein", contacts=5, is_default=True)
    with account(shop.id):
        for number in range(4):
            Contact.objects.create(email=f"p{number}@voorbeeld.nl")
    watch_limits.run()
    assert kinds(shop) == ["limit_near"]
    with account(shop.id):
        Contact.objects.create(email="vijf@voorbeeld.nl")
    watch_limits.run()
    assert kinds(shop) == ["limit_near", "limit_reached"]
    run_jobs()
    assert "4 van 5" in mail.outbox[0].subject


def test_who_muted_a_kind_sees_it_in_the_page_only(shop: Tenant, shop_client: Client, run_jobs: Run) -> None:
    shop_client.post("/instellingen/berichten/", {"kinds": ["limit_reached"]})
    with account(shop.id):
        assert "import_done" in Membership.objects.get().muted
        Import.objects.create(file_name="lezers.csv", state="done", finished_at=timezone.now())
    tell_accounts.run()
    run_jobs()
    assert mail.outbox == []
    assert "lezers.csv" in shop_client.get("/instellingen/berichten/").content.decode()


def test_a_new_kind_of_device_is_news_from_the_second_on(shop: Tenant) -> None:
    assert not note_login(shop.owner, FIREFOX)
    assert not note_login(shop.owner, FIREFOX)
    assert note_login(shop.owner, SAFARI)
    assert not note_login(shop.owner, SAFARI)
    assert not note_login(shop.owner, "")


def test_logging_in_on_another_device_mails_the_account(shop: Tenant, run_jobs: Run) -> None:
    from mailexpert.site.tests.cast import confirm

    confirm(shop)
    for agent in (FIREFOX, SAFARI):
        asked = {"login": shop.owner.email, "password": "koffie-met-een-koekje"}
        answer = Client().post("/inloggen/", asked, headers={"User-Agent": agent})
        assert answer.status_code == 302
    run_jobs()
    assert kinds(shop) == ["new_device"]
    assert "nieuw apparaat" in mail.outbox[-1].subject
