"""`mailexpert run` in an empty folder: from nothing to the report of the sample mailing, on its own PostgreSQL."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mailexpert.tests.stack import Stack, wait_until
from mailexpert.tests.visitor import Visitor

pytestmark = pytest.mark.slow

TOLD = re.compile(r"Report of the sample mailing: (http://localhost:\d+)(/\S+)")
LOGIN = re.compile(r"Sample login: (\S+) with password (\S+)")


@pytest.fixture
def empty() -> Iterator[Path]:
    """Where others may look too, as in most clones: started as root, the server's account must reach it."""
    with TemporaryDirectory(prefix="mailexpert-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_an_empty_folder_becomes_a_report_of_a_sent_mailing(empty: Path) -> None:
    stack = Stack(empty)
    stack.start("run")
    try:
        login = wait_until(lambda: LOGIN.search(stack.said()), "it tells the login", 180)
        place = TOLD.search(stack.said())
        assert place is not None, stack.said()
        assert place[1] == stack.base_url
        someone = Visitor(stack.base_url)
        someone.log_in(login[1], login[2])
        assert "1.000 van 1.000 aan de beurt geweest" in someone.read(place[2])
        assert stack.api().mailing(1)["counts"]["sent"] == 1_000
        assert "228 kerstpakketten staan klaar" in someone.read("/mailvanger/")
        findings = json.loads(stack.command("doctor", "--json"))
        assert [finding["what"] for finding in findings if finding["level"] == "problem"] == []
    finally:
        stack.end()
