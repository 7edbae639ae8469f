from pathlib import Path

import pytest

from mailexpert.intake.hits import Rule
from mailexpert.intake.networks import Networks, Place


@pytest.fixture
def known(tmp_path: Path) -> Networks:
    (tmp_path / "networks.csv").write_text("203.0.113.0/24,scanner\nno address,scanner\n198.51.100.1\n")
    (tmp_path / "country.csv").write_text("192.0.2.0,192.0.2.127,nl\n2001:db8::/32,DE\n8.8.8.0/24,US\n")
    return Networks(tmp_path, is_proxied=True)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address", "rule", "country"),
    [
        ("203.0.113.9:1000", "", "203.0.113.9", Rule.NETWORK, ""),
        ("192.0.2.5:1000", "", "192.0.2.5", Rule.PERSON, "NL"),
        ("192.0.2.200:1000", "", "192.0.2.200", Rule.PERSON, ""),
        ("[2001:db8::7]:1000", "", "2001:db8::7", Rule.PERSON, "DE"),
        ("127.0.0.1:1000", "10.9.9.9, 8.8.8.8", "8.8.8.8", Rule.PERSON, "US"),
        ("8.8.8.8:1000", "203.0.113.9", "8.8.8.8", Rule.PERSON, "US"),
        ("66.249.84.10:1000", "", "66.249.84.10", Rule.GMAIL, ""),
        ("[::ffff:40.92.1.1]:1000", "", "40.92.1.1", Rule.NETWORK, ""),
    ],
)
def test_where_a_request_comes_from(
    known: Networks, peer: str, forwarded: str, address: str, rule: Rule, country: str
) -> None:
    found = known.of(peer, forwarded)
    assert (found.address, found.rule, found.country) == (address, rule, country)


def test_an_address_that_is_none_is_nowhere(known: Networks) -> None:
    assert known.of("unix:", "x") == Place("", False, Rule.PERSON, "")


def test_behind_a_proxy_that_tells_nothing_all_readers_have_one_address(tmp_path: Path) -> None:
    """What they do together makes none of them a machine."""
    assert not Networks(tmp_path, is_proxied=False).of("127.0.0.1:5", "8.8.8.8").is_told
    assert Networks(tmp_path, is_proxied=False).of("8.8.8.8:5", "").is_told


def test_without_a_file_no_country_is_known(tmp_path: Path) -> None:
    assert Networks(tmp_path, is_proxied=False).of("8.8.8.8:5", "").country == ""


def test_a_file_that_changed_is_read_again_without_a_new_start(tmp_path: Path) -> None:
    found = Networks(tmp_path, is_proxied=False)
    assert found.of("203.0.113.9:1", "").rule == Rule.PERSON
    assert not found.refresh()
    (tmp_path / "networks.csv").write_text("203.0.113.0/24,scanner\n")
    assert found.refresh()
    assert found.of("203.0.113.9:1", "").rule == Rule.NETWORK
    assert found.of("40.92.1.1:1", "").rule == Rule.NETWORK


def test_a_network_within_another_hides_none_of_it(tmp_path: Path) -> None:
    (tmp_path / "networks.csv").write_text("203.0.0.0/16,scanner\n203.0.113.0/24,scanner\n")
    found = Networks(tmp_path, is_proxied=False)
    assert {found.of(f"203.0.{n}.9:1", "").rule for n in (1, 113, 200)} == {Rule.NETWORK}


def test_a_published_list_stands_in_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "published.csv").write_text("203.0.113.0/24,gmail,somewhere,2026-11-01\n")
    found = Networks(tmp_path, is_proxied=False)
    assert found.of("203.0.113.9:1", "").rule == Rule.GMAIL
    assert found.of("40.92.1.1:1", "").rule == Rule.PERSON
