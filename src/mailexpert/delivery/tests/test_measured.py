"""One mailing, each reader with the links that they agreed to."""

import asyncio
import email
import email.policy
import re
from collections.abc import Iterator

import pytest

from mailexpert.base import env, keys
from mailexpert.conftest import Tenant
from mailexpert.delivery.tests.mailroom import Mailroom, an_engine, until
from mailexpert.delivery.tests.test_signing import KeepingSink
from mailexpert.mail import links
from mailexpert.privacy.rules import MEASUREMENT, person

pytestmark = pytest.mark.django_db(transaction=True)

GIVEN, ENDED, OBJECTED = 1, 2, 3
SAID = {
    "agreed": [GIVEN],
    "refused": [ENDED],
    "withdrew": [GIVEN, ENDED],
    "silent": [],
    "back": [OBJECTED, GIVEN],
}
FAST = f"<p>Dag {{{{ contact.first_name }}}}</p><a href={links.OPENING}0{links.CLOSING}>x</a>"
SLOW = "{% assign name = contact.first_name %}{% if name == 'Jo' %}Jo{% endif %}" + FAST
ADDRESS = re.compile(r"/t/[coh]/([^\"'>\s]+)")


@pytest.fixture
def room(shop: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(shop)
    made.ask(
        "INSERT INTO tracking_measuring (account_id, highest, opens, assessment) VALUES (%s, 'individual', true, 'x')",
        shop.id,
    )
    yield made
    made.close()


def sent(room: Mailroom, mode: str, html: str = FAST) -> tuple[int, dict[str, str]]:
    """The mailing's number, and the HTML that each reader got."""
    issue = room.mailing([f"{name}@lezer.example" for name in SAID])
    room.ask(
        "UPDATE sending_issue SET tracking = %s, html = %s, links = '[\"https://winkel.example/\"]'",
        mode,
        html,
    )
    for name, acts in SAID.items():
        key = f"{name}@lezer.example"
        for act in acts:
            room.ask(
                "INSERT INTO privacy_consent (account_id, contact_id, person, act, purpose, source) "
                "SELECT account_id, id, %s, %s, %s, 'x' FROM contacts_contact WHERE email_key = %s",
                person(key), act, "" if act == OBJECTED else MEASUREMENT, key,
            )  # fmt: skip
    sink = KeepingSink()

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: room.state(issue) == 3)

    asyncio.run(story())
    return issue, {key.partition("@")[0]: html_of(mail) for key, mail in sink.mails.items()}


def html_of(raw: bytes) -> str:
    body = email.message_from_bytes(raw, policy=email.policy.default).get_body(("html",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("html", [FAST, SLOW], ids=["together", "one by one"])
@pytest.mark.parametrize(
    ("mode", "own"),
    [
        ("aggregate", set()),
        ("last_active", {"agreed", "silent", "back"}),
        ("individual", {"agreed", "back"}),
    ],
)
def test_a_reader_has_links_of_their_own_only_where_they_may_be_measured(
    room: Mailroom, mode: str, own: set[str], html: str
) -> None:
    issue, mails = sent(room, mode, html)
    key = keys.derive("links")
    assert set(mails) == set(SAID)
    for name, found in mails.items():
        contact = room.ask("SELECT id FROM contacts_contact WHERE email_key = %s", f"{name}@lezer.example")[
            0
        ][0]
        told = {
            links.read_token(key, token.removesuffix(".gif").partition(".")[0])
            for token in ADDRESS.findall(found)
        }
        mine = {links.Reader(issue, contact)}
        assert told == (mine if name in own else {links.Click(issue, 0), links.Open(issue)}), name
        assert f"{env.load().track_url}/t/c/" in found


def test_the_mails_of_two_who_are_not_followed_differ_in_nothing_but_the_way_out(room: Mailroom) -> None:
    _issue, mails = sent(room, "individual")
    same = {re.sub(r"/t/[up]/[\w-]+", "", mails[name]) for name in ("refused", "withdrew", "silent")}
    assert len(same) == 1


def test_nothing_measured_means_links_as_they_were_written(room: Mailroom) -> None:
    _issue, mails = sent(room, "none")
    assert all(
        'href="https://winkel.example/"' in re.sub(r"href=(http[^>]*)>", r'href="\1">', html)
        for html in mails.values()
    )
    assert not any(ADDRESS.search(html) for html in mails.values())
