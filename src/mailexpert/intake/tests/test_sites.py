"""What pages of accounts' sites tell: believed from a verified site alone, within bounds, and naming nobody."""

import json
from pathlib import Path
from typing import Any

import pytest

from mailexpert.intake import sites
from mailexpert.intake.journal import Journal, finished
from mailexpert.intake.networks import Networks
from mailexpert.intake.sites import Flood, Site, SiteDesk, host_of, read, wants_privacy
from mailexpert.mail import marks
from mailexpert.mail.goals import order_key

KEY = b"k" * 32
SHOP = Site(7, frozenset(("winkel.example", "127.0.0.1")))
HOST = "winkel.example"
MARK = marks.seal(KEY, marks.Mark(5, 2, 20_786, 99))


def told(**fields: Any) -> bytes:
    return json.dumps({"page": "/bedankt", **fields}).encode()


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://winkel.example", HOST), ("http://winkel.example", HOST), ("https://WINKEL.example", HOST),
        ("https://winkel.example:8443", ""), ("https://www.winkel.example", ""), ("https://winkel.example.x", ""),
        ("https://kwaad.example", ""), ("null", ""), ("", ""), ("https://winkel.example/", ""),
        ("ftp://winkel.example", ""),
        ("http://127.0.0.1:9161", "127.0.0.1"), ("https://[winkel", ""), ("https://winkel.example:x", ""),
    ],
)  # fmt: skip
def test_only_a_verified_site_is_believed_exactly(origin: str, host: str) -> None:
    assert host_of(origin, SHOP) == host


def test_a_page_is_told_without_query_and_with_the_click_it_came_of() -> None:
    found, is_forged = read(told(page="/a?jan=1#x", click=MARK), SHOP, HOST, KEY)
    assert found is not None
    assert not is_forged
    assert (found.page, found.channel, found.issue, found.link, found.day) == ("/a", 1, 5, 2, 20_786)
    assert found.contact == 0


def test_a_person_comes_along_only_where_the_page_has_their_consent() -> None:
    for consent, contact in ((True, 99), (False, 0), ("true", 0), (1, 0), (None, 0)):
        found, _forged = read(told(click=MARK, consent=consent), SHOP, HOST, KEY)
        assert found is not None
        assert found.contact == contact


def test_a_mark_that_nobody_sealed_is_left_out_and_what_happened_is_kept() -> None:
    found, is_forged = read(told(goal="aankoop", click=MARK[::-1], value=3), SHOP, HOST, KEY)
    assert found is not None
    assert is_forged
    assert (found.channel, found.issue, found.cents) == (0, 0, 300)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"[" * 5000, b"\xff", b'{"page": 3}', b'{"page": "https://elders.example/"}',
        told(goal="a\nb"), told(goal="a\x00"), told(goal=3), told(goal="x", value=-1), told(goal="x", value="NaN"),
        told(goal="x", value=1e12), told(goal="x", value=1, currency="€"), told(goal="x", order=""),
        told(goal="x", order="a\nb"), told(goal="x", order="9" * 101), told(goal="x", order=[1]),
        told(goal="x", order=True),
    ],
)  # fmt: skip
def test_what_our_script_never_tells_is_refused(body: bytes) -> None:
    assert read(body, SHOP, HOST, KEY)[0] is None


def test_a_line_holds_no_order_number_address_or_browser(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    desk = SiteDesk(journal, None, Networks(tmp_path / "n", is_proxied=False), KEY)  # type: ignore[arg-type]
    body = told(goal="aankoop", order="2026-0042", value="12.50", currency="eur")
    assert desk.take(SHOP, HOST, body, ("192.0.2.7", "Firefox")) == 204
    journal.finish()
    line = next(iter(finished(tmp_path))).lines
    for word in (b"2026-0042", b"192.0.2", b"Firefox"):
        assert word not in line
    assert json.loads(line)["order"] == order_key(7, "2026-0042")


def test_the_same_number_of_two_shops_is_not_one_order() -> None:
    assert order_key(7, "1") != order_key(8, "1")


def test_what_one_browser_repeats_counts_no_more(tmp_path: Path) -> None:
    desk = SiteDesk(Journal(tmp_path), None, Networks(tmp_path / "n", is_proxied=False), KEY)  # type: ignore[arg-type]
    for _time in range(20):
        assert desk.take(SHOP, HOST, told(), ("192.0.2.7", "Firefox")) == 204
    assert desk.replayed == 15
    assert desk.take(SHOP, HOST, told(page="/elders"), ("192.0.2.7", "Firefox")) == 204
    assert desk.replayed == 15


def test_a_flood_of_made_up_orders_ends() -> None:
    flood = Flood()
    refused = [flood.is_too_much(7, 0.0) for _n in range(sites.MOST_ORDERS + 5)]
    assert refused.count(True) == 5
    assert not flood.is_too_much(8, 1.0)
    assert not flood.is_too_much(7, 61.0)


def test_a_full_disk_is_not_answered_as_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    monkeypatch.setattr(journal, "write", lambda _lines: (_ for _ in ()).throw(OSError("full")))
    desk = SiteDesk(journal, None, Networks(tmp_path / "n", is_proxied=False), KEY)  # type: ignore[arg-type]
    assert desk.take(SHOP, HOST, told(), ("", "")) == 503


def test_a_browser_that_asks_for_privacy_is_heard() -> None:
    assert wants_privacy({"sec-gpc": "1"})
    assert wants_privacy({"dnt": "1"})
    assert not wants_privacy({"dnt": "0"})


def test_the_script_as_it_is_served_is_small() -> None:
    assert len(sites.SCRIPT) < 3000
    assert b"/*" not in sites.SCRIPT
    assert b"cookie" not in sites.SCRIPT
