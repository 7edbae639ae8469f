"""What the tests at the door share: a registration, its mail, the link in it."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.core import mail
from django.test import Client

from mailexpert.conftest import PASSWORD

REGISTRATION = {
    "kind": "organisation",
    "organisation": "Bakkerij Één",
    "full_name": "Els Bakker",
    "email": "els@bakkerij.example",
    "password1": PASSWORD,
    "kvk": "1234 5678",
    "vat_number": "nl123456789b01",
    "phone": "",
    "postal_address": "Dorpsstraat 1\n1234 AB Lindewoud",
    "agreed": "on",
}


def register(client: Client, **changes: str) -> object:
    return client.post("/aanmelden/", REGISTRATION | changes)


def link_in(text: str) -> str:
    found = re.search(r"https?://\S+", text)
    assert found, text
    return urlsplit(found[0]).path


def confirm(client: Client, run_jobs: Callable[[], int]) -> None:
    run_jobs()
    assert client.post(link_in(str(mail.outbox[-1].body))).status_code == 302


def log_in_by_form(client: Client, email: str = "els@bakkerij.example", **fields: str) -> object:
    return client.post("/inloggen/", {"login": email, "password": PASSWORD} | fields)
