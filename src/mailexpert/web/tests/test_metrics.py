"""The web's figures are for who brings the token, wherever they come from."""

import pytest
from django.test import Client

from mailexpert.base import keys

TOKEN = keys.derive("metrics").hex()


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer ünsinn"])
def test_a_stranger_reads_no_figures(db, given):
    answer = Client(headers={"Authorization": given} if given else {}).get("/metrics")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert b"mailexpert_web" not in answer.content


def test_with_the_token_the_figures_are_there(db):
    client = Client(headers={"Authorization": f"Bearer {TOKEN}"})
    client.get("/healthz")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert b'mailexpert_web_requests_total{status="2xx"' in answer.content
    assert answer["Cache-Control"].startswith("max-age=0")
