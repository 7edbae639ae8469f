"""From sending to the report: a real mailing through the engine, readers and machines who fetch what stands in their
mails, and at the end every number of the report is a plain recount's, to the click."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.test import Client

from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.core.scope import account
from mailexpert.delivery.tests.mailroom import Mailroom, an_engine, until
from mailexpert.delivery.tests.test_measured import html_of
from mailexpert.delivery.tests.test_signing import KeepingSink
from mailexpert.intake.tests.running import PHONE, Running, comes_true
from mailexpert.mailings import actions as mailings
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.privacy import actions as ledger
from mailexpert.privacy.models import Consent
from mailexpert.privacy.rules import MEASUREMENT
from mailexpert.tests.ports import free_ports
from mailexpert.tracking import actions as tracking
from mailexpert.tracking import queries
from mailexpert.tracking.models import OPENS, Device, Event, Rollup, Rule, Trail

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [f"https://winkel.example/{name}" for name in ("tulpen", "bollen", "zaden", "potten")]
HTML = (
    "<html><body><p>Dag</p>" + "".join(f'<p><a href="{page}">x</a></p>' for page in PAGES) + "</body></html>"
)
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
BARRACUDA = "Mozilla/5.0 (compatible; BarracudaCentral/1.0)"
READERS, AGREED, REFUSED = 40, range(15), range(15, 20)
OWN_SCANNED = {
    3,
    4,
}  # they agreed, so that their links are their own; they didn't look at the mail themselves


@dataclass
class Recount:
    """What a person with a pencil wrote down."""

    clicks: Counter[str] = field(default_factory=Counter)
    opens: int = 0
    machine_clicks: Counter[str] = field(default_factory=Counter)
    machine_opens: int = 0
    rules: Counter[Rule] = field(default_factory=Counter)
    devices: Counter[Device] = field(default_factory=Counter)
    trail: set[tuple[int, str]] = field(default_factory=set)


class Readers:
    """Who fetches what: each mail's own addresses, asked of a running intake behind a proxy that says for whom."""

    def __init__(self, intake: Running, mails: dict[str, str], known: dict[str, int]) -> None:
        self._intake, self._known = intake, known
        self.count = Recount()
        self._mails = [Mail(html) for _address, html in sorted(mails.items(), key=lambda one: known[one[0]])]
        self._ids = sorted(known.values())

    def read(self, n: int, pages: list[str], *, opens: bool, agent: str = PHONE) -> None:
        """A person, from an address of their own."""
        mail, device = self._mails[n], Device.PHONE if agent == PHONE else Device.DESKTOP
        if opens:
            assert self._ask(mail.picture, f"81.2.70.{n}", agent) == 200
            self.count.opens += 1
            self.count.devices[device] += 1
        for page in pages:
            assert self._ask(mail.links[page], f"81.2.70.{n}", agent) == 302
            self.count.clicks[page] += 1
            self.count.devices[device] += 1
            if n in AGREED:
                self.count.trail.add((self._ids[n], page))

    def fetch_picture(self, n: int, rule: Rule, agent: str, address: str) -> None:
        assert self._ask(self._mails[n].picture, address, agent) == 200
        self.count.machine_opens += 1
        self.count.rules[rule] += 1

    def scan(
        self, n: int, rule: Rule, agent: str, address: str, *, method: str = "GET", **headers: str
    ) -> None:
        """Every link of a mail, one after the other, as fast as it goes."""
        for page in PAGES:
            if method == "HEAD":
                assert self._ask(self._mails[n].links[page], address, agent, "HEAD") == 302
            assert self._ask(self._mails[n].links[page], address, agent, **headers) == 302
            self.count.machine_clicks[page] += 1
            self.count.rules[rule] += 1

    def follow_hidden(self, n: int, page: str, address: str) -> None:
        """A link, and then the one that nobody can see."""
        assert self._ask(self._mails[n].links[page], address, DESKTOP) == 302
        assert self._ask(self._mails[n].hidden, address, DESKTOP) == 204
        self.count.machine_clicks[page] += 1
        self.count.rules[Rule.HIDDEN] += 1

    def _ask(self, path: str, address: str, agent: str, method: str = "GET", **headers: str) -> int:
        return self._intake.ask(path, method, agent=agent, **{"X-Forwarded-For": address, **headers}).status


class Mail:
    def __init__(self, html: str) -> None:
        paths = re.findall(r"/t/c/[\w.-]+", html)
        self.links = dict(zip(PAGES, list(dict.fromkeys(paths))[: len(PAGES)], strict=True))
        self.picture = re.findall(r"/t/o/[\w-]+\.gif", html)[0]
        self.hidden = re.findall(r"/t/h/[\w-]+", html)[0]


