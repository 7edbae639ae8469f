"""The API: one account's own, with a token; errors are problem documents."""

import io
import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from PIL import Image as Pixels

from mailexpert.accounts.actions import make_token
from mailexpert.accounts.models import Account
from mailexpert.api.models import Answer
from mailexpert.base.clock import now
from mailexpert.content.models import Image
from mailexpert.core.scope import account
from mailexpert.reports.tests.test_doubt import a_crash

HTML = "<p>Dag {{ contact.first_name | default: 'lezer' }}</p>"


class Api:
    """A client with a token."""

    def __init__(self, token):
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def get(self, path, **query):
        return self.client.get(f"/api/v1{path}", query)

    def post(self, path, document=None, **headers):
        return self.client.post(
            f"/api/v1{path}", json.dumps(document or {}), content_type="application/json", headers=headers
        )


@pytest.fixture
def api(shop):
    return Api(make_token(shop.account, "test"))


@pytest.fixture
def strange_api(stranger):
    return Api(make_token(stranger.account, "test"))


def make_list(api, name="Nieuwsbrief"):
    return api.post("/lists", {"name": name, "purpose": "newsletter"}).json()["id"]


def add(api, list_id, email, **more):
    return api.post("/contacts", {"email": email, "list": list_id, "ground": "consent", **more})


def make_mailing(api, list_id, **changes):
    wanted = {
        "name": "November", "subject": "Nieuws", "sender": "Winkel <nieuws@winkel.example>", "html": HTML,
        "lists": [list_id], **changes,
    }  # fmt: skip
    return api.post("/mailings", wanted)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer mx_1_nee"}, {"Authorization": "Basic x"}])
def test_without_a_token_the_door_is_shut(shop, headers):
    answer = Client(headers=headers).get("/api/v1/lists")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_a_session_s_cookie_opens_no_door(shop_client):
    assert shop_client.get("/api/v1/lists").status_code == 401


def test_from_a_list_to_a_mailing_under_way(api):
    news = make_list(api)
    assert add(api, news, "jan@voorbeeld.example", first_name="Jan").status_code == 201
    made = make_mailing(api, news)
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    assert all(check["level"] != "block" for check in api.post(f"/mailings/{number}/checks").json())
    sent = api.post(f"/mailings/{number}/send")
    assert (sent.status_code, sent.json()["state"]) == (202, "sending")
    counts = api.get(f"/mailings/{number}").json()["counts"]
    assert counts["planned"] == 1
    terms = ("waiting", "sent", "skipped", "failed", "deferred", "in_doubt")
    assert counts["planned"] == sum(counts[term] for term in terms)
    assert api.get(f"/mailings/{number}/report").status_code == 200
    assert api.post(f"/mailings/{number}/send").status_code == 409


def test_a_contact_is_found_by_address_in_any_case(api):
    news = make_list(api)
    add(api, news, "Jan@Voorbeeld.example")
    found = api.get("/contacts", email="jan@voorbeeld.EXAMPLE").json()["items"]
    assert [item["lists"][0]["ground"] for item in found] == ["consent"]


def test_a_csv_comes_in_and_says_what_it_did(api, run_jobs):
    news = make_list(api)
    file = SimpleUploadedFile("c.csv", b"email,voornaam,schoenmaat\na@b.nl,An,40\nkapot,B,41\n")
    answer = api.client.post(
        "/api/v1/imports", {"file": file, "list": news, "ground": "consent", "evidence": "Formulier."}
    )
    assert answer.status_code == 201, answer.content
    number = answer.json()["id"]
    assert answer.json()["state"] == "queued"
    run_jobs()
    done = api.get(f"/imports/{number}").json()
    assert (done["state"], done["added"], done["refused"]) == ("done", 1, 1)


@pytest.mark.parametrize("given", [{"ground": "consent"}, {"ground": "consent", "evidence": "Formulier."}])
def test_a_file_comes_in_with_or_without_words_of_evidence(api, shop, given):
    file = SimpleUploadedFile("c.csv", b"email\na@b.nl\n")
    assert (
        api.client.post("/api/v1/imports", {"file": file, "list": make_list(api), **given}).status_code == 201
    )


def test_the_same_key_happens_once(api, shop):
    key = {"Idempotency-Key": "abc"}
    first = api.post("/lists", {"name": "Een", "purpose": "events"}, **key)
    again = api.post("/lists", {"name": "Een", "purpose": "events"}, **key)
    other = api.post("/lists", {"name": "Twee", "purpose": "events"}, **key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == again.json()
    with account(shop.id):
        Answer.objects.update(at=now() - timedelta(hours=25))
    assert api.post("/lists", {"name": "Twee", "purpose": "events"}, **key).status_code == 201


def test_a_stranger_s_key_is_another_key(api, strange_api):
    for one in (api, strange_api):
        assert (
            one.post("/lists", {"name": "x", "purpose": "events"}, **{"Idempotency-Key": "k"}).status_code
            == 201
        )


def test_a_stranger_finds_nothing(api, strange_api):
    news = make_list(api)
    contact = add(api, news, "jan@voorbeeld.example").json()["id"]
    number = make_mailing(api, news).json()["id"]
    paths = f"/lists/{news}", f"/contacts/{contact}", f"/mailings/{number}", f"/mailings/{number}/report"
    for path in paths:
        assert strange_api.get(path).status_code == 404
    assert strange_api.post(f"/mailings/{number}/send").status_code == 404
    assert make_mailing(strange_api, news).status_code == 422
    assert strange_api.get("/contacts").json()["items"] == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"subject": "a\r\nBcc: b@c.nl"}, 422),
        ({"sender": "geen adres"}, 422),
        ({"html": None}, 422),
        ({"segments": [1]}, 422),
        ({"tracking": "individual"}, 422),
        ({"onbekend": 1}, 422),
    ],
)
def test_a_mailing_that_doesn_t_fit_is_refused_with_its_reason(api, change, status):
    answer = make_mailing(api, make_list(api), **change)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_wrong_source_names_its_line(api):
    answer = api.post("/templates", {"name": "x", "kind": "mjml", "source": "<mjml>\n<mj-body>\n<mj-tekst/>"})
    assert answer.status_code == 422
    assert answer.json()["line"] >= 1


