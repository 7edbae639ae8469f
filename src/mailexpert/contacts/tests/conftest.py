from pathlib import Path

import pytest

from mailexpert.contacts import files
from mailexpert.contacts.tests.test_signup import story  # noqa: F401


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Uploads of a test lie in its own folder."""
    monkeypatch.setattr(files, "folder", lambda: tmp_path / "imports")
    return tmp_path / "imports"
