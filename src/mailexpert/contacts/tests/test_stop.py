"""The page behind the unsubscribe link."""

from dataclasses import dataclass

import pytest
from django.test import Client

from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact, List, Membership
from mailexpert.contacts.tests.cast import bring_in, make_contact, make_list
from mailexpert.core.scope import account
from mailexpert.mail import links
from mailexpert.privacy.models import Consent
from mailexpert.sending.models import Issue, Stop, Suppression


@dataclass(frozen=True)
class Mail:
    """A mail that Anna got, and the link in it."""

    tenant: Tenant
    anna: Contact
    newsletter: List
    offers: List
    issue: Issue

    @property
    def url(self) -> str:
        return f"/uitschrijven/{links.stop_token(keys.derive('links'), self.issue.id, self.anna.id)}"

    def standing(self) -> set[str]:
        with account(self.tenant.id):
            return set(Membership.objects.filter(ended_at=None).values_list("list__name", flat=True))


@pytest.fixture
def mail(shop: Tenant) -> Mail:
    with account(shop.id):
        newsletter, offers = make_list(), make_list("Acties", "offers")
        anna = make_contact(into=newsletter)
        Membership.objects.create(list_id=offers.id, contact_id=anna.id, ground="consent")
        issue = Issue.objects.create(subject="Hoi", sender_address="a@b.example", list_ids=[newsletter.id])
    return Mail(shop, anna, newsletter, offers, issue)


@pytest.fixture
def reader() -> Client:
    return Client(enforce_csrf_checks=True)


def test_looking_shows_the_lists_and_changes_nothing(reader: Client, mail: Mail) -> None:
    page = reader.get(mail.url)
    text = page.content.decode()
    assert "Nieuwsbrief" in text
    assert "Acties" not in text
    assert "a***@voorbeeld.example" in text
    assert "anna@" not in text
    assert mail.standing() == {"Nieuwsbrief", "Acties"}
    assert not page.cookies


def test_the_button_ends_the_lists_of_this_mailing_at_once(reader: Client, mail: Mail) -> None:
    page = reader.post(mail.url, {"what": "stop"})
    assert page.status_code == 200
    assert not page.cookies
    assert mail.standing() == {"Acties"}
    with account(mail.tenant.id):
        ended = Membership.objects.get(list_id=mail.newsletter.id)
        assert ended.ended_by == Membership.EndedBy.PAGE
        stop = Stop.objects.get()
        assert (stop.issue_id, stop.contact_id, stop.via) == (mail.issue.id, mail.anna.id, Stop.Via.PAGE)
        line = Consent.objects.get()
        assert (line.act, line.source, line.issue_id, line.purpose) == (
            2,
            "page",
            mail.issue.id,
            "newsletter",
        )
        assert not Suppression.objects.exists()


def test_stopping_everything_ends_all_lists_and_suppresses_the_address(reader: Client, mail: Mail) -> None:
    reader.post(mail.url, {"what": "stop_all"})
    assert mail.standing() == set()
    with account(mail.tenant.id):
        assert Suppression.objects.get().reason == Suppression.Reason.OBJECTION
        assert set(Consent.objects.values_list("act", flat=True)) == {2, 3}


def test_stopping_twice_is_stopping_once(reader: Client, mail: Mail) -> None:
    for what in ("stop", "stop", "stop_all", "stop_all"):
        assert reader.post(mail.url, {"what": what}).status_code == 200
    with account(mail.tenant.id):
        assert Stop.objects.count() == 1
        assert Suppression.objects.count() == 1


@pytest.mark.parametrize("what", ["stop", "stop_all"])
def test_a_mistake_is_undone(reader: Client, mail: Mail, what: str) -> None:
    reader.post(mail.url, {"what": what})
    assert "resume" in reader.get(mail.url).content.decode()
    reader.post(mail.url, {"what": "resume"})
    assert mail.standing() == {"Nieuwsbrief", "Acties"}
    with account(mail.tenant.id):
        assert Membership.objects.get(list_id=mail.newsletter.id).ground == "consent"
        assert not Suppression.objects.exists()
        assert Consent.objects.filter(act=Consent.Act.RESUMED).exists()


def test_undoing_brings_back_nothing_that_was_ended_elsewhere(reader: Client, mail: Mail) -> None:
    with account(mail.tenant.id):
        Membership.objects.filter(list_id=mail.newsletter.id).update(ended_at="2026-01-01T00:00Z", ended_by=1)
        Suppression.objects.create(email_key=mail.anna.email_key, reason=Suppression.Reason.COMPLAINT)
    reader.post(mail.url, {"what": "resume"})
    assert mail.standing() == {"Acties"}
    with account(mail.tenant.id):
        assert Suppression.objects.exists()


def test_the_page_speaks_the_language_of_the_mailing(reader: Client, mail: Mail) -> None:
    assert "Uitschrijven" in reader.get(mail.url).content.decode()
    with account(mail.tenant.id):
        Issue.objects.update(language="en")
    text = reader.get(mail.url, headers={"accept-language": "nl"}).content.decode()
    assert "Unsubscribe" in text
    assert 'lang="en"' in text


def test_the_link_of_a_test_mail_changes_nothing(reader: Client, mail: Mail) -> None:
    with account(mail.tenant.id):
        Issue.objects.update(kind=Issue.Kind.TEST)
    reader.post(mail.url, {"what": "stop_all"})
    assert mail.standing() == {"Nieuwsbrief", "Acties"}


def test_an_erased_person_gets_an_answer(reader: Client, mail: Mail) -> None:
    with account(mail.tenant.id):
        Contact.objects.all().delete()
    assert reader.get(mail.url).status_code == 200
    assert reader.post(mail.url, {"what": "stop"}).status_code == 200


@pytest.mark.parametrize("token", ["x", "AAAA", "é", "%00", "c" * 200])
def test_a_token_that_is_not_ours_opens_nothing(reader: Client, mail: Mail, token: str) -> None:
    assert reader.get(f"/uitschrijven/{token}").status_code == 404
    assert reader.post(f"/uitschrijven/{token}", {"what": "stop_all"}).status_code == 404


def test_a_changed_token_or_a_click_token_stops_nobody(reader: Client, mail: Mail) -> None:
    click = links.click_token(keys.derive("links"), mail.issue.id, 0)
    other = links.stop_token(b"another key", mail.issue.id, mail.anna.id)
    own = mail.url.rpartition("/")[2]
    # Not its last letter, of which some bits say nothing.
    changed = own[:-6] + ("B" if own[-6] == "A" else "A") + own[-5:]
    for token in (click, other, changed):
        reader.post(f"/uitschrijven/{token}", {"what": "stop_all"})
    assert mail.standing() == {"Nieuwsbrief", "Acties"}


def test_who_is_logged_in_elsewhere_stops_in_the_account_of_the_mail(
    stranger_client: Client, mail: Mail
) -> None:
    stranger_client.post(mail.url, {"what": "stop"})
    assert mail.standing() == {"Acties"}


def test_who_stopped_everything_stays_off_at_a_new_import(
    reader: Client, mail: Mail, run_jobs: object
) -> None:
    reader.post(mail.url, {"what": "stop_all"})
    with account(mail.tenant.id):
        bring_in(run_jobs, "email\nanna@voorbeeld.example\n", make_list("Nieuw"))  # type: ignore[arg-type]
    assert mail.standing() == set()
