import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from mailexpert.accounts.queries import account_of_token
from mailexpert.base import env
from mailexpert.conftest import Tenant
from mailexpert.operations import cli, people


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator["Run"]:
    env.load.cache_clear()
    yield Run(capsys)
    env.load.cache_clear()


class Run:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        told = self._capsys.readouterr()
        return code, told.out, told.err


def test_help_comes_without_django() -> None:
    code = "import sys; from mailexpert.operations import cli; cli.parser(); print('django' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


@pytest.mark.parametrize("command", [["migrate"], ["token", "create", "--account", "demo"], ["deliver"]])
def test_only_up_and_prepare_make_a_home(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    monkeypatch.setenv("MAILEXPERT_HOME", str(tmp_path / "nowhere"))
    monkeypatch.delenv("DATABASE_URL")
    code, out, err = run(*command)
    assert (code, out) == (1, "")
    assert "There is no home here" in err
    assert not (tmp_path / "nowhere").exists()


def test_an_unknown_variable_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILEXPERT_PROT", "9000")
    code, _, err = run("migrate")
    assert code == 1
    assert "MAILEXPERT_PROT is not a variable of MailExpert" in err


def test_a_token_opens_its_own_account_and_is_printed_alone(run: Run, shop: Tenant, stranger: Tenant) -> None:
    code, out, err = run("token", "create", "--account", shop.account.slug)
    assert (code, err) == (0, "")
    found = account_of_token(out.removesuffix("\n"))
    assert found is not None
    assert found[0] == shop.id


def test_an_account_that_does_not_exist_is_named_with_those_that_do(run: Run, shop: Tenant) -> None:
    code, out, err = run("token", "create", "--account", "nergens")
    assert (code, out) == (1, "")
    assert "There is no account `nergens`. Existing ones: winkel." in err


def test_a_staff_member_is_told_where_to_choose_a_password(run: Run, db: None, client: Client) -> None:
    code, out, _ = run("staff", "create", "--email", "jan@kantoor.example")
    assert code == 0
    assert "jan@kantoor.example is a staff member now" in out
    assert client.get(urlsplit(out.split()[-1]).path).status_code == 200


def test_a_staff_member_needs_an_address(run: Run, db: None) -> None:
    with pytest.raises(people.NoAddress, match="jan is no e-mail address"):
        people.create_staff(env.load(), "jan", "")


def test_the_doctor_talks_to_programs_too(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MAILEXPERT_HOME", str(tmp_path / "nowhere"))
    monkeypatch.delenv("DATABASE_URL")
    code, out, _ = run("doctor", "--json")
    findings = json.loads(out)
    assert code == 1
    assert any(one["level"] == "problem" and "no home here" in one["what"] for one in findings)
