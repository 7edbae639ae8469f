"""Editions from draft to effect, with a clock that a test can set."""

from datetime import timedelta

import pytest

from mailexpert.accounts import agreements
from mailexpert.accounts.actions import make_staff
from mailexpert.accounts.models import User
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.privacy import actions_policy as actions
from mailexpert.privacy.models import Document, Edition, EditionNotice, Told
from mailexpert.privacy.queries_policy import NoEdition, coming, edition, in_force, texts
from mailexpert.privacy.tests.clock import Clock

pytestmark = pytest.mark.django_db
EVERY = {f"A{number}" for number in range(1, 33)}


@pytest.fixture
def author() -> User:
    return make_staff("anna@mailexpert.example", "Anna")


@pytest.fixture
def approver() -> User:
    return make_staff("bas@mailexpert.example", "Bas")


@pytest.fixture
def drafted(author: User, clock: Clock) -> Edition:
    made = actions.draft(Document.POLICY, author)
    bodies = {language: body + "\n\nNieuw." for language, body in texts(made).items()}
    actions.write(made.id, bodies, author)
    return made


def put_out(found: Edition) -> None:
    for notice in found.notices.all():
        actions.note_out(notice)


def state_of(found: Edition) -> str:
    return Edition.objects.get(id=found.id).state


def test_version_1_holds_before_and_after_the_installation() -> None:
    before = in_force("policy", "nl")
    actions.install()
    actions.install()
    after = in_force("policy", "nl")
    assert (before.number, before.source) == (1, after.source)
    assert Edition.objects.filter(document="policy").count() == 1


def test_a_draft_begins_with_the_words_that_hold(drafted: Edition) -> None:
    assert drafted.number == 2
    assert texts(drafted)["nl"].startswith(in_force("policy", "nl").source)
    with pytest.raises(NoEdition):
        edition("policy", 2, "nl")


def test_who_wrote_it_cannot_approve_it(drafted: Edition, author: User) -> None:
    with pytest.raises(actions.Refused) as refused:
        actions.announce(drafted.id, author, EVERY)
    assert len(refused.value.reasons) == 1
    assert state_of(drafted) == "draft"


def test_who_mended_a_word_cannot_approve_it_either(drafted: Edition, approver: User) -> None:
    actions.write(drafted.id, {"nl": "# P\n\nAnders."}, approver)
    with pytest.raises(actions.Refused):
        actions.announce(drafted.id, approver, EVERY)


def test_a_promise_without_a_check_is_not_made(drafted: Edition, approver: User) -> None:
    with pytest.raises(actions.Refused, match="A32"):
        actions.announce(drafted.id, approver, EVERY - {"A32"})


def test_announcing_makes_four_notices_of_which_mail_and_news_are_still_in(
    drafted: Edition, approver: User
) -> None:
    actions.announce(drafted.id, approver, EVERY)
    out = {notice.channel: notice.out_at is not None for notice in drafted.notices.all()}
    assert out == {"mail": False, "news": False, "login": True, "banner": True}
    actions.advance()
    assert coming() is not None
    assert Edition.objects.get(id=drafted.id).effective_at is None


def test_only_one_version_is_on_its_way(drafted: Edition, approver: User, author: User) -> None:
    actions.announce(drafted.id, approver, EVERY)
    second = actions.draft(Document.POLICY, author)
    with pytest.raises(actions.Refused):
        actions.announce(second.id, approver, EVERY)


def test_an_announced_text_cannot_be_changed(drafted: Edition, approver: User, author: User) -> None:
    actions.announce(drafted.id, approver, EVERY)
    with pytest.raises(actions.NotNow):
        actions.write(drafted.id, {"nl": "# P"}, author)


def test_it_takes_effect_on_day_thirty_and_not_on_day_29(
    drafted: Edition, approver: User, clock: Clock
) -> None:
    actions.announce(drafted.id, approver, EVERY)
    clock.pass_(hours=3)
    put_out(drafted)
    clock.pass_(days=29)
    actions.advance()
    assert state_of(drafted) == "announced"
    assert in_force("policy", "nl").number == 1
    clock.pass_(days=1)
    actions.advance()
    assert in_force("policy", "nl").number == 2
    assert edition("policy", 1, "nl").state == "past"


def test_a_notice_that_fails_moves_the_day(drafted: Edition, approver: User, clock: Clock) -> None:
    actions.announce(drafted.id, approver, EVERY)
    put_out(drafted)
    actions.advance()
    first = Edition.objects.get(id=drafted.id).effective_at
    assert first is not None
    clock.pass_(days=10)
    notice = EditionNotice.objects.get(edition=drafted, channel="news")
    actions.note_trouble(notice, "het bericht is weggehaald")
    actions.advance()
    assert Edition.objects.get(id=drafted.id).effective_at is None
    actions.note_out(notice)
    actions.advance()
    assert Edition.objects.get(id=drafted.id).effective_at == first + timedelta(days=10)


def test_a_clock_set_back_wins_no_day(drafted: Edition, approver: User, clock: Clock) -> None:
    """Notices noted on a clock that was set back would make the day of effect lie in the past."""
    today = clock.now
    actions.advance()
    clock.pass_(days=-40)
    actions.announce(drafted.id, approver, EVERY)
    put_out(drafted)
    clock.now = today + timedelta(minutes=5)
    actions.advance()
    found = Edition.objects.get(id=drafted.id)
    assert found.state == "announced"
    assert found.effective_at is not None
    assert found.effective_at >= today + timedelta(days=30)


def test_what_was_withdrawn_never_holds(drafted: Edition, approver: User, clock: Clock) -> None:
    actions.announce(drafted.id, approver, EVERY)
    put_out(drafted)
    actions.withdraw(drafted.id)
    clock.pass_(days=40)
    actions.advance()
    assert in_force("policy", "nl").number == 1


def test_a_new_account_accepts_the_terms_that_hold(author: User, approver: User, clock: Clock) -> None:
    made = actions.draft(Document.TERMS, author)
    actions.write(made.id, {"nl": "# Voorwaarden 2\n\nKort.", "en": "# Terms 2\n\nShort."}, author)
    actions.announce(made.id, approver, set())
    assert agreements.agreement("terms", "nl").version == "1"
    put_out(made)
    clock.pass_(days=31)
    actions.advance()
    assert agreements.agreement("terms", "nl").title == "Voorwaarden 2"
    assert agreements.agreement("terms", "en").version == "2"


def test_an_account_has_a_record_of_its_own(shop: Tenant, stranger: Tenant, drafted: Edition) -> None:
    assert actions.note_told(shop.id, drafted.id, "mail", Told.Act.SENT)
    assert not actions.note_told(shop.id, drafted.id, "mail", Told.Act.SENT)
    with account(shop.id):
        assert Told.objects.count() == 1
    with account(stranger.id):
        assert Told.objects.count() == 0
