"""Sender domains by the API."""

from dataclasses import replace

import pytest

from mailexpert.api.tests.test_api import api, make_list, make_mailing, strange_api  # noqa: F401
from mailexpert.base import env, names
from mailexpert.sending.tests.nameserver import Zone, serving


@pytest.fixture
def zone(monkeypatch):
    known = replace(
        env.load(), track_url="https://post.mailexpert.example", relay_url="smtp://smtp.relay.example"
    )
    monkeypatch.setattr(env, "load", lambda: known)
    made = Zone()
    with serving(made) as source:
        monkeypatch.setattr(names, "system", lambda: source)
        yield made


def publish(zone, domain):
    for record in domain["records"]:
        put = zone.mx if record["type"] == "MX" else zone.txt
        put(record["name"], record["value"])


def test_from_a_claim_to_a_mailing_from_a_verified_domain(api, zone):  # noqa: F811
    made = api.post("/domains", {"name": "Winkel.example"})
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    assert {record["state"] for record in made.json()["records"]} == {"new"}
    news, number = make_list(api), made.json()["id"]
    refused = make_mailing(api, news)
    assert (refused.status_code, refused.json()["title"]) == (422, "No verified sender domain")
    publish(zone, made.json())
    verified = api.post(f"/domains/{number}/verify").json()
    assert verified["state"] == "verified"
    assert verified["return_path"].endswith(".winkel.example")
    assert {record["state"] for record in verified["records"]} == {"good"}
    assert make_mailing(api, news).status_code == 201
    assert [item["name"] for item in api.get("/domains").json()["items"]] == ["winkel.example"]
    assert api.client.delete(f"/api/v1/domains/{number}").status_code == 204
    assert api.get(f"/domains/{number}").status_code == 404


def test_a_domain_is_claimed_once_an_account(api, strange_api, zone):  # noqa: F811
    assert api.post("/domains", {"name": "winkel.example"}).status_code == 201
    assert api.post("/domains", {"name": "winkel.example."}).status_code == 409
    assert strange_api.post("/domains", {"name": "winkel.example"}).status_code == 201
    assert api.post("/domains", {"name": "winkel"}).status_code == 422


def test_a_stranger_reaches_no_domain(api, strange_api, zone):  # noqa: F811
    number = api.post("/domains", {"name": "winkel.example"}).json()["id"]
    assert strange_api.get(f"/domains/{number}").status_code == 404
    assert strange_api.post(f"/domains/{number}/verify").status_code == 404
    assert strange_api.client.delete(f"/api/v1/domains/{number}").status_code == 404
    assert strange_api.get("/domains").json()["items"] == []
