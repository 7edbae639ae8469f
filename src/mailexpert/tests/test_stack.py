"""The product starts, answers and ends; its processes come back when they die."""

import os
import signal
from urllib.request import urlopen

import pytest

from mailexpert.tests.stack import Stack, wait_until

pytestmark = pytest.mark.slow


def test_every_process_runs_and_the_intake_answers_too(stack: Stack) -> None:
    for name in ("catcher", "intake", "deliver", "worker", "web"):
        os.kill(stack.pid(name), 0)
    with urlopen(f"{stack.track_url}/healthz", timeout=10) as answer:
        assert answer.status == 200


def test_a_killed_process_comes_back(stack: Stack) -> None:
    before = stack.pid("deliver")
    os.kill(before, signal.SIGKILL)
    after = wait_until(lambda: stack.pid("deliver") != before and stack.pid("deliver"), "it is back")
    os.kill(after, 0)
    assert "deliver-1 was killed by SIGKILL" in stack.said()
