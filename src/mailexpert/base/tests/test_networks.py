"""Networks of machines as data: what we ship, how old it is, and what an owner publishes taken over from a file."""

import json
from datetime import date
from pathlib import Path

import pytest

from mailexpert.base import networks as unit

TODAY = date(2026, 11, 29)
GOOGLE = json.dumps({"prefixes": [{"ipv4Prefix": "66.249.80.0/20"}, {"ipv6Prefix": "2001:4860:4864::/48"}]})
SPF = '"v=spf1 ip4:195.130.217.0/24 ip4:91.220.42.0/24 ip6:2a00:1450:4000::/36 ~all"'


def test_every_line_that_we_ship_names_its_source_and_day() -> None:
    rows = [row for row in unit.SHIPPED.read_text().splitlines() if row and not row.startswith("#")]
    lines = unit.named(unit.SHIPPED)
    assert len(lines) == len(rows) > 40
    assert all(one.source and one.day for one in lines)
    assert {one.word for one in lines} == set(unit.WORDS)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (GOOGLE, 2),
        (SPF, 3),
        ("network,comment\n17.0.0.0/8,Apple\n", 1),
        ("10.0.0.0/8 192.168.0.0/16 66.249.80.0/20", 1),  # private ones are nobody's
        ("0.0.0.0/0 8.0.0.0/4 ::/0 66.249.80.0/20", 1),  # nor is half the internet
        ("version 1.2.3.4/500 and 999.1.1.1/8 66.249.80.0/20", 1),
    ],
)
def test_networks_are_found_in_whatever_form_they_are_published(text: str, count: int) -> None:
    assert len(unit.found_in(text)) == count


def test_a_file_without_networks_is_refused() -> None:
    with pytest.raises(unit.NothingFound):
        unit.found_in("<html>Page not found</html>")


def test_what_is_taken_over_replaces_what_was_known_of_that_source_and_nothing_else(tmp_path: Path) -> None:
    unit.take(
        tmp_path, unit.found_in(SPF), word="scanner", source="eu._netblocks.mimecast.com TXT", day=TODAY
    )
    [published, _own] = unit.files(tmp_path)
    lines = unit.named(published)
    assert published != unit.SHIPPED
    assert sum(one.source.startswith("eu._netblocks") for one in lines) == 3
    others = [one for one in unit.named(unit.SHIPPED) if not one.source.startswith("eu._netblocks")]
    assert [one for one in lines if not one.source.startswith("eu._netblocks")] == others


def test_the_oldest_source_is_named_first() -> None:
    lines = unit.named(unit.SHIPPED)
    found = unit.sources([*lines, unit.Named(network=lines[0].network, word="scanner", source="mine")])
    assert (found[0].source, found[0].day) == ("mine", None)
    assert sum(one.count for one in found) == len(lines) + 1
