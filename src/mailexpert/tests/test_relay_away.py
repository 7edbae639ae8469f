"""The relay goes away in the middle of a mailing: it waits, says why, and goes on by itself."""

from collections import Counter
from uuid import uuid4

import pytest

from mailexpert.tests.client import Api
from mailexpert.tests.people import as_csv, people
from mailexpert.tests.relay import Relay
from mailexpert.tests.stack import Stack, wait_until
from mailexpert.tests.visitor import Visitor

pytestmark = pytest.mark.slow

COUNT = 1_500
AT_MOST_IN_DOUBT = 20  # who were on the wire when it broke: one or two on each connection


def test_a_mailing_waits_for_its_relay_says_why_and_goes_on_by_itself(relayed: Stack, relay: Relay) -> None:
    api, page = relayed.api(), Visitor(relayed.base_url)
    page.log_in(*(relayed.home / "sample.login").read_text().split())
    relay.start("slow")
    domain = f"{uuid4().hex[:8]}.example"
    number = start_mailing(api, domain)
    report = f"/mailings/{number}/rapport/"
    wait_until(lambda: api.mailing(number)["counts"]["sent"] > 0, "the first ones are sent")

    relay.stop()
    wait_until(lambda: api.mailing(number)["reason"] == "relay_unreachable", "it says that the relay is away")
    waits = api.mailing(number)
    assert (waits["state"], waits["counts"]["waiting"] > 0) == ("sending", True)
    assert "Je mailserver is niet bereikbaar" in page.read(report)

    relay.start("refuses")
    wait_until(lambda: api.mailing(number)["reason"] == "relay_refuses", "it says that the relay refuses", 90)
    assert "Je mailserver weigert onze verbinding" in page.read(report)

    relay.start()
    over = wait_until(
        lambda: (it := api.mailing(number))["state"] == "sent" and it, "it went on by itself", 150
    )
    counts = over["counts"]
    assert (over["reason"], counts["planned"]) == ("", COUNT)
    assert counts["sent"] + counts["in_doubt"] == COUNT
    assert counts["in_doubt"] <= AT_MOST_IN_DOUBT
    got = Counter(mail.recipient for mail in relay.received() if mail.sender.endswith(f"@{domain}"))
    assert set(got.values()) == {1}
    assert counts["sent"] <= len(got) <= COUNT


def start_mailing(api: Api, domain: str) -> int:
    readers = api.post("/lists", {"name": f"Wachters van {domain}", "purpose": "newsletter"})["id"]
    asked = api.upload(
        "/imports", as_csv(people(COUNT)), list=readers, ground="consent", evidence="Formulier."
    )
    wait_until(lambda: api.get(f"/imports/{asked['id']}")["state"] == "done", "they are imported")
    words = {"name": "Wachten", "subject": "Geduld", "html": "<p>Dag</p>", "sender": f"nieuws@{domain}"}
    number: int = api.post("/mailings", {**words, "lists": [readers]})["id"]
    api.post(f"/mailings/{number}/send")
    return number
