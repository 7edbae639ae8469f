"""The data register reaches what no schema shows: log lines, job arguments, cookies, files."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from mailexpert.base import logs
from mailexpert.conftest import Tenant
from mailexpert.core import jobs, register
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.core.tests.test_strangers import EVERY
from mailexpert.privacy import drift

ROOMS = Path(logs.__file__).parents[1]
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}
OPTIONS = {"exc_info", "stack_info", "extra", "stacklevel"}


def written() -> Iterator[tuple[str, str]]:
    """Every field that a line of structlog names, with its place."""
    for path in ROOMS.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "tests" in path.parts or "structlog" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
            ):
                for keyword in node.keywords:
                    yield str(keyword.arg), f"{path.relative_to(ROOMS)}:{node.lineno}"


def test_every_field_that_a_line_names_is_declared() -> None:
    strange = [
        f"{field} at {place}" for field, place in written() if field not in {*register.LOG_FIELDS, *OPTIONS}
    ]
    assert strange == [], "add these to base/logs.py"


def test_no_line_holds_a_field_that_names_a_person() -> None:
    assert [name for name, category in register.LOG_FIELDS.items() if category.startswith("user.")] == []


def test_a_real_line_drops_what_nobody_declared(capsys: pytest.CaptureFixture[str]) -> None:
    import structlog

    before = structlog.get_config()
    try:
        logs.configure("test")
        structlog.get_logger().info("a mail left", issue=7, recipient="jan@voorbeeld.nl")
    finally:
        structlog.configure(**before)
    line = capsys.readouterr().err
    assert "issue=7" in line
    assert "undeclared='recipient'" in line
    assert "jan" not in line


def _real_jobs() -> dict[str, Any]:
    """Without those that other tests made."""
    return {name: job for name, job in jobs._jobs.items() if ".tests." not in name}


def test_every_job_is_declared_with_its_arguments() -> None:
    assert set(_real_jobs()) == set(register.jobs())


@pytest.mark.django_db
def test_a_real_job_carries_declared_ids_alone(in_shop: Tenant) -> None:
    for name, job in _real_jobs().items():
        ids = {key: 1 for key in register.jobs()[name].arguments if key not in {"account_id", "timestamp"}}
        jobs.defer(job, **ids)
    with beside_wall(Beside.TESTS):
        assert drift.arguments() == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT args FROM procrastinate_jobs")
            assert all(isinstance(value, int) for (args,) in cursor.fetchall() for value in _values(args))


def _values(args: object) -> Iterator[object]:
    import json

    yield from (args if isinstance(args, dict) else json.loads(str(args))).values()


@pytest.mark.django_db
def test_every_cookie_that_a_page_really_sets_is_declared(shop: Tenant, shop_client: Client) -> None:
    """All pages without ids, from outside and from inside, and the switches that set one."""
    outside = Client()
    for client in (outside, shop_client):
        client.raise_request_exception = False
        for address in EVERY:
            if not address.names and "uitloggen" not in address.route:
                client.get(address.route)
        client.post("/taal/", {"language": "en"})
        client.post("/thema/", {"theme": "dark"})
    served = {*outside.cookies, *shop_client.cookies}
    assert served <= set(register.cookies())
    assert served  # else nothing was tried
    assert drift.cookies() == []


@pytest.mark.django_db
def test_an_undeclared_cookie_is_noticed_when_it_is_served(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.http import HttpRequest, HttpResponse

    from mailexpert.privacy import middleware

    def view(_request: HttpRequest) -> HttpResponse:
        answer = HttpResponse("x")
        answer.set_cookie("follower", "1", max_age=10**8)
        return answer

    monkeypatch.setattr(middleware, "_seen", {})
    middleware.CookieWatchMiddleware(view)(HttpRequest())
    assert drift.cookies() == ["follower"]


def test_files_outside_a_declared_place_are_found(tmp_path: Path) -> None:
    for place in ("files/images/3", "intake/hits", "files/faces", "notes"):
        (tmp_path / place).mkdir(parents=True)
    assert drift.files(tmp_path) == ["files/faces", "notes"]


@pytest.mark.django_db
def test_the_list_of_columns_is_empty_under_the_wall_too(in_shop: Tenant) -> None:
    with account(in_shop.id), beside_wall(Beside.TESTS):
        assert drift.columns() == []
