"""Signing somebody up by a program."""

import pytest
from django.core import mail

from mailexpert.accounts.actions import make_token
from mailexpert.api.tests.test_api import Api
from mailexpert.contacts import actions_signupform
from mailexpert.contacts.models import Contact, Signup, SignupText
from mailexpert.contacts.tests.cast import make_list
from mailexpert.contacts.tests.test_signup import make_form
from mailexpert.core.scope import account


@pytest.fixture
def form(shop):
    with account(shop.id):
        return make_form(make_list(), asked=[{"about": "first_name", "why": "Voor de aanhef"}])


@pytest.fixture
def api(shop):
    return Api(make_token(shop.account, "test"))


def test_a_program_sees_its_forms_and_a_stranger_s_does_not(api, form, stranger):
    [seen] = api.get("/forms").json()["items"]
    assert (seen["id"], seen["questions"], seen["is_on"]) == (form.id, ["first_name"], True)
    assert seen["url"].endswith(f"/aanmelden/{form.key}")
    other = Api(make_token(stranger.account, "test"))
    assert other.get("/forms").json()["items"] == []
    assert other.get(f"/forms/{form.id}").status_code == 404
    assert other.post(f"/forms/{form.id}/signups", {"email": "a@b.example"}).status_code == 404


def test_a_program_signs_up_and_the_person_confirms(api, form, run_jobs, shop):
    wanted = {
        "email": "fatima@postvak.example",
        "values": {"first_name": "Fatima"},
        "shown": "Onze eigen woorden",
    }
    for _time in range(3):
        answer = api.post(f"/forms/{form.id}/signups", wanted)
        assert (answer.status_code, answer.json()) == (202, {"state": "received"})
    run_jobs()
    assert len(mail.outbox) == 1
    with account(shop.id):
        assert not Contact.objects.exists()
        kept = Signup.objects.get()
        assert (kept.via, kept.values, kept.network) == ("api", {"first_name": "Fatima"}, "")
        assert SignupText.objects.get(id=kept.text_id).body == "Onze eigen woorden"


@pytest.mark.parametrize(
    "wrong",
    [{"email": "x"}, {"values": {"t1": "Ede"}}, {"lists": [999_999]}, {"values": {"first_name": "x" * 400}}],
)
def test_what_does_not_fit_is_said(api, form, wrong):
    answer = api.post(f"/forms/{form.id}/signups", {"email": "a@b.example", **wrong})
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")


def test_a_form_that_is_off_takes_nobody_from_a_program_either(api, form, shop):
    with account(shop.id):
        actions_signupform.close_form(form)
    assert api.post(f"/forms/{form.id}/signups", {"email": "a@b.example"}).status_code == 409
