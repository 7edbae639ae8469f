"""Two classes of mail to customers: what may be refused, and what goes to everyone."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mailexpert.accounts.models import Account, User
from mailexpert.accounts.rules_closing import READ_ONLY
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.site.actions_message import Refused, offer, refuse, send
from mailexpert.site.models import MailKind, Message
from mailexpert.site.rules_message import faults
from mailexpert.site.tests.cast import confirm, deliver, log_in, make_operator, staff

pytestmark = pytest.mark.django_db
SOBER = {"body_nl": "De database wordt verplaatst.", "body_en": "The database is moved."}


@pytest.fixture
def operator(shop: Tenant, stranger: Tenant) -> Account:
    for tenant in (shop, stranger):
        confirm(tenant)
    User.objects.filter(pk=stranger.owner.pk).update(wants_product_updates=False)
    return make_operator()


def service(author: User, **changed: Any) -> Message:
    now = timezone.now()
    values = {
        "kind": MailKind.SERVICE,
        "event": "maintenance",
        "starts_at": now,
        "ends_at": now + timedelta(hours=2),
    }
    return Message.objects.create(author=author, **{**values, **SOBER, **changed})


def test_product_news_goes_to_who_did_not_opt_out(operator: Account, shop: Tenant) -> None:
    anna = staff("anna")
    made = Message.objects.create(
        kind=MailKind.UPDATES, author=anna, subject_nl="Nieuw", subject_en="New", **SOBER
    )
    send(made, anna)
    assert deliver() == [shop.owner.email]


def test_maintenance_goes_to_everyone_after_a_second_reader(
    operator: Account, shop: Tenant, stranger: Tenant
) -> None:
    anna, bas = staff("anna"), staff("bas")
    made = service(anna)
    with pytest.raises(Refused):
        send(made, bas)
    offer(made)
    made.refresh_from_db()
    with pytest.raises(Refused):
        send(made, anna)
    send(made, bas)
    assert deliver() == sorted([shop.owner.email, stranger.owner.email])
    with pytest.raises(Refused):
        send(Message.objects.get(id=made.id), bas)


def test_who_deactivated_the_account_gets_none(operator: Account, shop: Tenant, stranger: Tenant) -> None:
    with beside_wall(Beside.TESTS):
        Account.objects.filter(id=shop.id).update(closing_at=timezone.now() - READ_ONLY / 2)
    anna, bas = staff("anna"), staff("bas")
    made = service(anna)
    offer(made)
    send(Message.objects.get(id=made.id), bas)
    assert deliver() == [stranger.owner.email]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Nu met 20% korting op Pro.", "promotion"), ("Upgrade vandaag.", "promotion"),
        ("Get our new features.", "promotion"),
        ("Kijk op https://mailexpert.example", "link"), ("x" * 401, "long"), ("", "language"),
    ],
)  # fmt: skip
def test_what_word_about_the_service_may_not_hold(words: str, fault: str) -> None:
    now = timezone.now()
    texts = {**SOBER, "body_nl": words}
    assert fault in faults(texts, event="fault", starts_at=now, ends_at=None)
    assert faults(SOBER, event="fault", starts_at=now, ends_at=None) == []


def test_the_second_reader_refuses_with_a_reason(operator: Account) -> None:
    made = service(staff("anna"))
    offer(made)
    refuse(made, staff("bas"), "Dit is reclame.")
    found = Message.objects.get(id=made.id)
    assert (found.state, found.refused_because) == ("refused", "Dit is reclame.")


def test_without_the_right_nobody_sends(operator: Account) -> None:
    cor = staff("cor")
    User.objects.filter(pk=cor.pk).update(staff_rights=["promote"])
    cor.refresh_from_db()
    made = service(staff("anna"))
    offer(made)
    with pytest.raises(Refused):
        send(Message.objects.get(id=made.id), cor)
    assert log_in(cor).get("/beheer/berichten/nieuw/service/").status_code == 404


def test_the_console_shows_what_customers_read(operator: Account) -> None:
    anna = log_in(staff("anna"))
    anna.post("/beheer/berichten/nieuw/service/", {"event": "fault", **SOBER})
    made = Message.objects.get()
    page = anna.get(f"/beheer/berichten/{made.id}/").content.decode()
    assert "De database wordt verplaatst." in page
    assert "opzeggen" in page


def test_staff_who_read_english_see_the_english_subject(operator: Account) -> None:
    anna = staff("anna")
    anna.language = "en"
    anna.save(update_fields=["language"])
    Message.objects.create(
        kind=MailKind.UPDATES, author=anna, subject_nl="Nieuw", subject_en="What is new", **SOBER
    )
    client = log_in(anna)
    page = client.get("/beheer/berichten/").content.decode()
    assert ">What is new<" in page
    assert "Nieuw<" not in page
