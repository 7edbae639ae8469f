"""What a page tells when it is left: kept within bounds, without anything that names a person."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mailexpert.intake import visits
from mailexpert.intake.journal import Journal, finished
from mailexpert.intake.visits import VisitDesk, client, network, read, sign, visitor, where_from

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"
TOLD = {
    "page": "/nieuws/",
    "seconds": 12,
    "source": "https://zoek.example/q?wie=jan",
    "width": 1440,
    "height": 900,
}


def test_a_visit_is_stored_without_its_user_agent(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    desk = VisitDesk(journal, is_proxied=False)
    assert desk.take(json.dumps(TOLD).encode(), CHROME, SimpleNamespace(client="192.0.2.7:5100", headers={}))
    journal.finish()
    line = json.loads(next(iter(finished(tmp_path))).lines)
    told = {name: line[name] for name in ("page", "seconds", "source", "browser", "system", "ip", "network")}
    assert told == {
        "page": "/nieuws/", "seconds": 12, "source": "zoek.example", "browser": "Chrome", "system": "Linux",
        "ip": "192.0.2.7", "network": "192.0.2.0/24",
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"page": "https://elders.example/"}', b'{"page": 3}', b"[" * 5000, b"\xff\xfe"],
)
def test_what_our_pages_never_say_is_refused(body: bytes) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    ("given", "kept"), [(10**12, 0), (-5, 0), (True, 0), ("9", 0), (90_000, 14_400), (7.9, 7)]
)
def test_seconds_stay_within_bounds(given: Any, kept: int) -> None:
    told = read(json.dumps({**TOLD, "seconds": given}).encode())
    assert told is not None
    assert told["seconds"] == kept


def test_control_characters_do_not_reach_the_log() -> None:
    told = read(json.dumps({**TOLD, "search": "a\nb\x00c\ud800"}).encode())
    assert told is not None
    assert told["search"] == "a b c "


def test_a_forged_visitor_is_nobody() -> None:
    assert visitor("abc." + sign("abc")) == "abc"
    assert visitor("abc." + sign("abd")) == ""
    assert visitor("abc") == ""


@pytest.mark.parametrize(
    ("address", "cut"), [("192.0.2.7", "192.0.2.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), (None, "")]
)
def test_an_address_is_cut(address: str | None, cut: str) -> None:
    assert network(address) == cut


def test_only_our_own_proxy_is_believed() -> None:
    headers = {"x-forwarded-for": "10.0.0.1, 198.51.100.4"}
    assert client("10.1.2.3:99", headers, is_proxied=True) == "198.51.100.4"
    assert client("10.1.2.3:99", headers, is_proxied=False) == "10.1.2.3"
    assert client("8.8.4.4:99", headers, is_proxied=True) == "8.8.4.4"
    assert client("[::1]:80", {}, is_proxied=False) == "::1"


def test_an_address_that_is_none_has_no_source() -> None:
    assert where_from("http://[bad") == ""
    assert visits.names("") == ("", "")
