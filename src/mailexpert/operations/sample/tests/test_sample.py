from dataclasses import replace
from pathlib import Path

import pytest

from mailexpert.accounts.models import Account, User
from mailexpert.base import env
from mailexpert.base.env import Environment
from mailexpert.contacts.models import Contact, Membership
from mailexpert.content.queries import starter_of
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings.checks import look_over
from mailexpert.mailings.models import Mailing
from mailexpert.operations import sample
from mailexpert.operations.sample import accounts, words
from mailexpert.operations.sample.sending import report_path
from mailexpert.privacy import rules
from mailexpert.privacy.models import Consent, Evidence


@pytest.fixture
def fresh(db: None, tmp_path: Path) -> Environment:
    """The environment of a home without accounts."""
    return replace(env.load(), home=tmp_path)


@pytest.fixture
def demo(fresh: Environment) -> Account:
    sample.make_accounts(fresh)
    with beside_wall(Beside.TESTS):
        return Account.objects.get(slug="demo")


def test_the_starter_still_holds_every_word_that_the_sample_replaces() -> None:
    starter = starter_of("newsletter", "nl")
    assert starter is not None
    assert [theirs for theirs in words.INSTEAD if theirs not in starter.source] == []


def test_a_fresh_home_gets_the_operator_and_the_sample_account(demo: Account) -> None:
    with beside_wall(Beside.TESTS):
        assert set(Account.objects.values_list("slug", flat=True)) == {"demo", "operator"}
    with account(demo.id):
        assert Contact.objects.count() == words.PEOPLE
        assert Membership.objects.filter(ground="consent").count() == words.PEOPLE


def test_each_of_the_sample_s_contacts_has_a_proof(demo: Account) -> None:
    with account(demo.id):
        contact = Contact.objects.order_by("id")[7]
        (line,) = Consent.objects.filter(contact_id=contact.id)
        assert bytes(line.person) == rules.person(contact.email_key)
        assert Consent.objects.count() == words.PEOPLE
        assert Evidence.objects.get(id=line.evidence_id).text == words.EVIDENCE


def test_the_sample_mailing_passes_every_check(demo: Account) -> None:
    with account(demo.id):
        found, content = look_over(Mailing.objects.get())
    assert content is not None
    assert [check.text for check in found if check.level == "block"] == []


def test_the_sample_login_works_and_is_closed_to_others(demo: Account, fresh: Environment) -> None:
    known = sample.login(fresh)
    assert known is not None
    assert User.objects.get(email=known[0]).check_password(known[1])
    assert (fresh.home / accounts.LOGIN_FILE).stat().st_mode & 0o077 == 0


def test_a_second_start_makes_nothing_anew(demo: Account, fresh: Environment) -> None:
    before = sample.login(fresh)
    sample.make_accounts(fresh)
    assert sample.login(fresh) == before
    with beside_wall(Beside.TESTS):
        assert Account.objects.count() == 2


def test_a_home_with_someones_account_gets_no_sample(shop: object, fresh: Environment) -> None:
    sample.make_accounts(fresh)
    with beside_wall(Beside.TESTS):
        assert not Account.objects.filter(slug="demo").exists()
        assert Account.objects.filter(slug="operator").exists()


def test_the_sample_is_sent_once_and_its_report_is_named(
    demo: Account,
    fresh: Environment,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown: list[Mailing] = []
    monkeypatch.setattr("mailexpert.operations.sample.sending._show_progress", shown.append)
    sample.send(fresh)
    with account(demo.id):
        mailing = Mailing.objects.get()
        assert mailing.state == Mailing.State.SENDING
    assert f"{fresh.base_url}{report_path(mailing)}" in capsys.readouterr().out
    sample.send(fresh)
    with account(demo.id):
        assert Mailing.objects.count() == 1


def test_the_sample_never_leaves_this_machine(
    demo: Account, fresh: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    sample.send(replace(fresh, relay_url="smtp://relay.example:25"))
    assert "is not sent" in capsys.readouterr().out
    with account(demo.id):
        assert Mailing.objects.get().state == Mailing.State.DRAFT
