"""Ten thousand mails of one mailing, taken by a relay and read by two parsers that know nothing of us."""

import json
import random
import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from mailexpert.tests.client import Api
from mailexpert.tests.people import Person, as_csv, people
from mailexpert.tests.readers import Mail, by_mail_parser, by_standard_library
from mailexpert.tests.relay import Received, Relay
from mailexpert.tests.stack import Stack, wait_until

pytestmark = pytest.mark.slow

COUNT = 10_000
SENDER = "Stichting Ons Hoekje, afd. Zuid <nieuws@hoekje.example>"
SUBJECT = "{{ contact.first_name | default: 'Lezer' }}, nieuws uit {{ contact.woonplaats }} – ’t gaat door"
HTML = f"""<!doctype html><html lang="nl"><head><title>Nieuws</title></head><body>
<h1>Dag {{{{ contact.first_name | default: 'lezer' }}}} {{{{ contact.last_name }}}}!</h1>
<p>Dit jaar 100% raak in {{{{ contact.woonplaats }}}}.</p>
<p>{"Een alinea met één lange adem. " * 8}</p>
<p>{"x" * 1100}</p>
<p>.punt vooraan</p>
<p><a href="https://hoekje.example/nieuws?{"a=1&amp;" * 50}b=2">Lees verder</a></p>
</body></html>"""
FIELDS = sorted([
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "list-unsubscribe",
    "list-unsubscribe-post", "list-id", "feedback-id", "auto-submitted", "precedence", "x-auto-response-suppress",
])  # fmt: skip
STOP = re.compile(r"<(http://localhost:\d+/t/u/[\w-]+)>")
FORM = "application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"
PARTS = (
    "multipart/form-data; boundary=part",
    b'--part\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--part--\r\n',
)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The mailing, who should have it, and what the relay was given."""

    api: Api
    number: int
    counts: dict[str, int]
    people: dict[str, Person]
    mails: list[Received]


@pytest.fixture(scope="module")
def sent(relayed: Stack, relay_of_stack: Relay) -> Sent:
    api, some = relayed.api(), people(COUNT)
    before = len(list(relay_of_stack.received()))
    readers = api.post("/lists", {"name": f"Tienduizend {uuid4().hex[:8]}", "purpose": "newsletter"})["id"]
    fields = {
        "e-mail": "email",
        "voornaam": "first_name",
        "achternaam": "last_name",
        "woonplaats": "woonplaats",
    }
    mapping = json.dumps(fields)
    asked = api.upload(
        "/imports", as_csv(some), list=readers, ground="consent", evidence="Formulier.", mapping=mapping
    )
    path = f"/imports/{asked['id']}"
    done = wait_until(lambda: (it := api.get(path))["state"] in ("done", "failed") and it, "it is imported")
    known = done["added"] + done["updated"] + done["unchanged"]  # some may be there from another story
    assert (done["state"], known, done["refused"]) == ("done", COUNT, 0), done
    words = {"name": "Nieuws", "subject": SUBJECT, "sender": SENDER, "html": HTML, "lists": [readers]}
    number = api.post("/mailings", words)["id"]
    api.post(f"/mailings/{number}/send")
    over = wait_until(lambda: (it := api.mailing(number))["state"] == "sent" and it, "it is sent", 180)
    mails = list(relay_of_stack.received())[before:]
    return Sent(
        api=api, number=number, counts=over["counts"], people={one.email: one for one in some}, mails=mails
    )


@pytest.fixture(scope="module")
def read(sent: Sent) -> dict[str, Mail]:
    """Each mail as both parsers read it, by recipient; each of its fields stands there once."""
    found = {}
    for mail in sent.mails:
        one, names = by_standard_library(mail.raw)
        assert sorted(names) == FIELDS
        assert by_mail_parser(mail.raw) == one
        found[mail.recipient] = one
    return found


def test_everybody_got_it_once(sent: Sent) -> None:
    assert (sent.counts["planned"], sent.counts["sent"]) == (COUNT, COUNT)
    assert Counter(mail.recipient for mail in sent.mails) == Counter(sent.people.keys())
    assert len({mail.sender for mail in sent.mails}) == COUNT  # so that each bounce tells whose it is


def test_every_line_may_travel(sent: Sent) -> None:
    for mail in sent.mails:
        assert mail.raw.isascii()
        lines = mail.raw.split(b"\r\n")
        assert max(map(len, lines)) <= 998
        assert mail.raw.count(b"\n") == mail.raw.count(b"\r") == len(lines) - 1


def test_everybody_can_stop_by_a_link_of_their_own(sent: Sent, read: dict[str, Mail]) -> None:
    stops = set()
    for mail in read.values():
        found = STOP.fullmatch(mail.list_unsubscribe)
        assert found, mail.list_unsubscribe
        stops.add(found[1])
        assert found[1] in mail.text
        assert f'href="{found[1]}"' in mail.html
    assert len(stops) == len({mail.message_id for mail in read.values()}) == COUNT


def test_a_random_hundred_read_their_own_values(sent: Sent, read: dict[str, Mail]) -> None:
    for address in random.sample(sorted(read), 100):
        mail, person = read[address], sent.people[address]
        name = person.first_name or "lezer"
        assert mail.subject == f"{name.replace('lezer', 'Lezer')}, nieuws uit {person.town} – ’t gaat door"
        assert f"Dag {name} {person.last_name}!\n" in mail.text
        assert f"Dit jaar 100% raak in {person.town}.\n" in mail.text
        heading = mail.html.partition("<h1>")[2].partition("</h1>")[0]
        assert "<" not in heading  # a value is no markup
        assert unescape(heading) == f"Dag {name} {person.last_name}!"
        assert "<p>.punt vooraan</p>" in mail.html


def test_opening_the_link_changes_nothing_and_one_click_stops(
    sent: Sent, read: dict[str, Mail], relayed: Stack
) -> None:
    ten = random.sample(sorted(read), 10)
    links = [STOP.fullmatch(read[address].list_unsubscribe)[1] for address in ten]  # type: ignore[index]
    for link in links:
        status, headers = ask("GET", link)
        assert (status, headers["location"][: len(relayed.base_url)]) == (302, relayed.base_url)
        assert ask("GET", headers["location"])[0] == 200
    assert (stopped(sent, ten), sent.api.mailing(sent.number)["counts"]["unsubscribed"]) == ([], 0)
    for link, body in zip(links, [FORM, PARTS] * 5, strict=True):
        for _twice in range(2):
            status, headers = ask("POST", link, *body)
            assert (status, {"set-cookie", "location"} & headers.keys()) == (200, set())
    assert (stopped(sent, ten), sent.api.mailing(sent.number)["counts"]["unsubscribed"]) == (ten, 10)


def stopped(sent: Sent, addresses: list[str]) -> list[str]:
    """Whose membership has ended."""
    found = {address: sent.api.get("/contacts", email=address)["items"][0] for address in addresses}
    return [address for address in addresses if any(on["ended_at"] for on in found[address]["lists"])]


def ask(method: str, url: str, kind: str = "", body: bytes | None = None) -> tuple[int, dict[str, str]]:
    """Without following anything."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=30)
    connection.request(method, parts.path, body, {"Content-Type": kind} if kind else {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}
