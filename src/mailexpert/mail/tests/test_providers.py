import re
from datetime import UTC, date, datetime, time

import pytest

from mailexpert.mail import providers
from mailexpert.mail.quiet import QuietHours
from mailexpert.mail.warmup import Plan


@pytest.mark.parametrize(
    ("hosts", "group"),
    [
        (["aspmx.l.google.com.", "alt1.aspmx.l.google.com."], "google"),
        (["gmail-smtp-in.l.google.com"], "google"),
        (["outlook-com.olc.protection.outlook.com"], "outlook"),
        (["winkel-nl.mail.protection.outlook.com"], "microsoft365"),
        (["MX.Ziggo.NL"], "ziggo"),
        (["mx1.filter.example", "aspmx.l.google.com"], "google"),
        (["mx1.mail.winkel.nl", "mx2.ander.nl"], "winkel.nl"),
        (["mx.firm.co.uk"], "firm.co.uk"),
        (["mail.example.com"], "example.com"),
        (["notgoogle.com"], "notgoogle.com"),
        (["."], ""),
        ([], ""),
    ],
)
def test_domains_are_grouped_by_who_receives_their_mail(hosts: list[str], group: str) -> None:
    assert providers.of_mx(hosts) == group


def test_well_known_domains_need_no_dns() -> None:
    known = (
        "gmail.com",
        "hotmail.nl",
        "live.nl",
        "yahoo.com",
        "ziggo.nl",
        "home.nl",
        "planet.nl",
        "xs4all.nl",
    )
    found = [providers.BY_DOMAIN[domain] for domain in known]
    assert found == ["google", "outlook", "outlook", "yahoo", "ziggo", "ziggo", "kpn", "kpn"]


def test_no_domain_and_no_mail_server_belongs_to_two_providers() -> None:
    domains = [domain for provider in providers.KNOWN for domain in provider.domains]
    ends = [end for provider in providers.KNOWN for end in provider.mx]
    assert len(set(domains)) == len(domains)
    assert len(set(ends)) == len(ends)
    assert all(re.fullmatch(r"[a-z0-9.-]+\.[a-z]+", name) for name in (*domains, *ends))


@pytest.mark.parametrize(
    ("group", "text", "seconds"),
    [
        ("yahoo", b"421 4.7.0 [TS04] Messages from 192.0.2.1 temporarily deferred", 7200),
        ("google", b"421-4.7.28 unusual rate of mail", 3600),
        ("winkel.nl", b"451 4.7.1 temporarily deferred", 5400),
        ("ziggo", b"451 4.3.0 try again later", 0),
    ],
)
def test_some_replies_ask_for_a_rest(group: str, text: bytes, seconds: float) -> None:
    assert providers.rest_after(group, text) == seconds


@pytest.mark.parametrize(
    ("day", "allowed"),
    [(date(2027, 1, 14), 0), (date(2027, 1, 15), 200), (date(2027, 1, 18), 1600), (date(2027, 2, 1), None),
     (date(2099, 1, 1), None)],
)  # fmt: skip
def test_a_warm_up_doubles_daily_until_it_is_over(day: date, allowed: int | None) -> None:
    assert Plan(first_day=date(2027, 1, 15)).allowed(day) == allowed


def test_a_plan_that_does_not_grow_ends_within_a_year() -> None:
    plan = Plan(first_day=date(2027, 1, 15), first=100, growth=1.0)
    assert (plan.allowed(date(2027, 12, 1)), plan.allowed(date(2028, 2, 1))) == (100, None)


@pytest.mark.parametrize(
    ("begin", "end", "moment", "holds"),
    [
        ("22:00", "07:00", "2027-01-15 21:30", True),  # UTC; 22:30 in Amsterdam
        ("22:00", "07:00", "2027-01-15 20:59", False),
        ("22:00", "07:00", "2027-01-15 05:59", True),
        ("22:00", "07:00", "2027-01-15 06:00", False),
        ("22:00", "07:00", "2027-07-15 20:00", True),  # summer time
        ("22:00", "07:00", "2027-07-15 05:00", False),
        ("12:00", "13:00", "2027-01-15 11:30", True),
        ("12:00", "13:00", "2027-01-15 12:00", False),
    ],
)
def test_quiet_hours_follow_the_clock_on_the_wall(begin: str, end: str, moment: str, holds: bool) -> None:
    hours = QuietHours(begin=time.fromisoformat(begin), end=time.fromisoformat(end))
    assert hours.hold(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is holds


def test_a_time_zone_that_nobody_knows_is_taken_for_amsterdam() -> None:
    hours = QuietHours(begin=time(22), end=time(7), time_zone="Mars/Olympus")
    assert hours.hold(datetime(2027, 1, 15, 21, 30, tzinfo=UTC))
