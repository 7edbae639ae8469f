"""Signing somebody up by a program."""

import json

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


class FormsApi(Api):
    def put(self, path, document):
        return self.client.put(f"/api/v1{path}", json.dumps(document), content_type="application/json")

    def delete(self, path):
        return self.client.delete(f"/api/v1{path}")


@pytest.fixture
def api(shop):
    return FormsApi(make_token(shop.account, "test"))


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


def wanted(into, **more):
    return {
        "name": "Voettekst",
        "lists": [into.id],
        "title": "Blijf op de hoogte",
        "privacy_url": "https://winkel.example/privacy",
        "sender": "Winkel <dag@winkel.example>",
        "questions": [{"name": "first_name", "why": "Voor de aanhef", "keep_months": 12}],
        **more,
    }


def test_a_program_makes_a_form_turns_it_on_changes_it_and_deletes_it(api, shop, stranger):
    with account(shop.id):
        into = make_list()
    made = api.post("/forms", wanted(into, is_on=True))
    assert made.status_code == 201
    told = made.json()
    assert (told["is_on"], told["questions"], told["sender"]) == (
        True,
        ["first_name"],
        "Winkel <dag@winkel.example>",
    )
    assert "<form" in told["code"]
    assert told["url"] in told["code"]
    assert api.post(f"/forms/{told['id']}/signups", {"email": "a@b.example"}).status_code == 202
    path = f"/forms/{told['id']}"
    assert FormsApi(make_token(stranger.account, "test")).put(path, wanted(into)).status_code == 404
    changed = api.put(path, wanted(into, title="Anders"))
    assert (changed.status_code, changed.json()["title"], changed.json()["is_on"]) == (200, "Anders", False)
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"lists": [999_999]},
        {"privacy_url": "nergens"},
        {"sender": "geen adres"},
        {"accent": "rood"},
        {"questions": [{"name": "schoenmaat", "why": "?"}]},
        {"questions": [{"name": "first_name", "why": " "}]},
        {"title": " "},
        {"onbekend": 1},
    ],
)
def test_a_form_that_does_not_fit_is_not_made(api, shop, wrong):
    with account(shop.id):
        into = make_list()
    answer = api.post("/forms", wanted(into, **wrong))
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")
    assert api.get("/forms").json()["items"] == []
