"""Sender domains: claimed, published, verified, broken, mended, renewed. DNS is a server of our own."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from mailexpert.base import env, keys
from mailexpert.base.clock import now
from mailexpert.base.names import SystemNames
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mail import dkim
from mailexpert.sending import actions_domains, jobs_domains, queries_domains, words_domains
from mailexpert.sending.models import Issue, Relay, SenderDomain, SenderKey
from mailexpert.sending.rules_domain import PROPOSED_DMARC
from mailexpert.sending.tests.nameserver import Zone, serving

pytestmark = pytest.mark.django_db
NAME = "winkel.example"
HERE = "post.mailexpert.example"


@pytest.fixture
def zone() -> Zone:
    return Zone()


@pytest.fixture
def source(zone: Zone) -> Iterator[SystemNames]:
    with serving(zone) as names:
        names._resolver.lifetime = names._resolver.timeout = 0.5
        yield names


@pytest.fixture(autouse=True)
def _a_public_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    known = replace(env.load(), track_url=f"https://{HERE}", relay_url="smtp://smtp.relay.example:587")
    monkeypatch.setattr(env, "load", lambda: known)


def publish(zone: Zone, domain: SenderDomain) -> None:
    """Everything that the page says."""
    for record in words_domains.records(domain):
        if record.is_mx:
            zone.mx(record.name, record.value)
        else:
            zone.txt(record.name, record.value)


def a_verified(zone: Zone, source: SystemNames, name: str = NAME) -> SenderDomain:
    domain = actions_domains.claim(name)
    publish(zone, domain)
    return actions_domains.check(domain, source)


def codes(domain: SenderDomain) -> dict[str, str]:
    return {record.rpartition("-")[2]: found["code"] for record, found in domain.findings.items()}


def test_what_the_page_says_verifies_the_domain(in_shop: Tenant, zone: Zone, source: SystemNames) -> None:
    domain = a_verified(zone, source)
    assert domain.is_verified
    assert domain.has_return_path
    assert codes(domain) == {"r1": "good", "e1": "good", "mx": "good", "spf": "good", "dmarc": "good"}
    assert set(domain.keys.values_list("state", flat=True)) == {SenderKey.State.ACTIVE}


def test_what_is_published_is_exact(in_shop: Tenant) -> None:
    domain = actions_domains.claim("Winkel.Example.")
    told = {record.key.rpartition("-")[2]: record for record in words_domains.records(domain)}
    assert told["mx"].zone_line == f"mx-{domain.token}.{NAME}. IN MX 10 {HERE}."
    assert told["spf"].value == "v=spf1 a:smtp.relay.example -all"
    assert told["dmarc"].name == f"_dmarc.{NAME}"
    assert "pct" not in told["dmarc"].value
    assert told["r1"].name == f"mx-{domain.token}-r1._domainkey.{NAME}"
    assert told["r1"].zone_line.count('"') == 4  # two strings: one holds no more than 255 octets
    assert all(len(part) <= 255 for part in told["r1"].zone_line.split('"')[1::2])


def test_the_private_keys_lie_sealed(in_shop: Tenant) -> None:
    domain = actions_domains.claim(NAME)
    for key in domain.keys.all():
        assert "PRIVATE" not in key.secret
        made = dkim.load_key(keys.unseal(key.secret, "dkim"), key.selector)
        assert made.public == key.public


@pytest.mark.parametrize(
    "given", ["", "winkel", "http://winkel.example/", "a b.example", "x" * 250 + ".example"]
)
def test_what_is_no_domain_is_not_taken(in_shop: Tenant, given: str) -> None:
    with pytest.raises(actions_domains.NoDomain):
        actions_domains.claim(given)


def test_a_domain_with_letters_of_its_own_is_kept_as_dns_knows_it(in_shop: Tenant) -> None:
    assert actions_domains.claim("café-bloem.example").name == "xn--caf-bloem-d4a.example"
    with pytest.raises(actions_domains.Known):
        actions_domains.claim("CAFÉ-bloem.example")


def change(zone: Zone, domain: SenderDomain, what: str) -> None:
    rsa = f"mx-{domain.token}-r1._domainkey.{NAME}"
    host, other = domain.return_host, dkim.load_key(dkim.make_key("rsa"), "x")
    dkim_text = dkim.record("rsa", domain.keys.get(algorithm="rsa").public)
    changes: dict[str, Callable[[], Any]] = {
        "key gone": lambda: zone.take_away(rsa),
        "other key": lambda: zone.txt(rsa, dkim.record("rsa", other.public)),
        "two keys": lambda: zone.txt(rsa, dkim_text, dkim.record("rsa", other.public)),
        "no key": lambda: zone.txt(rsa, dkim_text.replace("p=", "q=")),
        "cut off": lambda: zone.txt(rsa, dkim_text[:255]),
        "withdrawn": lambda: zone.txt(rsa, "v=DKIM1; k=rsa; p="),
        "test key": lambda: zone.txt(rsa, dkim_text + "; t=y"),
        "alias": lambda: (zone.take_away(rsa), zone.alias(rsa, "elders.example")),
        "alias with key": lambda: (
            zone.take_away(rsa), zone.alias(rsa, "e.example"), zone.txt("e.example", dkim.record("rsa", other.public))
        ),
        "alias to ours": lambda: (
            zone.take_away(rsa), zone.alias(rsa, "e.example"), zone.txt("e.example", dkim_text)
        ),
        "mx elsewhere": lambda: zone.mx(host, "mail.elders.example"),
        "mx beside": lambda: zone.mx(host, HERE, "mail.elders.example"),
        "no mx": lambda: zone.records.pop((host, "MX")),
        "two spf": lambda: zone.txt(host, "v=spf1 a:smtp.relay.example -all", "v=spf1 mx -all"),
        "spf lacks": lambda: zone.txt(host, "v=spf1 mx -all"),
        "spf blank": lambda: zone.txt(host, " v=spf1 a:smtp.relay.example -all"),
        "spf typo": lambda: zone.txt(host, "v=spf1 a:smtp.relay.example includ:x -all"),
        "spf long": lambda: zone.txt(host, "v=spf1 a:smtp.relay.example " + "mx " * 10 + "-all"),
        "two dmarc": lambda: zone.txt(f"_dmarc.{NAME}", PROPOSED_DMARC, "v=DMARC1; p=reject"),
        "no dmarc": lambda: zone.take_away(f"_dmarc.{NAME}"),
        "old dmarc": lambda: zone.txt(f"_dmarc.{NAME}", "v=DMARC1; p=none; pct=100"),
        "dmarc test": lambda: zone.txt(f"_dmarc.{NAME}", "v=DMARC1; p=reject; t=y"),
        "dmarc strict": lambda: zone.txt(f"_dmarc.{NAME}", "v=DMARC1; p=reject; adkim=s"),
    }  # fmt: skip
    changes[what]()


@pytest.mark.parametrize(
    ("what", "record", "code", "verified"),
    [
        ("key gone", "r1", "missing", False),
        ("other key", "r1", "key_other", False),
        ("two keys", "r1", "key_several", False),
        ("no key", "r1", "key_unreadable", False),
        ("cut off", "r1", "key_other", False),
        ("withdrawn", "r1", "key_revoked", False),
        ("test key", "r1", "good_testing", True),
        ("alias", "r1", "missing_alias", False),
        ("alias with key", "r1", "key_other_alias", False),
        ("alias to ours", "r1", "good", True),
        ("mx elsewhere", "mx", "mx_other", True),
        ("mx beside", "mx", "good_beside", True),
        ("no mx", "mx", "missing", True),
        ("two spf", "spf", "spf_several", True),
        ("spf lacks", "spf", "spf_lacks", True),
        ("spf blank", "spf", "spf_blank", True),
        ("spf typo", "spf", "spf_unreadable", True),
        ("spf long", "spf", "spf_too_many", True),
        ("two dmarc", "dmarc", "dmarc_several", False),
        ("no dmarc", "dmarc", "missing", False),
        ("old dmarc", "dmarc", "good_old_tags", True),
        ("dmarc test", "dmarc", "good_test_policy", True),
        ("dmarc strict", "dmarc", "good_strict", True),
    ],
)
def test_each_record_has_a_state_of_its_own(
    in_shop: Tenant, zone: Zone, source: SystemNames, what: str, record: str, code: str, verified: bool
) -> None:
    domain = a_verified(zone, source)
    change(zone, domain, what)
    found = actions_domains.check(domain, source)
    assert codes(found)[record] == code
    assert found.is_verified is verified
    assert found.is_broken is not verified
    assert found.has_return_path is (record not in ("mx", "spf") or code.startswith("good"))
    told = {record.key.rpartition("-")[2]: record.text for record in words_domains.records(found)}
    assert told[record] != code  # there are words for it
    assert "%(" not in told[record]


def test_the_policy_of_the_domain_above_holds_too(in_shop: Tenant, zone: Zone, source: SystemNames) -> None:
    domain = actions_domains.claim(f"nieuws.{NAME}")
    publish(zone, domain)
    zone.take_away(f"_dmarc.nieuws.{NAME}")
    zone.txt(f"_dmarc.{NAME}", "v=DMARC1; p=reject; sp=quarantine")
    found = actions_domains.check(domain, source)
    assert found.is_verified
    assert found.findings["dmarc"] == {"code": "good_inherited", "found": NAME}


def test_ed25519_alone_is_not_enough_and_rsa_alone_is(
    in_shop: Tenant, zone: Zone, source: SystemNames
) -> None:
    domain = actions_domains.claim(NAME)
    publish(zone, domain)
    zone.take_away(f"mx-{domain.token}-r1._domainkey.{NAME}")
    assert not actions_domains.check(domain, source).is_verified
    publish(zone, domain)
    zone.take_away(f"mx-{domain.token}-e1._domainkey.{NAME}")
    assert actions_domains.check(domain, source).is_verified


def test_silent_dns_says_nothing_for_three_days(in_shop: Tenant, zone: Zone, source: SystemNames) -> None:
    domain = a_verified(zone, source)
    zone.broken = {record.name for record in words_domains.records(domain)}
    with time_machine.travel(now() + timedelta(hours=71), tick=False):
        found = actions_domains.check(domain, source)
        assert found.is_verified
        assert found.has_return_path
        assert codes(found)["r1"] == "unsure"
    with time_machine.travel(now() + timedelta(hours=73), tick=False):
        assert actions_domains.check(domain, source).is_broken


def test_a_stranger_needs_records_of_their_own(
    shop: Tenant, stranger: Tenant, zone: Zone, source: SystemNames
) -> None:
    with account(shop.id):
        assert a_verified(zone, source).is_verified
    with account(stranger.id):
        theirs = actions_domains.claim(NAME)
        assert not actions_domains.check(theirs, source).is_verified
        assert queries_domains.domain_for(f"nieuws@{NAME}") is None
        publish(zone, theirs)
        assert actions_domains.check(theirs, source).is_verified
    with account(shop.id):
        mine = SenderDomain.objects.get()
        assert mine.token != theirs.token
        assert actions_domains.check(mine, source).is_verified


def test_new_keys_take_over_when_dns_shows_them(in_shop: Tenant, zone: Zone, source: SystemNames) -> None:
    domain = a_verified(zone, source)
    actions_domains.renew_keys(domain)
    with pytest.raises(actions_domains.Renewing):
        actions_domains.renew_keys(domain)
    states = dict(actions_domains.check(domain, source).keys.values_list("selector", "state"))
    assert {selector[-2:]: state for selector, state in states.items()} == {
        "r1": 1,
        "e1": 1,
        "r2": 0,
        "e2": 0,
    }
    publish(zone, domain)
    found = actions_domains.check(domain, source)
    states = dict(found.keys.values_list("selector", "state"))
    assert {selector[-2:]: state for selector, state in states.items()} == {
        "r1": 2,
        "e1": 2,
        "r2": 1,
        "e2": 1,
    }
    assert found.is_verified
    assert set(found.keys.filter(state=2).values_list("secret", flat=True)) == {""}


def test_an_old_key_is_forgotten_after_a_week(in_shop: Tenant, zone: Zone, source: SystemNames) -> None:
    domain = a_verified(zone, source)
    actions_domains.renew_keys(domain)
    publish(zone, domain)
    actions_domains.check(domain, source)
    for days, kept in ((6, 4), (8, 2)):
        with time_machine.travel(now() + timedelta(days=days), tick=False), beside_wall(Beside.TESTS):
            actions_domains.forget_old_keys()
            assert SenderKey.objects.count() == kept


@pytest.mark.parametrize(
    ("sender", "strict", "covered"),
    [
        (f"nieuws@{NAME}", False, True),
        (f"nieuws@{NAME.upper()}", True, True),
        (f"nieuws@mail.{NAME}", False, True),
        (f"nieuws@mail.{NAME}", True, False),
        (f"nieuws@andere{NAME}", False, False),
        ("nieuws@example", False, False),
    ],
)
def test_which_addresses_a_domain_signs_for(
    in_shop: Tenant, sender: str, strict: bool, covered: bool
) -> None:
    SenderDomain.objects.create(name=NAME, token="abc", state=SenderDomain.State.VERIFIED, is_strict=strict)
    if sender.endswith("@example"):
        return
    assert (queries_domains.domain_for(sender) is not None) is covered


def test_the_nearest_domain_signs(in_shop: Tenant) -> None:
    for name in (NAME, f"mail.{NAME}"):
        SenderDomain.objects.create(name=name, token="abc", state=SenderDomain.State.VERIFIED)
    found = queries_domains.domain_for(f"x@a.mail.{NAME}")
    assert found is not None
    assert found.name == f"mail.{NAME}"


def test_a_provider_s_spf_takes_the_place_of_the_mail_servers(
    in_shop: Tenant, zone: Zone, source: SystemNames
) -> None:
    Relay.objects.create(name="a", host="smtp.a.example")
    Relay.objects.create(name="b", host="smtp.b.example")
    domain = actions_domains.claim(NAME)
    assert queries_domains.spf_terms(domain) == ["a:smtp.a.example", "a:smtp.b.example"]
    actions_domains.set_spf_include(domain, "SPF.provider.example")
    assert queries_domains.spf_terms(domain) == ["include:spf.provider.example"]
    publish(zone, domain)
    zone.txt("spf.provider.example", "v=spf1 ip4:192.0.2.0/24 -all")
    assert codes(actions_domains.check(domain, source))["spf"] == "good"


def test_mailings_of_a_domain_that_broke_wait_and_go_on_by_themselves(
    in_shop: Tenant, zone: Zone, source: SystemNames
) -> None:
    domain = a_verified(zone, source)
    issue = Issue.objects.create(
        sender_address=f"nieuws@{NAME}", subject="Dag", list_ids=[1], purpose="newsletter", domain=domain
    )
    change(zone, domain, "key gone")
    actions_domains.check(domain, source)
    issue.refresh_from_db()
    assert (issue.hold, issue.reason) == ("sender_domain", "sender_domain")
    publish(zone, domain)
    actions_domains.check(domain, source)
    issue.refresh_from_db()
    assert (issue.hold, issue.reason) == ("", "")


def test_who_can_mend_a_broken_domain_hears_of_it_once(
    in_shop: Tenant, zone: Zone, source: SystemNames, run_jobs: Any, mailoutbox: list[Any]
) -> None:
    domain = a_verified(zone, source)
    change(zone, domain, "key gone")
    for _look in range(2):
        actions_domains.check(domain, source)
        run_jobs()
    assert [mail.to for mail in mailoutbox] == [["owner@winkel.example"]]
    assert f"De records van {NAME}" in mailoutbox[0].subject
    assert f"/instellingen/afzenders/{domain.id}/" in mailoutbox[0].body


def test_a_domain_in_use_stays(in_shop: Tenant) -> None:
    domain = actions_domains.claim(NAME)
    issue = Issue.objects.create(
        sender_address=f"nieuws@{NAME}", subject="Dag", list_ids=[1], purpose="newsletter", domain=domain
    )
    with pytest.raises(actions_domains.InUse):
        actions_domains.let_go(domain)
    Issue.objects.update(finished_at=now())
    actions_domains.let_go(domain)
    issue.refresh_from_db()
    assert issue.domain_id is None
    assert not SenderKey.objects.exists()


def test_domains_are_looked_at_by_the_clock(
    shop: Tenant, zone: Zone, source: SystemNames, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions_domains.names, "system", lambda: source)
    with account(shop.id):
        a_verified(zone, source)
    looks = []
    for hours in (1, 23, 24):
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            asked = len(zone.asked)
            jobs_domains.check_domains.run()
            run_jobs()
            looks.append(len(zone.asked) > asked)
    assert looks == [False, True, False]


def test_a_domain_that_waits_or_broke_is_looked_at_every_hour(
    shop: Tenant, zone: Zone, source: SystemNames, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions_domains.names, "system", lambda: source)
    with account(shop.id):
        domain = actions_domains.check(actions_domains.claim(NAME), source)
        assert not domain.is_verified
        publish(zone, domain)
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        jobs_domains.check_domains.run()
        run_jobs()
    with account(shop.id):
        assert SenderDomain.objects.get().is_verified
