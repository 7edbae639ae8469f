"""The example in the documentation does what its page says, on a product as it starts by default."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from mailexpert.tests.stack import Stack

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[3] / "docs" / "api_example.py"


def test_the_example_of_the_api_sends_a_mailing(stack: Stack) -> None:
    told = stack.command("token", "create", "--account", "demo")
    environment = {**stack.environment, "MAILEXPERT_BASE_URL": stack.base_url, "MAILEXPERT_TOKEN": told}
    ran = subprocess.run(
        [sys.executable, str(EXAMPLE)], env=environment, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    said = dict(line.split(": ", 1) for line in ran.stdout.splitlines())
    done, counts = ast.literal_eval(said["import"]), ast.literal_eval(said["counts"])
    assert (done["state"], done["added"], done["refused"]) == ("done", 2, 1)
    assert (counts["planned"], counts["sent"], counts["waiting"]) == (2, 2, 0)
    assert "block" not in said
