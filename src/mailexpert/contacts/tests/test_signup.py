"""Signing up by a form: the button behind the mail is what counts, and nobody learns who is known."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailexpert.base import clock
from mailexpert.conftest import Tenant
from mailexpert.contacts import actions, actions_signup, actions_signupform, jobs_signup, rules_signup
from mailexpert.contacts.models import (
    Contact,
    Field,
    List,
    Membership,
    Signup,
    SignupCount,
    SignupForm,
    SignupGuard,
    SignupTerm,
    SignupText,
)
from mailexpert.contacts.proof import pack
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy import retention
from mailexpert.privacy.models import Consent, Evidence
from mailexpert.sending import letter
from mailexpert.sending.models import Suppression

VALUES = {
    "name": "Voorpagina",
    "language": "nl",
    "title": "Elke maand iets moois",
    "intro": "Een brief over de tuin.",
    "button": "",
    "thanks": "",
    "privacy_url": "https://winkel.example/privacy",
    "sent_url": "",
    "thanks_url": "",
    "accent": "",
    "double_opt_in": True,
}
EMAIL = "fatima@postvak.example"


def make_form(*lists: List, asked: Any = (), **values: Any) -> SignupForm:
    made = actions_signupform.keep(None, VALUES | values | {"lists": [one.id for one in lists]}, asked)
    actions_signupform.open_form(made)
    return made


@dataclass(frozen=True)
class Story:
    tenant: Tenant
    form: SignupForm
    newsletter: List
    visitor: Client
    run_jobs: Callable[[], int]

    @property
    def url(self) -> str:
        return f"/aanmelden/{self.form.key}"

    def fill_in(self, email: str = EMAIL, **more: Any) -> Any:
        """As a browser with our script does it."""
        given = actions_signup.challenge(self.form)
        values = {"email": email, "revision": 1, "challenge": given, "nonce": work(given, email)} | more
        return self.visitor.post(self.url, values)

    def link(self, n: int = -1) -> str:
        found = re.search(r"https?://[^/]+(/aanmelden/bevestigen/\S+)", str(mail.outbox[n].body))
        assert found
        return found[1]

    def sign_up(self, **more: Any) -> Any:
        self.fill_in(**more)
        self.run_jobs()
        return self.visitor.post(self.link())

    def standing(self) -> set[str]:
        with account(self.tenant.id):
            rows = Membership.objects.filter(ended_at=None).values_list("contact__email", "list__name")
            return {f"{email} {name}" for email, name in rows}


def work(given: str, email: str) -> str:
    return next(str(n) for n in range(10**7) if rules_signup.has_worked(given, email, str(n)))


@pytest.fixture(autouse=True)
def light_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_signup, "WORK_BITS", 4)


@pytest.fixture
def story(shop: Tenant, run_jobs: Callable[[], int]) -> Story:
    with account(shop.id):
        newsletter = make_list()
        form = make_form(newsletter)
    return Story(shop, form, newsletter, Client(enforce_csrf_checks=True), run_jobs)


def test_nothing_stands_in_the_contacts_before_the_button(story: Story) -> None:
    assert story.visitor.get(story.url).status_code == 200
    answer = story.fill_in()
    assert (answer.status_code, answer["Location"]) == (302, f"{story.url}/verzonden")
    assert story.visitor.get(answer["Location"]).status_code == 200
    story.run_jobs()
    [sent] = mail.outbox
    assert sent.to == [EMAIL]
    assert "<img" not in str(sent.alternatives[0].content)
    page = story.visitor.get(story.link())
    assert "f***@postvak.example" in page.content.decode()
    assert story.standing() == set()
    with account(story.tenant.id):
        assert not Contact.objects.exists()
    assert story.visitor.post(story.link()).status_code == 200
    assert story.standing() == {f"{EMAIL} Nieuwsbrief"}
    assert not story.visitor.cookies


def test_a_scanner_that_opens_every_link_confirms_nothing(story: Story) -> None:
    story.fill_in()
    story.run_jobs()
    scanned = re.findall(r"https?://[^/\s\"<]+(/[^\s\"<]+)", mail.outbox[0].alternatives[0].content)
    assert scanned
    for path in scanned:
        story.visitor.get(path)
        story.visitor.head(path)
    assert story.standing() == set()


def test_the_ledger_knows_the_words_the_time_and_the_form(story: Story) -> None:
    story.sign_up()
    with account(story.tenant.id):
        line = Consent.objects.get()
        assert (line.act, line.purpose, line.ground, line.source) == (1, "newsletter", "consent", "form")
        said = Evidence.objects.get(id=line.evidence_id).text
        words = SignupText.objects.get()
        assert words.hash in said
        assert "Elke maand iets moois" in words.body
        assert "https://winkel.example/privacy" in words.body
        assert "127.0.0.0/24" in said
        assert "127.0.0.1" not in said
        assert str(mail.outbox[0].extra_headers["Message-ID"]).strip("<>").partition("@")[0] in said
        shown = pack(Contact.objects.get())["ledger"][0]["shown"]
        assert shown == words.body


def test_pressing_twice_is_pressing_once(story: Story) -> None:
    story.sign_up()
    assert story.visitor.post(story.link()).status_code == 200
    assert story.visitor.get(story.link()).status_code == 200
    with account(story.tenant.id):
        assert Consent.objects.count() == 1
        assert [(one.started, one.confirmed) for one in SignupCount.objects.all()] == [(1, 1)]


def test_a_tampered_link_an_old_one_and_one_of_a_deleted_form_confirm_nothing(story: Story) -> None:
    story.fill_in()
    story.run_jobs()
    link = story.link()
    for wrong in (link[:-1], link[:-1] + "x", "/aanmelden/bevestigen/x", "/aanmelden/bevestigen/" + "é" * 9):
        assert story.visitor.post(wrong).status_code == 404
    with account(story.tenant.id):
        Signup.objects.update(at=clock.now() - timedelta(days=8))
    assert story.visitor.post(link).status_code == 410
    with account(story.tenant.id):
        actions_signupform.delete_form(story.form)
    assert story.visitor.post(link).status_code == 404
    assert story.standing() == set()


def test_a_thousand_sign_ups_of_one_address_over_all_accounts_give_one_mail(
    story: Story, stranger: Tenant
) -> None:
    with account(stranger.id):
        theirs = make_form(make_list("Elders"))
    now = clock.now()
    for n in range(1_000):
        form = (story.form, theirs)[n % 2]
        with account(form.account_id):
            wish = actions_signup.Wish(
                email=EMAIL.upper() if n % 3 else EMAIL, values={}, list_ids=form.list_ids, revision=1, via="page",
                ip=f"2001:db8:0:{n:x}::1", has_worked=True,
            )  # fmt: skip
            actions_signup.take(form, wish, now)
    story.run_jobs()
    assert len(mail.outbox) == 1
    with beside_wall(Beside.TESTS):
        assert Signup.objects.count() == 1
        Signup.objects.update(at=now - timedelta(hours=25))
        SignupGuard.objects.update(mailed_at=now - timedelta(hours=25))
    jobs_signup.carry_on_left_behind.run()
    story.run_jobs()
    assert len(mail.outbox) == 1


def test_who_signs_up_with_two_accounts_in_a_day_gets_the_second_mail_a_day_later(
    story: Story, stranger: Tenant
) -> None:
    with account(stranger.id):
        theirs = make_form(make_list("Elders"))
    story.fill_in()
    Story(stranger, theirs, story.newsletter, story.visitor, story.run_jobs).fill_in()
    story.run_jobs()
    assert len(mail.outbox) == 1
    yesterday = clock.now() - timedelta(hours=25)
    with beside_wall(Beside.TESTS):
        Signup.objects.filter(state=Signup.State.HELD).update(at=yesterday)
        SignupGuard.objects.update(mailed_at=yesterday)
    jobs_signup.carry_on_left_behind.run()
    story.run_jobs()
    assert [one.subject for one in mail.outbox[1:]] == ["Bevestig je aanmelding bij Vreemde BV"]


@pytest.mark.django_db(transaction=True)
def test_many_at_the_same_moment_give_one_mail_too(shop: Tenant) -> None:
    with account(shop.id):
        form = make_form(make_list())
    now = clock.now()
    tries: list[int] = []

    def knock() -> None:
        try:
            with account(shop.id):
                tries.append(actions_signup.knock(EMAIL, now))
        finally:
            connection.close()

    threads = [threading.Thread(target=knock) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(tries) == list(range(8))
    assert form.is_on


def test_the_answer_is_the_same_whether_or_not_an_address_is_known(story: Story) -> None:
    with account(story.tenant.id):
        make_contact("lid@postvak.example", into=story.newsletter)
        Suppression.objects.create(email_key="weg@postvak.example", reason=Suppression.Reason.OBJECTION)
    answers = {
        (answer.status_code, answer["Location"])
        for answer in (
            story.fill_in(email)
            for email in (EMAIL, "lid@postvak.example", "weg@postvak.example", "lid@postvak.example")
        )
    }
    assert len(answers) == 1


def test_who_is_on_already_is_told_so_by_mail_and_stays_as_they_were(story: Story) -> None:
    with account(story.tenant.id):
        make_contact(EMAIL, into=story.newsletter, first_name="Fatima")
    story.fill_in()
    story.run_jobs()
    [sent] = mail.outbox
    assert "bevestigen" not in sent.body
    assert "al aangemeld" in sent.subject
    with account(story.tenant.id):
        assert not Consent.objects.exists()


def test_who_stopped_everything_comes_back_only_by_the_button(story: Story) -> None:
    with account(story.tenant.id):
        actions.object_to_all(make_contact(EMAIL, into=story.newsletter), Membership.EndedBy.PAGE)
    story.fill_in()
    story.run_jobs()
    with account(story.tenant.id):
        assert Suppression.objects.exists()
    story.visitor.post(story.link())
    assert story.standing() == {f"{EMAIL} Nieuwsbrief"}
    with account(story.tenant.id):
        assert not Suppression.objects.exists()
        assert Consent.objects.filter(act=Consent.Act.RESUMED, source="form").count() == 1


def test_without_confirmation_nobody_who_objected_is_brought_back_and_no_detail_is_overwritten(
    story: Story,
) -> None:
    with account(story.tenant.id):
        form = make_form(
            story.newsletter, double_opt_in=False, asked=[{"about": "first_name", "why": "Voor de aanhef"}]
        )
        make_contact(EMAIL, first_name="Fatima")
        actions.object_to_all(make_contact("weg@postvak.example"), Membership.EndedBy.PAGE)
        left = make_contact("klaar@postvak.example", into=story.newsletter)
        actions.end_membership(left.id, story.newsletter.id, Membership.EndedBy.ONE_CLICK)
        gone = make_contact("gewist@postvak.example")
        actions.erase_contact(gone.id, stays_off=True)
    loose = Story(story.tenant, form, story.newsletter, story.visitor, story.run_jobs)
    loose.run_jobs()
    loose.fill_in(first_name="Iemand anders")
    for email in ("weg", "klaar", "gewist"):
        loose.fill_in(f"{email}@postvak.example", first_name="X")
    loose.run_jobs()
    assert loose.standing() == {f"{EMAIL} Nieuwsbrief"}
    with account(story.tenant.id):
        assert Contact.objects.get(email=EMAIL).first_name == "Fatima"
    mailed = {one.to[0].partition("@")[0] for one in mail.outbox}
    assert mailed == {"weg", "klaar", "gewist"}


def test_the_trap_answers_as_ever_and_keeps_nothing(story: Story) -> None:
    answer = story.fill_in(website="https://spam.example")
    assert answer.status_code == 302
    with account(story.tenant.id):
        assert not Signup.objects.exists()


def test_without_a_script_there_is_one_more_button_and_a_machine_must_wait(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = story.visitor.post(story.url, {"email": EMAIL, "revision": 1})
    told = re.search(r'name="step" value="([^"]+)"', page.content.decode())
    assert told
    again = story.visitor.post(story.url, {"step": told[1]})
    assert again.status_code == 200
    with account(story.tenant.id):
        assert not Signup.objects.exists()
    monkeypatch.setattr(rules_signup, "STEP_SECONDS", 0)
    assert story.visitor.post(story.url, {"step": told[1]}).status_code == 302
    with account(story.tenant.id):
        assert Signup.objects.get().email == EMAIL
    assert story.visitor.post(story.url, {"step": told[1] + "x"}).status_code == 422


def test_work_for_one_address_is_worth_nothing_for_another(story: Story) -> None:
    given = actions_signup.challenge(story.form)
    nonce = work(given, EMAIL)
    assert actions_signup.has_worked(story.form, given, EMAIL.upper(), nonce)
    assert not actions_signup.has_worked(story.form, given + "x", EMAIL, nonce)
    assert not actions_signup.has_worked(SignupForm(account_id=1, key="other"), given, EMAIL, nonce)
    spent = [n for n in range(40) if rules_signup.has_worked(given, "b@b.example", str(n))]
    assert len(spent) < 40


def test_one_network_is_slowed_and_says_when_to_come_back(story: Story) -> None:
    codes = [story.fill_in(f"a{n}@postvak.example").status_code for n in range(31)]
    assert codes == [302] * 30 + [429]


def test_a_relay_that_is_away_loses_nobody(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_mail: Any) -> str:
        raise letter.NotSent

    story.fill_in()
    with monkeypatch.context() as patch:
        patch.setattr(letter, "send", away)
        with pytest.raises(letter.NotSent):
            story.run_jobs()
    with beside_wall(Beside.TESTS):
        assert Signup.objects.get().state == Signup.State.WAITING
        Signup.objects.update(at=clock.now() - timedelta(hours=2))
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")
    jobs_signup.carry_on_left_behind.run()
    story.run_jobs()
    assert len(mail.outbox) == 1


def test_unconfirmed_sign_ups_are_gone_after_two_weeks(story: Story) -> None:
    story.fill_in()
    with beside_wall(Beside.RETENTION):
        Signup.objects.update(at=clock.now() - timedelta(days=15))
        retention.carry_out(clock.now())
        assert not Signup.objects.exists()


def test_an_answer_is_kept_as_long_as_the_form_said(story: Story) -> None:
    with account(story.tenant.id):
        field = actions.make_field("stad", "Stad", Field.Kind.TEXT)
        asked = [{"field": field, "why": "Voor markten bij jou in de buurt", "keep": 12}]
        form = make_form(story.newsletter, asked=asked)
    told = Story(story.tenant, form, story.newsletter, story.visitor, story.run_jobs)
    told.sign_up(t1="Ede")
    with account(story.tenant.id):
        assert Contact.objects.get().t1 == "Ede"
        SignupTerm.objects.update(until=clock.now().date())
    jobs_signup.end_terms.run()
    with account(story.tenant.id):
        assert Contact.objects.get().t1 is None


def test_of_two_lists_nothing_is_ticked_and_only_the_ticked_one_counts(story: Story) -> None:
    with account(story.tenant.id):
        offers = make_list("Acties", "offers")
        form = make_form(story.newsletter, offers)
    both = Story(story.tenant, form, story.newsletter, story.visitor, story.run_jobs)
    assert "checked" not in story.visitor.get(both.url).content.decode()
    assert both.fill_in().status_code == 422
    both.sign_up(lists=[offers.id])
    assert both.standing() == {f"{EMAIL} Acties"}


def test_a_strangers_list_can_not_be_slipped_in(story: Story, stranger: Tenant) -> None:
    with account(stranger.id):
        theirs = make_list("Van een ander")
    with account(story.tenant.id):
        form = make_form(story.newsletter, make_list("Acties", "offers"))
    assert Story(story.tenant, form, theirs, story.visitor, story.run_jobs).fill_in(
        lists=[theirs.id]
    ).status_code == 422  # fmt: skip


def test_a_form_that_is_off_or_of_an_account_that_leaves_takes_nobody(story: Story) -> None:
    with account(story.tenant.id):
        actions_signupform.close_form(story.form)
    assert story.visitor.get(story.url).status_code == 410
    assert story.fill_in().status_code == 410
    assert story.visitor.get("/aanmelden/" + "x" * 22).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "x",
        "a@b",
        "a@b.example\r\nBcc: c@d.example",
        "a\x00@b.example",
        "a@b.example" + "x" * 9_000,
        "\u202ea@b.example",
    ],
)
def test_what_is_no_address_is_said_and_not_kept(story: Story, wrong: str) -> None:
    assert story.fill_in(wrong or " ").status_code == 422
    with account(story.tenant.id):
        assert not Signup.objects.exists()


def test_an_address_that_looks_like_another_is_another(story: Story) -> None:
    story.fill_in("info@p\u043estvak.example")  # a Cyrillic o
    with account(story.tenant.id):
        assert Signup.objects.get().email == "info@xn--pstvak-wqf.example"


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(
        st.sampled_from(["email", "step", "challenge", "nonce", "revision", "lists", "via"]), st.text()
    )
)
def test_no_input_breaks_the_form(story: Story, values: dict[str, str]) -> None:
    assert story.visitor.post(story.url, values).status_code in {200, 302, 422, 429}


def test_an_erased_person_leaves_no_sign_up(story: Story) -> None:
    story.sign_up()
    with account(story.tenant.id):
        actions.erase_contact(Contact.objects.get().id)
        assert not Signup.objects.exists()
