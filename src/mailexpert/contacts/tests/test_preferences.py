"""The preference centre behind the link that each mail carries."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone

from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.contacts import actions, actions_preferences, actions_segments, tokens
from mailexpert.contacts.models import Contact, List, Membership, NewAddress, Preference
from mailexpert.contacts.rules_preferences import BadDay, pause_until
from mailexpert.contacts.tests.cast import bring_in, make_contact, make_list
from mailexpert.core.scope import account
from mailexpert.mail import links
from mailexpert.privacy.models import Consent
from mailexpert.sending.models import Delivery, Issue, Suppression


@dataclass(frozen=True)
class Mail:
    """A mail that Anna got, and the links in it."""

    tenant: Tenant
    anna: Contact
    newsletter: List
    offers: List
    issue: Issue

    @property
    def url(self) -> str:
        return f"/voorkeuren/{links.stop_token(keys.derive('links'), self.issue.id, self.anna.id)}"

    @property
    def filled(self) -> dict[str, Any]:
        """The form as it stands, nothing changed."""
        lists = [str(self.newsletter.id), str(self.offers.id)]
        return {"lists": lists, "pause": "no", "often": "", "language": "nl"}

    def standing(self) -> set[str]:
        with account(self.tenant.id):
            return set(Membership.objects.filter(ended_at=None).values_list("list__name", flat=True))


@pytest.fixture
def mail(shop: Tenant) -> Mail:
    with account(shop.id):
        newsletter, offers = make_list(), make_list("Acties", "offers")
        anna = make_contact(into=newsletter, language="nl", first_name="Anna")
        Membership.objects.create(list_id=offers.id, contact_id=anna.id, ground="consent")
        issue = Issue.objects.create(subject="Hoi", sender_address="a@b.example", list_ids=[newsletter.id])
    return Mail(shop, anna, newsletter, offers, issue)


@pytest.fixture
def reader() -> Client:
    return Client(enforce_csrf_checks=True)


def test_looking_changes_nothing_and_sets_no_cookie(reader: Client, mail: Mail) -> None:
    for _scanner in range(3):
        page = reader.get(mail.url)
        assert page.status_code == 200
        assert not page.cookies
    text = page.content.decode()
    assert "Nieuwsbrief" in text
    assert "Acties" in text
    assert "a***@voorbeeld.example" in text
    assert "anna@" not in text
    assert mail.standing() == {"Nieuwsbrief", "Acties"}


def test_a_list_is_left_and_joined_again_with_proof(reader: Client, mail: Mail) -> None:
    answer = reader.post(mail.url, mail.filled | {"lists": [str(mail.newsletter.id)]})
    assert answer.status_code == 303
    assert not answer.cookies
    assert mail.standing() == {"Nieuwsbrief"}
    reader.post(mail.url, mail.filled)
    assert mail.standing() == {"Nieuwsbrief", "Acties"}
    with account(mail.tenant.id):
        assert Membership.objects.get(list_id=mail.offers.id).ground == "consent"
        line = Consent.objects.order_by("-id")[0]
        assert (line.act, line.source, line.ground) == (Consent.Act.GIVEN, "preferences", "consent")


def test_a_list_of_others_can_t_be_ticked(reader: Client, mail: Mail) -> None:
    with account(mail.tenant.id):
        hidden = make_list("Directie")
    answer = reader.post(mail.url, mail.filled | {"lists": [str(hidden.id)]})
    assert answer.status_code == 422
    assert mail.standing() == {"Nieuwsbrief", "Acties"}


def test_a_pause_and_a_rhythm_are_kept(reader: Client, mail: Mail) -> None:
    until = (timezone.now() + timedelta(days=40)).date()
    reader.post(mail.url, mail.filled | {"pause": "day", "until": until.isoformat(), "often": "7"})
    with account(mail.tenant.id):
        chosen = Preference.objects.get()
        assert (chosen.paused_until, chosen.every_days) == (until, 7)
    text = reader.get(mail.url).content.decode()
    assert until.isoformat() in text


@pytest.mark.parametrize("day", ["2020-01-01", "2999-01-01", "morgen", ""])
def test_a_pause_that_can_t_be_says_why(reader: Client, mail: Mail, day: str) -> None:
    answer = reader.post(mail.url, mail.filled | {"pause": "day", "until": day})
    assert answer.status_code == 422
    with account(mail.tenant.id):
        assert not Preference.objects.exists()


def test_a_pause_ends_after_today_and_within_a_year() -> None:
    today = timezone.now().date()
    assert pause_until("no", today, today) is None
    assert pause_until("month", None, today) == today + timedelta(days=30)
    for day in (None, today, today - timedelta(days=1), today + timedelta(days=367)):
        with pytest.raises(BadDay):
            pause_until("day", day, today)


def test_measurement_is_agreed_to_and_withdrawn_in_the_very_words(reader: Client, mail: Mail) -> None:
    reader.post(mail.url, mail.filled | {"measured": "on"})
    with account(mail.tenant.id):
        assert actions_preferences.is_measured(mail.anna)
        line = Consent.objects.get(purpose="individual_measurement")
        assert line.evidence_id is not None
    reader.post(mail.url, mail.filled)
    with account(mail.tenant.id):
        assert not actions_preferences.is_measured(mail.anna)
        acts = Consent.objects.filter(purpose="individual_measurement").order_by("id")
        assert list(acts.values_list("act", flat=True)) == [Consent.Act.GIVEN, Consent.Act.ENDED]


def test_stopping_everything_ends_all_and_survives_an_import(
    reader: Client, mail: Mail, run_jobs: Callable[[], int]
) -> None:
    reader.post(mail.url, mail.filled | {"measured": "on"})
    assert reader.post(f"{mail.url}/alles-stoppen").status_code == 303
    assert mail.standing() == set()
    with account(mail.tenant.id):
        assert Suppression.objects.get().reason == Suppression.Reason.OBJECTION
        assert not actions_preferences.is_measured(mail.anna)
        bring_in(run_jobs, "email\nanna@voorbeeld.example\n", make_list("Nieuw"))
    assert mail.standing() == set()


def test_another_address_counts_only_after_the_button_behind_its_mail(
    reader: Client, mail: Mail, run_jobs: Callable[[], int]
) -> None:
    reader.post(f"{mail.url}/adres", {"new-email": "anna@nieuw.example"})
    run_jobs()
    to_new, to_old = outbox.outbox
    assert (to_new.to, to_old.to) == (["anna@nieuw.example"], ["anna@voorbeeld.example"])
    assert "anna@nieuw" not in to_old.body
    path = re.search(r"http\S+(/voorkeuren/adres/\S+)", to_new.body)[1]  # type: ignore[index]
    for _scanner in range(3):
        assert reader.get(path).status_code == 200
    with account(mail.tenant.id):
        assert Contact.objects.get().email == "anna@voorbeeld.example"
    assert reader.post(path).status_code == 200
    with account(mail.tenant.id):
        assert Contact.objects.get().email == "anna@nieuw.example"
        assert not NewAddress.objects.exists()
    assert mail.standing() == {"Nieuwsbrief", "Acties"}
    assert reader.post(path).status_code == 200  # a second press has nothing left to do


def test_an_address_that_is_somebody_else_s_is_refused(
    reader: Client, mail: Mail, run_jobs: Callable[[], int]
) -> None:
    with account(mail.tenant.id):
        make_contact("bart@voorbeeld.example")
        wanted = NewAddress.objects.create(contact_id=mail.anna.id, email="bart@voorbeeld.example")
        path = tokens.new_address_url(wanted).partition("/voorkeuren")[2]
    assert reader.post(f"/voorkeuren{path}").status_code == 200
    with account(mail.tenant.id):
        assert set(Contact.objects.values_list("email", flat=True)) == {
            "anna@voorbeeld.example", "bart@voorbeeld.example",
        }  # fmt: skip


def test_everything_that_is_kept_can_be_seen_and_taken_along(reader: Client, mail: Mail) -> None:
    page = reader.get(f"{mail.url}/gegevens").content.decode()
    assert "anna@voorbeeld.example" in page
    assert "Lidmaatschap van lijsten" in page
    assert "contacts_membership" not in page  # no name of the program is shown to a reader
    file = reader.get(f"{mail.url}/gegevens.json")
    told = json.loads(file.content)
    assert told["person"]["first_name"] == "Anna"
    assert {"contacts_contact", "contacts_membership"} <= set(told["tables"])
    assert "attachment" in file["Content-Disposition"]
    assert reader.get(f"{mail.url}/gegevens.exe").status_code == 404


def test_the_file_that_is_taken_along_can_be_imported_again(
    reader: Client, mail: Mail, stranger: Tenant, run_jobs: Callable[[], int]
) -> None:
    file = reader.get(f"{mail.url}/gegevens.csv").content
    with account(stranger.id):
        bring_in(run_jobs, file, make_list())
        assert Contact.objects.get().first_name == "Anna"


def test_an_old_mail_stops_but_shows_nothing(reader: Client, mail: Mail, run_jobs: Callable[[], int]) -> None:
    with account(mail.tenant.id):
        Issue.objects.update(started_at=timezone.now() - timedelta(days=91))
    for path in ("", "/gegevens", "/gegevens.json"):
        assert "anna@" not in reader.get(mail.url + path, follow=True).content.decode()
    reader.post(mail.url, mail.filled | {"lists": []})
    reader.post(f"{mail.url}/adres", {"new-email": "dief@elders.example"})
    assert mail.standing() == {"Nieuwsbrief", "Acties"}
    reader.post(f"{mail.url}/nieuwe-link")
    run_jobs()
    (letter,) = outbox.outbox
    assert letter.to == ["anna@voorbeeld.example"]
    fresh = re.search(r"http\S+(/voorkeuren/\S+)", letter.body)[1]  # type: ignore[index]
    assert "Nieuwsbrief" in reader.get(fresh).content.decode()
    reader.post(f"{mail.url}/alles-stoppen")
    assert mail.standing() == set()


@pytest.mark.parametrize("token", ["x", "AAAA", "é", "c" * 200, "WzEsMV0:1abc:sig"])
def test_a_link_that_is_not_ours_opens_nothing(reader: Client, mail: Mail, token: str) -> None:
    for path in ("", "/gegevens", "/gegevens.json"):
        assert reader.get(f"/voorkeuren/{token}{path}").status_code == 404
    for path in ("", "/alles-stoppen", "/adres", "/nieuwe-link"):
        assert reader.post(f"/voorkeuren/{token}{path}").status_code == 404
    assert reader.post(f"/voorkeuren/adres/{token}").status_code == 404


def test_a_changed_link_opens_nobody_s_page(reader: Client, mail: Mail) -> None:
    with account(mail.tenant.id):
        own = tokens.preferences_url(mail.anna).rpartition("/")[2]
    in_mail = mail.url.rpartition("/")[2]
    other = links.stop_token(b"another key", mail.issue.id, mail.anna.id)
    click = links.click_token(keys.derive("links"), mail.issue.id, 0)
    for token in (
        own[:-1] + ("A" if own[-1] != "A" else "B"),
        other,
        click,
        in_mail[:-6] + ("A" if in_mail[-6] != "A" else "B") + in_mail[-5:],
    ):
        assert reader.post(f"/voorkeuren/{token}/alles-stoppen").status_code == 404
    assert mail.standing() == {"Nieuwsbrief", "Acties"}


def test_the_link_of_a_test_mail_opens_nobody_s_page(reader: Client, mail: Mail) -> None:
    with account(mail.tenant.id):
        Issue.objects.update(kind=Issue.Kind.TEST)
    assert "Nieuwsbrief" not in reader.get(mail.url).content.decode()
    reader.post(f"{mail.url}/alles-stoppen")
    assert mail.standing() == {"Nieuwsbrief", "Acties"}


def test_the_page_speaks_the_person_s_language(reader: Client, mail: Mail) -> None:
    assert "Je voorkeuren" in reader.get(mail.url).content.decode()
    reader.post(mail.url, mail.filled | {"language": "en"})
    text = reader.get(mail.url, headers={"accept-language": "nl"}).content.decode()
    assert "Your preferences" in text
    assert 'lang="en"' in text


def test_what_is_taken_along_names_lists_labels_mailings_and_the_words_of_proof(
    reader: Client, mail: Mail
) -> None:
    with account(mail.tenant.id):
        actions.sign_up(mail.anna, mail.offers, ground="consent", evidence="Zei ja op de markt.")
        actions_segments.tag([mail.anna.id], actions_segments.make_tag("open dag").id)
        Delivery.objects.create(
            issue_id=mail.issue.id, contact_id=mail.anna.id, attempt=1, outcome=1, code=250
        )
    tables = reader.get(f"{mail.url}/gegevens.json").json()["tables"]
    assert {row["list"] for row in tables["contacts_membership"]["rows"]} == {"Nieuwsbrief", "Acties"}
    [line] = tables["privacy_consent"]["rows"]
    assert (line["act"], line["list"], line["words"]) == ("given", "Acties", "Zei ja op de markt.")
    assert tables["contacts_tagging"]["rows"][0]["label"] == "open dag"
    [sent] = tables["sending_delivery"]["rows"]
    assert (sent["mailing"], sent["outcome"]) == ("Hoi", "sent")