def sent(shop: Tenant) -> tuple[Mailing, dict[str, str], dict[str, int]]:
    """The mailing, each reader's HTML, and their numbers; some agreed to be measured, some refused."""
    with account(shop.id):
        tracking.set_measuring(highest="individual", opens=True, assessment="map 3")
        made, rows = people(READERS)
        known = {row.email: row.id for row in Contact.objects.all()}
        for n, row in enumerate(sorted(rows, key=lambda one: known[one.email])):
            if n in AGREED or n in REFUSED:
                act = Consent.Act.GIVEN if n in AGREED else Consent.Act.ENDED
                ledger.note(
                    act,
                    contact_id=known[row.email],
                    email_key=row.email,
                    source="preferences",
                    purpose=MEASUREMENT,
                )
        mailing = draft(made, source=HTML, tracking="individual")
        mailings.start(mailing)
        mailing.refresh_from_db()
    sink, room = KeepingSink(), Mailroom(shop)

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: len(sink.mails) == READERS and room.state(mailing.issue_id) == 3)

    asyncio.run(story())
    # An hour later; else every click would come within seconds after delivery.
    room.ask("UPDATE sending_delivery SET at = at - interval '1 hour'")
    room.close()
    return mailing, {address: html_of(raw) for address, raw in sink.mails.items()}, known


@pytest.fixture
def intake(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Behind a proxy, and with our own key, so that the engine's tokens are its own."""
    port = free_ports(1)[0]
    extra = {
        "MAILEXPERT_TRACK_PORT": str(port),
        "MAILEXPERT_SECRET_KEY": keys.secret(),
        "MAILEXPERT_BASE_URL": "https://mailexpert.example",
    }
    running = Running(tmp_path_factory.mktemp("intake"), "mailexpert.intake", port, extra)
    running.start()
    yield running
    running.end()


def everybody_comes(readers: Readers) -> None:
    """Forty readers as they are, and between them whoever comes with a mail these days."""
    chance = random.Random(7)
    for n in set(range(READERS)) - OWN_SCANNED:
        pages = chance.sample(PAGES, chance.choice((0, 0, 1, 1, 2)))
        readers.read(n, pages, opens=chance.random() < 0.5, agent=chance.choice((PHONE, DESKTOP)))
    for n in range(0, 40, 4):
        readers.fetch_picture(n, Rule.APPLE, "Mozilla/5.0", f"17.58.0.{n}")
        readers.fetch_picture(n + 1, Rule.GMAIL, GMAIL, f"66.249.84.{n}")
        readers.fetch_picture(n + 2, Rule.YAHOO, YAHOO, f"98.137.1.{n}")
    readers.scan(21, Rule.SCANNER, BARRACUDA, "64.235.150.9")
    readers.scan(22, Rule.NETWORK, DESKTOP, "40.92.3.4")  # says that it is a browser
    readers.scan(3, Rule.AT_ONCE, DESKTOP, "203.0.114.7")
    readers.scan(30, Rule.AT_ONCE, DESKTOP, "203.0.114.8")
    readers.scan(31, Rule.HEAD, DESKTOP, "203.0.114.9", method="HEAD")
    readers.scan(32, Rule.PREFETCH, PHONE, "203.0.114.10", **{"Sec-Purpose": "prefetch"})
    readers.scan(33, Rule.PROGRAM, "python-requests/2.32", "203.0.114.11")
    readers.follow_hidden(4, PAGES[2], "203.0.114.12")
    readers.follow_hidden(35, PAGES[1], "203.0.114.13")


def test_the_numbers_of_a_report_are_a_plain_recount_s(
    shop: Tenant, shop_client: Client, intake: Running
) -> None:
    mailing, mails, known = sent(shop)
    readers = Readers(intake, mails, known)
    assert comes_true(
        lambda: intake.ask(readers._mails[0].picture, "HEAD").status == 200
    )  # pictures count by now
    everybody_comes(readers)
    intake.end()  # which stores all that it answered
    count = readers.count
    with account(shop.id):
        check(mailing, count)
        before = numbers(mailing.issue_id)
        tracking.rebuild(mailing.issue_id)
        assert numbers(mailing.issue_id) == before
        trail = {(one.contact_id, PAGES[one.link]) for one in Trail.objects.exclude(link=OPENS)}
        assert trail == count.trail
    told = shop_client.get(f"/mailings/{mailing.id}/rapport/").content.decode()
    assert f"{count.clicks.total()}" in told
    intake.start()


def check(mailing: Mailing, count: Recount) -> None:
    issue = mailing.issue_id
    found = queries.hits(issue)
    assert (found.clicks, found.opens) == (count.clicks.total(), count.opens)
    assert (found.machine_clicks, found.machine_opens) == (count.machine_clicks.total(), count.machine_opens)
    per_link = {PAGES[one.link]: (one.clicks, one.machine_clicks) for one in queries.clicks_per_link(issue)}
    assert per_link == {page: (count.clicks[page], count.machine_clicks[page]) for page in PAGES}
    hours = queries.clicks_over_time(issue)
    assert sum(one.clicks + one.opens for one in hours) == found.clicks + found.opens
    rules = {Rule(int(one.name)): one.hits for one in queries.machine_shares(issue)}
    assert rules == dict(count.rules)
    devices = {Device(int(one.name)): one.hits for one in queries.shares(issue, Rollup.By.DEVICE)}
    assert devices == dict(count.devices)
    assert sum(Event.objects.values_list("n", flat=True)) == found.clicks + found.opens + found.machines


def numbers(issue: int) -> set[tuple[object, ...]]:
    return set(Rollup.objects.filter(issue_id=issue).values_list("by", "value", "kind", "n"))
