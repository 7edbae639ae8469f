import os
from pathlib import Path

import pytest

from mailexpert.operations import drop, unprivileged
from mailexpert.operations.unprivileged import Account

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops")


def test_an_ordinary_user_drops_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(unprivileged, "is_root", lambda: False)
    assert drop.run_as(tmp_path) == drop.RunAs()


def test_root_stays_where_the_account_cannot_work_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(unprivileged, "is_root", lambda: True)
    monkeypatch.setattr(unprivileged, "stand_in", lambda: Account(name="postgres", uid=101, gid=104))
    monkeypatch.setattr(Account, "can", lambda *_: True)
    monkeypatch.setattr(Account, "succeeds", lambda *_: False)
    found = drop.run_as(tmp_path)
    assert not found.arguments
    assert "run as root: postgres can't run" in found.note


def test_without_any_account_root_stays_and_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(unprivileged, "is_root", lambda: True)
    monkeypatch.setattr(unprivileged, "stand_in", lambda: None)
    assert "neither `postgres` nor `nobody`" in drop.run_as(tmp_path).note


@ROOT
def test_what_root_made_in_the_home_goes_to_the_account(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Account, "succeeds", lambda *_: True)
    (tmp_path / "files" / "a").mkdir(parents=True)
    (tmp_path / "files" / "a" / "picture.png").touch()
    (tmp_path / "pg").mkdir()
    account = unprivileged.stand_in()
    assert account is not None
    found = drop.run_as(tmp_path)
    assert found.arguments["user"] == account.uid
    assert (tmp_path / "files" / "a" / "picture.png").stat().st_uid == account.uid
    assert (tmp_path / "pg").stat().st_uid == 0


@ROOT
def test_an_account_is_tried_rather_than_computed(tmp_path: Path) -> None:
    account = unprivileged.stand_in()
    assert account is not None
    assert account.can("x", Path("/usr/bin"))
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert not account.can("x", closed)
    assert not account.succeeds(["/no/such/program"])