def test_pages_follow_each_other_to_the_end(api):
    for number in range(5):
        make_list(api, f"Lijst {number}")
    first = api.get("/lists", limit=3).json()
    second = api.get("/lists", limit=3, cursor=first["next"]).json()
    names = [item["name"] for item in first["items"] + second["items"]]
    assert names == [f"Lijst {number}" for number in (4, 3, 2, 1, 0)]
    assert second["next"] is None


def test_who_is_in_doubt_is_listed_and_ordered_again(api, strange_api, shop):
    with account(shop.id):
        mailing, rows = a_crash()
    path = f"/mailings/{mailing.id}/doubtful"
    first = api.get(path, limit=2).json()
    rest = api.get(path, limit=2, cursor=first["next"]).json()
    assert [person["contact"] for person in first["items"] + rest["items"]] == [row.id for row in rows]
    assert rest["next"] is None
    assert strange_api.get(path).status_code == strange_api.post(f"{path}/send").status_code == 404
    ordered = api.post(f"{path}/send").json()
    assert (ordered["ordered"], ordered["mailing"]["state"]) == (3, "sending")
    assert ordered["mailing"]["counts"]["deferred"] == 3
    assert api.post(f"{path}/send").json()["ordered"] == 0


def test_an_order_for_who_is_in_doubt_needs_the_right_to_send(shop):
    api = Api(make_token(shop.account, "test", ["read", "write"]))
    assert api.post("/mailings/1/doubtful/send").status_code == 403


def test_an_unknown_address_is_a_problem_document(api):
    answer = api.get("/nergens")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_checks_speak_the_account_s_language(api, shop):
    number = make_mailing(api, make_list(api)).json()["id"]
    assert any("lijsten" in check["text"] for check in api.post(f"/mailings/{number}/checks").json())
    with account(shop.id):
        Account.objects.update(language="en")
    assert any("lists" in check["text"] for check in api.post(f"/mailings/{number}/checks").json())


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "big"}])
def test_what_is_too_large_is_refused_by_a_document(api, headers):
    source = "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    answer = api.post("/templates", {"name": "x", "kind": "text", "source": source}, **headers)
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "many"}])
def test_a_form_of_too_many_fields_is_refused_by_a_document(api, headers):
    fields = {f"field{number}": "1" for number in range(1500)}
    answer = api.client.post("/api/v1/imports", fields, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_another_method_is_answered_with_those_that_there_are(api):
    answer = api.client.put("/api/v1/lists")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_without_a_database_it_says_so(api, monkeypatch):
    def away(_token):
        raise OperationalError("connection refused")

    monkeypatch.setattr("mailexpert.api.middleware.accounts.account_of_token", away)
    answer = api.get("/lists")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer["Retry-After"]


@pytest.mark.parametrize(
    ("scopes", "answers"),
    [(["read"], (200, 403, 403)), (["read", "write"], (200, 201, 403)), (["send"], (403, 403, 404))],
)
def test_a_token_opens_what_it_was_made_for(shop, scopes, answers):
    api = Api(make_token(shop.account, "test", scopes))
    told = (
        api.get("/lists").status_code,
        api.post("/lists", {"name": "x", "purpose": "events"}).status_code,
        api.post("/mailings/1/send").status_code,
    )
    assert told == answers


def picture_form(**fields):
    out = io.BytesIO()
    Pixels.new("RGB", (4, 4)).save(out, "PNG")
    return {"file": SimpleUploadedFile("krat.png", out.getvalue(), content_type="image/png"), **fields}


@pytest.mark.parametrize("fields", [{}, {"alt": ""}, {"alt": "  "}, {"decorative": "false"}])
def test_a_picture_that_nobody_described_is_refused(api, shop, fields):
    answer = api.client.post("/api/v1/images", picture_form(**fields))
    assert (answer.status_code, "decoration" in answer.json()["detail"]) == (422, True)
    with account(shop.id):
        assert not Image.objects.exists()


@pytest.mark.parametrize("fields", [{"alt": "Een krat"}, {"decorative": "true"}])
def test_a_picture_with_a_description_or_called_decoration_is_kept(api, fields):
    answer = api.client.post("/api/v1/images", picture_form(**fields))
    assert answer.status_code == 201
    assert answer.json()["decorative"] == ("decorative" in fields)
