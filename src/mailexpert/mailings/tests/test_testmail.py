"""A test mail is one real mail, through the same composer and relay."""

import email
import email.policy
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from django.urls import reverse

from mailexpert.base import env
from mailexpert.core.scope import account
from mailexpert.mailings import actions
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.sending import testmail
from mailexpert.tests.ports import free_ports

pytestmark = pytest.mark.usefixtures("in_shop")


class Sink:
    """A mail server that keeps what it gets."""

    def __init__(self):
        self.got = []

    async def handle_DATA(self, _server, _session, envelope):
        self.got.append(envelope)
        return "250 OK"


@pytest.fixture
def sink(monkeypatch):
    found = Sink()
    [port] = free_ports(1)
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    known = replace(env.load(), relay_url=f"smtp://127.0.0.1:{port}")
    monkeypatch.setattr(env, "load", lambda: known)
    yield found
    controller.stop()


def test_it_arrives_with_somebody_s_values_and_real_links(sink):
    news, _rows = people(1)
    source = '<p>Dag {{ contact.first_name }}</p><a href="https://winkel.example/a">a</a>'
    said = actions.send_test(draft(news, source=source), "ik@winkel.example")
    assert "ik@winkel.example" in said
    (got,) = sink.got
    mail = email.message_from_bytes(got.content, policy=email.policy.default)
    assert got.rcpt_tos == ["ik@winkel.example"]
    assert mail["Subject"] == "[Proef] Nieuws van Voor0"
    html = mail.get_body(("html",)).get_content()
    assert "Dag Voor0" in html
    assert "https://winkel.example/a" in html


def ask(client, mailing, to):
    return client.post(reverse("mailings:test_mail", args=[mailing.id]), {"to": to}).content.decode()


def test_it_goes_to_several_each_with_its_mark(sink, shop_client):
    mailing = draft(people(1)[0])
    page = ask(shop_client, mailing, "een@winkel.example, twee@winkel.example")
    assert "een@winkel.example" in page
    assert "twee@winkel.example" in page
    assert [got.rcpt_tos for got in sink.got] == [["een@winkel.example"], ["twee@winkel.example"]]
    for got in sink.got:
        mail = email.message_from_bytes(got.content, policy=email.policy.default)
        assert mail["Subject"].startswith("[Proef] ")


@pytest.mark.parametrize("to", ["", "geen adres", ",".join(f"p{n}@winkel.example" for n in range(6))])
def test_nobody_or_too_many_get_none(sink, shop_client, to):
    assert "Vul een e-mailadres in" in ask(shop_client, draft(people(1)[0]), to)
    assert sink.got == []


def test_a_stranger_sends_no_test_mail(sink, stranger_client, shop):
    with account(shop.id):
        mailing = draft(people(1)[0])
    answer = stranger_client.post(
        reverse("mailings:test_mail", args=[mailing.id]), {"to": "ik@winkel.example"}
    )
    assert answer.status_code == 404
    assert sink.got == []


def test_a_relay_that_is_down_is_said_and_nothing_is_raised(monkeypatch):
    known = replace(env.load(), relay_url="smtp://127.0.0.1:9")
    monkeypatch.setattr(env, "load", lambda: known)
    news, _rows = people(1)
    with pytest.raises(testmail.NotSent, match="neemt hem niet aan"):
        actions.send_test(draft(news), "ik@winkel.example")


def test_words_that_make_no_mail_are_not_sent(sink):
    news, _rows = people(1)
    with pytest.raises(testmail.NotSent):
        actions.send_test(draft(news, source="<p>{{ contact.first_name </p>"), "ik@winkel.example")
    assert sink.got == []
