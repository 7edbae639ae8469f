"""A new policy from day 0 to day 30: each notice at its place, the effect, and the proof."""

import re

import pytest
from django.test import Client

from mailexpert.accounts.models import Account, User
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.privacy import actions_policy as policy
from mailexpert.privacy.models import Document, Edition, Told
from mailexpert.privacy.queries_policy import in_force, texts
from mailexpert.privacy.tests.clock import Clock
from mailexpert.site.jobs import carry_announcements
from mailexpert.site.models import NewsItem
from mailexpert.site.tests.cast import EVERY, confirm, deliver, log_in, make_operator, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(shop: Tenant, stranger: Tenant) -> Account:
    for tenant in (shop, stranger):
        confirm(tenant)
    User.objects.filter(pk=stranger.owner.pk).update(language="en", wants_product_updates=False)
    return make_operator()


@pytest.fixture
def announced(operator: Account, clock: Clock) -> Edition:
    made = policy.draft(Document.POLICY, staff("anna"))
    bodies = {"nl": texts(made)["nl"].replace("7 dagen", "5 dagen"), "en": texts(made)["en"] + "\n\nMore."}
    policy.write(made.id, bodies, made.author, summary_nl="Korter bewaren.", summary_en="Kept shorter.")
    return policy.announce(made.id, staff("bas"), EVERY)


def tick() -> None:
    carry_announcements.run()


def acts(tenant: Tenant) -> set[tuple[str, int]]:
    with account(tenant.id):
        return set(Told.objects.values_list("channel", "act"))


def fresh(found: Edition) -> Edition:
    return Edition.objects.get(id=found.id)


def test_publish_day_0_to_30(
    announced: Edition, shop: Tenant, stranger: Tenant, shop_client: Client, clock: Clock
) -> None:
    # Day 0: the mail leaves for every customer, whatever they chose about product news.
    tick()
    assert announced.notices.get(channel="mail").trouble == ""
    assert fresh(announced).effective_at is None
    clock.pass_(hours=2)
    assert deliver() == sorted([shop.owner.email, stranger.owner.email])
    tick()
    day_of_effect = fresh(announced).effective_at
    assert day_of_effect is not None
    assert (day_of_effect - clock.now).days == 30
    # Each notice at its place.
    assert "nieuwe versie" in Client().get("/inloggen/").content.decode()
    assert "nieuwe versie" in Client().get("/").content.decode()
    assert "nieuwe versie" in shop_client.get("/contacten/").content.decode()
    assert "Korter bewaren." in shop_client.get("/nieuws/").content.decode()
    assert "5 dagen" not in Client().get("/privacy/").content.decode()
    changes = Client().get("/privacy/versies/policy/2/wijzigingen/").content.decode()
    assert re.search(r"<del>7\s*</del>", changes)
    assert re.search(r"<ins>5\s*</ins>", changes)
    # Day 29: the old text holds. Day 30: the new one, and the notices are gone.
    clock.pass_(days=29, hours=23)
    tick()
    assert in_force("policy", "nl").number == 1
    clock.pass_(hours=2)
    tick()
    assert "5 dagen" in Client().get("/privacy/").content.decode()
    assert "me-policy-notice" not in shop_client.get("/contacten/").content.decode()
    # The proof: what was sent to whom and seen by whom; the old text at its own address.
    assert acts(shop) == {("mail", 1), ("banner", 2), ("news", 2)}
    assert acts(stranger) == {("mail", 1)}
    assert "7 dagen" in Client().get("/privacy/versies/policy/1/").content.decode()


def test_a_login_is_on_record(announced: Edition, shop: Tenant) -> None:
    answer = Client().post("/inloggen/", {"login": shop.owner.email, "password": "koffie-met-een-koekje"})
    assert answer.status_code == 302
    assert ("login", 2) in acts(shop)


def test_a_mail_that_fails_is_tried_again_and_the_day_moves(
    announced: Edition, shop: Tenant, stranger: Tenant, clock: Clock
) -> None:
    tick()
    assert deliver(failing=[stranger.owner.email]) == [shop.owner.email]
    tick()
    assert "1 van 2" in announced.notices.get(channel="mail").trouble
    clock.pass_(days=40)
    tick()
    assert fresh(announced).state == "announced"
    assert deliver() == [stranger.owner.email]
    tick()
    found = fresh(announced)
    assert found.effective_at is not None
    assert (found.effective_at - clock.now).days == 30
    assert acts(stranger) == {("mail", 1)}


def test_taking_the_news_off_moves_the_day(announced: Edition, clock: Clock) -> None:
    tick()
    deliver()
    tick()
    NewsItem.objects.filter(edition_id=announced.id).update(withdrawn_at=clock.now)
    clock.pass_(days=31)
    tick()
    assert fresh(announced).state == "announced"
    assert fresh(announced).effective_at is None


def test_four_eyes_in_the_console(operator: Account, clock: Clock) -> None:
    anna, bas = log_in(staff("anna")), log_in(staff("bas"))
    anna.post("/beheer/beleid/nieuw/", {"document": "policy"})
    found = Edition.objects.get(state="draft")
    anna.post(f"/beheer/beleid/{found.id}/", {**texts(found), "summary_nl": "Iets.", "summary_en": "Thing."})
    assert (
        "schreef zelf aan deze versie"
        in anna.post(f"/beheer/beleid/{found.id}/aankondigen/", follow=True).content.decode()
    )
    assert fresh(found).state == "draft"
    bas.post(f"/beheer/beleid/{found.id}/aankondigen/")
    assert fresh(found).state == "announced"
    assert NewsItem.objects.filter(edition_id=found.id).exists()


def test_a_stranger_has_no_console(shop_client: Client, client: Client) -> None:
    assert shop_client.get("/beheer/").status_code == 404
    assert client.get("/beheer/")["Location"].startswith("/inloggen/")


def test_who_has_not_signed_is_led_to_the_agreement(operator: Account) -> None:
    new = log_in(staff("cor", signed=False))
    assert new.get("/beheer/beleid/")["Location"] == "/beheer/verklaring/"
    assert new.get("/beheer/verklaring/").status_code == 200
    new.post("/beheer/verklaring/", {"name": "Cor", "agrees": "on"})
    assert new.get("/beheer/beleid/").status_code == 200
