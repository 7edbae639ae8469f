"""The mail that asks for confirmation: at most once by itself, from whom the form says, in whose language."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from mailexpert.base import clock
from mailexpert.conftest import log_in
from mailexpert.contacts import jobs_signup
from mailexpert.contacts.models import Contact, Signup, SignupForm
from mailexpert.contacts.tests.test_signup import EMAIL, Story, make_form
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.sending import letter


class Killed(BaseException):
    """As `kill -9` ends a worker: nothing after it runs."""


def test_a_worker_killed_while_a_confirmation_leaves_sends_no_second_one_by_itself(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(**_mail: Any) -> str:
        raise Killed

    story.fill_in()
    with beside_wall(Beside.TESTS):
        waiting = Signup.objects.get()
    with monkeypatch.context() as patch:
        patch.setattr(letter, "send", killed)
        with pytest.raises(Killed), account(story.tenant.id):
            jobs_signup.carry_on.run(account_id=story.tenant.id, signup_id=waiting.id)
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        Signup.objects.update(at=clock.now() - timedelta(hours=2), mailed_at=clock.now() - timedelta(hours=1))
    jobs_signup.carry_on_left_behind.run()
    with account(story.tenant.id):
        jobs_signup.carry_on.run(account_id=story.tenant.id, signup_id=waiting.id)
    story.run_jobs()
    assert mail.outbox == []
    client = log_in(story.tenant)
    shown = client.get(f"/formulieren/{story.form.id}/").content.decode()
    assert "in twijfel" in shown
    assert EMAIL in shown
    client.post(f"/formulieren/{story.form.id}/aanmelding/{waiting.id}/")
    story.run_jobs()
    assert len(mail.outbox) == 1
    assert EMAIL not in client.get(f"/formulieren/{story.form.id}/").content.decode()


def test_a_stranger_sends_nobody_s_confirmation_again(story: Story, stranger_client: Client) -> None:
    story.fill_in()
    with beside_wall(Beside.TESTS):
        number = Signup.objects.get().id
    assert stranger_client.post(f"/formulieren/{story.form.id}/aanmelding/{number}/").status_code == 404


def test_a_form_has_a_sender_of_its_own(story: Story) -> None:
    with account(story.tenant.id):
        SignupForm.objects.update(sender="De Vries <dag@winkel.example>")
    story.fill_in()
    story.run_jobs()
    assert mail.outbox[0].from_email == "De Vries <dag@winkel.example>"


def test_who_chooses_a_language_is_kept_with_it(story: Story) -> None:
    with account(story.tenant.id):
        form = make_form(story.newsletter, asked=[{"about": "language", "why": "Om je goed te schrijven"}])
    told = Story(story.tenant, form, story.newsletter, story.visitor, story.run_jobs)
    told.sign_up(language="en")
    with account(story.tenant.id):
        assert Contact.objects.get().language == "en"
