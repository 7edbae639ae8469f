"""The catcher as it runs: a process of its own against the test database."""

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import psycopg
import pytest
from django.db.models.functions import Now

from mailexpert.catcher import store
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.intake.tests.running import Running, database_url
from mailexpert.sending.models import CaughtMail
from mailexpert.tests.ports import free_ports

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def catcher_process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    port = free_ports(1)[0]
    home = tmp_path_factory.mktemp("catcher")
    running = Running(home, "mailexpert.catcher", port, {"MAILEXPERT_CATCHER_PORT": str(port)})
    running.start()
    yield running
    running.end()


@pytest.fixture
def catcher(transactional_db: None, catcher_process: Running) -> Running:
    return catcher_process


def send(catcher: Running, subject: str = "Tulpen", **fields: str) -> None:
    mail = EmailMessage()
    mail["Subject"] = subject
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Dag!\n.\n..\n")
    with smtplib.SMTP("127.0.0.1", catcher.port, timeout=10) as wire:
        wire.send_message(mail, "info@winkel.example", ["jan@voorbeeld.nl", "truus@voorbeeld.nl"])


def test_a_mail_is_in_the_database_when_it_is_answered(catcher: Running) -> None:
    send(catcher, "Café: 50 % korting op tulpen ✿ voor wie op tijd is, en voor wie laat is een beetje")
    with beside_wall(Beside.TESTS):
        mail = CaughtMail.objects.get()
    assert mail.mail_from == "info@winkel.example"
    assert mail.rcpt_to == ["jan@voorbeeld.nl", "truus@voorbeeld.nl"]
    assert mail.subject.startswith("Café: 50 % korting op tulpen ✿")
    assert bytes(mail.raw).endswith(b"Dag!\r\n.\r\n..\r\n")
    assert mail.size == len(mail.raw)
    assert mail.account_id is None


def test_our_own_mail_is_of_its_account(catcher: Running, shop: Tenant) -> None:
    send(catcher, Feedback_ID=f"i7:a{shop.id}:news:mailexpert")
    with beside_wall(Beside.TESTS):
        assert CaughtMail.objects.get().account_id == shop.id


def test_a_hundred_mails_of_one_connection_are_all_kept(catcher: Running) -> None:
    with smtplib.SMTP("127.0.0.1", catcher.port, timeout=10) as wire:
        for n in range(100):
            wire.sendmail("a@b.example", ["c@d.example"], f"Subject: {n}\r\n\r\nx")
    with beside_wall(Beside.TESTS):
        assert set(CaughtMail.objects.values_list("subject", flat=True)) == {str(n) for n in range(100)}


def test_without_the_database_mail_is_put_off_and_taken_when_it_is_back(
    catcher: Running,
) -> None:
    catcher.end()
    catcher.extra["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    catcher.start()
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(catcher)
    assert refused.value.smtp_code == 451
    catcher.end()
    del catcher.extra["DATABASE_URL"]
    catcher.start()
    send(catcher)


def test_only_the_newest_mails_of_a_week_are_kept(transactional_db: None) -> None:
    with beside_wall(Beside.TESTS):
        for n in range(6):
            CaughtMail.objects.create(rcpt_to=["a@b.example"], subject=str(n), raw=b"x", size=1)
        CaughtMail.objects.filter(subject="5").update(at=Now() - timedelta(days=8))
    with psycopg.connect(database_url(), autocommit=True) as own:
        own.execute("SET ROLE mailexpert_owner")
        own.execute(store.TIDY, {"days": 7, "most": 3})
    with beside_wall(Beside.TESTS):
        assert set(CaughtMail.objects.values_list("subject", flat=True)) == {"3", "4"}
