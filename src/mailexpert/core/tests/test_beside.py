"""Every path beside the wall is on one list, and nothing is on it that no path needs."""

import re
from pathlib import Path

import pytest

from mailexpert.core.beside import Beside

SOURCE = Path(__file__).parents[2]
CODE = {path: path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py") if "tests" not in path.parts}
OUTSIDE = {SOURCE / "core" / "beside.py", SOURCE / "conftest.py"}


@pytest.mark.parametrize("reason", Beside, ids=lambda reason: reason.name)
def test_a_reason_has_a_path(reason: Beside) -> None:
    used = [path for path, text in CODE.items() if path not in OUTSIDE and f"Beside.{reason.name}" in text]
    assert used, "nobody goes beside the wall for this any more: take it off the list"


def test_nobody_goes_beside_the_wall_without_a_reason_on_the_list() -> None:
    calls = [
        (str(path), call)
        for path, text in CODE.items()
        for call in re.findall(r"(?<!is_)beside_wall\(([^)]*)\)", text)
        if path != SOURCE / "core" / "scope.py"
    ]
    known = {f"Beside.{reason.name}" for reason in Beside} | {"reason"}
    assert [call for call in calls if call[1] not in known] == []
