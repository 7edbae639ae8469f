"""Through a real relay a mailing leaves only from a verified sender domain of the account."""

from dataclasses import replace

import pytest

from mailexpert.base import env
from mailexpert.conftest import Tenant
from mailexpert.contacts import actions as contacts
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings import actions, checks
from mailexpert.mailings.models import Mailing
from mailexpert.sending import actions as sending
from mailexpert.sending import testmail
from mailexpert.sending.models import InstallationRelay, Issue, Relay, SenderDomain

pytestmark = pytest.mark.django_db
State = SenderDomain.State


@pytest.fixture
def real_relay(monkeypatch: pytest.MonkeyPatch) -> None:
    known = replace(
        env.load(), relay_url="smtp://smtp.relay.example:587", track_url="https://post.mailexpert.example"
    )
    monkeypatch.setattr(env, "load", lambda: known)


@pytest.fixture
def mailing(in_shop: Tenant) -> Mailing:
    readers = contacts.make_list("Lezers", "newsletter")
    person = contacts.add_contact("jan@lezer.example", {}, source="test")
    contacts.sign_up(person, readers, ground="consent", evidence="", source="test")
    made = Mailing.objects.create(
        name="x",
        subject="Dag",
        sender="Winkel <nieuws@mail.winkel.example>",
        kind="html",
        source="<p>Dag</p>",
    )
    actions.choose_audience(made, [readers.id])
    return made


def sender_check(mailing: Mailing) -> checks.Check:
    return next(check for check in checks.look_over(mailing)[0] if check.where == "sender")


def a_domain(
    name: str = "winkel.example", state: int = State.VERIFIED, *, strict: bool = False
) -> SenderDomain:
    return SenderDomain.objects.create(name=name, token="abc", state=state, is_strict=strict)


def test_with_the_catcher_no_domain_is_asked_for(mailing: Mailing) -> None:
    assert sender_check(mailing).level == "ok"
    actions.start(mailing)
    assert Issue.objects.get().domain_id is None


@pytest.mark.parametrize(
    ("state", "strict", "words"),
    [
        (None, False, "nog geen afzenderdomein"),
        (State.WAITING, False, "nog niet in DNS"),
        (State.BROKEN, False, "kloppen niet meer"),
        (State.VERIFIED, True, "streng"),
    ],
)
def test_without_a_verified_domain_nothing_leaves(
    mailing: Mailing, real_relay: None, state: int | None, strict: bool, words: str
) -> None:
    if state is not None:
        a_domain(state=state, strict=strict)
    found = sender_check(mailing)
    assert (found.code, found.level) == ("sender_domain", "block")
    assert words in found.text
    assert found.page.startswith("/instellingen/afzenders/")
    with pytest.raises(actions.CannotSend):
        actions.start(mailing)
    assert not Issue.objects.exists()


def test_a_verified_domain_signs_what_leaves(mailing: Mailing, real_relay: None) -> None:
    domain = a_domain()
    assert sender_check(mailing).level == "ok"
    actions.start(mailing)
    assert Issue.objects.get().domain_id == domain.id


def test_a_stranger_s_domain_is_no_use(mailing: Mailing, stranger: Tenant, real_relay: None) -> None:
    with account(stranger.id):
        a_domain()
    with pytest.raises(actions.CannotSend):
        actions.start(mailing)


@pytest.mark.parametrize(
    ("own", "installed", "asked"),
    [
        (["smtp.elders.example"], [], True),
        (["127.0.0.1"], [], False),
        (["127.0.0.1", "smtp.elders.example"], [], True),
        ([], ["smtp.elders.example"], True),
        ([], ["localhost"], False),
    ],
)
def test_which_relays_are_real(mailing: Mailing, own: list[str], installed: list[str], asked: bool) -> None:
    for host in own:
        Relay.objects.create(name=host, host=host)
    with beside_wall(Beside.TESTS):  # the application may only read the operator's own
        for host in installed:
            InstallationRelay.objects.create(name=host, host=host)
    assert (sender_check(mailing).level == "block") is asked


def test_the_fence_stands_below_the_checks_too(mailing: Mailing, real_relay: None) -> None:
    with pytest.raises(sending.NoSenderDomain):
        sending.open_issue(
            mailing_id=None, subject="x", html="", text="", preheader="", sender="a@winkel.example", reply_to="",
            fields={}, list_ids=[1], purpose="newsletter", tracking="none", language="nl", sender_line="",
        )  # fmt: skip


def test_a_test_mail_waits_for_the_domain_too(mailing: Mailing, real_relay: None) -> None:
    with pytest.raises(testmail.NotSent, match="nog niet geverifieerd"):
        actions.send_test(mailing, "ik@winkel.example")


def test_the_page_leads_to_the_domain(shop: Tenant, shop_client, mailing: Mailing, real_relay: None) -> None:
    page = shop_client.get(f"/mailings/{mailing.id}/", follow=True).content.decode()
    assert "/instellingen/afzenders/" in page
