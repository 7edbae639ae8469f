import asyncio
import math
from typing import Any

import pytest

from mailexpert.intake.targets import Targets, as_location


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("https://winkel.example/a?b=c&d=e%20f#g", "https://winkel.example/a?b=c&d=e%20f#g"),
        ("https://winkel.example/café münchen", "https://winkel.example/caf%C3%A9%20m%C3%BCnchen"),
        ("http://Café.example:8080/", "http://xn--caf-dma.example:8080/"),
        ("  https://winkel.example ", "https://winkel.example"),
    ],
)
def test_a_target_is_written_as_a_header_can_carry_it(target: str, location: str) -> None:
    assert as_location(target) == location


@pytest.mark.parametrize(
    "target",
    [
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "//winkel.example",
            "winkel.example",
            "https://",
            "",
            "http://[",
        ),
        "https://winkel.example/\r\nSet-Cookie: a=b",
        "https://winkel.example/" + "a" * 9000,
    ],
)
def test_what_is_no_web_address_leads_nowhere(target: str) -> None:
    assert as_location(target) is None


class Table:
    """Answers as the database would, and counts how often it was asked."""

    def __init__(self) -> None:
        self.issues = {7: ["https://winkel.example/0", "https://winkel.example/1"]}
        self.asked: list[str] = []

    async def rows(self, statement: str, *, ids: list[int], days: int = 0) -> list[tuple[Any, ...]]:
        self.asked.append(statement)
        await asyncio.sleep(0)
        found = [(issue, 1, links, "aggregate", math.inf) for issue, links in self.issues.items()]
        return [row for row in found if row[0] in ids]


async def target(targets: Targets, issue: int, link: int) -> str | None:
    facts = await targets.find(issue)
    return facts.target(link) if facts else None


def test_a_hundred_readers_at_once_read_the_table_once() -> None:
    async def story() -> None:
        table = Table()
        targets = Targets(table)  # type: ignore[arg-type]
        found = await asyncio.gather(*(target(targets, 7, 1) for _ in range(100)))
        assert set(found) == {"https://winkel.example/1"}
        assert table.asked == ["issues"]

    asyncio.run(story())


def test_an_unknown_issue_or_link_leads_nowhere() -> None:
    async def story() -> None:
        targets = Targets(Table())  # type: ignore[arg-type]
        assert await target(targets, 8, 0) is None
        assert await target(targets, 7, 2) is None

    asyncio.run(story())


def test_a_flood_of_clicks_in_a_deleted_mailing_asks_the_database_once() -> None:
    async def story() -> None:
        table = Table()
        targets = Targets(table)  # type: ignore[arg-type]
        for _ in range(100):
            assert await targets.find(8) is None
        assert len(table.asked) == 1

    asyncio.run(story())


def test_a_deleted_issue_is_forgotten() -> None:
    async def story() -> None:
        table = Table()
        targets = Targets(table)  # type: ignore[arg-type]
        await target(targets, 7, 0)
        table.issues.clear()
        assert await targets.forget_deleted() == {7}
        assert await target(targets, 7, 0) is None

    asyncio.run(story())
