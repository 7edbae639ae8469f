"""Checks that ask the running pages over HTTP: kept as they are, and red when a page breaks its promise."""

import re
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from mailexpert.base import clock, env
from mailexpert.core import register
from mailexpert.core.beside import Beside
from mailexpert.core.promises import Ground, Outcome, State
from mailexpert.core.scope import beside_wall
from mailexpert.privacy.checks import mail, web
from mailexpert.privacy.checks.wire import Answer, await_start
from mailexpert.privacy.models import SecurityContact

pytestmark = pytest.mark.django_db(transaction=True)
Look = Callable[[Ground], Outcome]
Ask = Callable[[Look], Outcome]


@pytest.fixture
def ask(live_server: Any) -> Ask:
    """Run a check against pages that are really served."""
    SecurityContact.objects.create(expires_at=clock.now() + timedelta(days=30), entered_at=clock.now())

    def run(check: Look) -> Outcome:
        known = env.read({"MAILEXPERT_BASE_URL": live_server.url, "MAILEXPERT_HOME": str(env.load().home)})
        with beside_wall(Beside.TESTS):
            return check(Ground(env=known, now=clock.now()))

    return run


KEPT: tuple[Look, ...] = (
    web.only_declared_fields_are_asked,
    web.security_txt_is_valid,
    web.cookies_are_explained,
    web.public_pages_need_no_cookie,
    web.nothing_comes_from_third_parties,
    web.every_setting_has_its_page,
    web.the_public_page_shows_each_promise,
)


@pytest.mark.parametrize("check", KEPT, ids=lambda check: check.__name__)
def test_the_pages_keep_their_promises(check: Look, ask: Ask) -> None:
    outcome = ask(check)
    assert outcome.state == State.KEPT, outcome


@pytest.mark.parametrize("check", KEPT, ids=lambda check: check.__name__)
def test_pages_that_don_t_answer_keep_no_promise(check: Look) -> None:
    nobody = env.read({"MAILEXPERT_BASE_URL": "http://127.0.0.1:9"})
    with pytest.raises(OSError, match="refused"):
        check(Ground(env=nobody, now=clock.now()))


def harmed(monkeypatch: pytest.MonkeyPatch, path: str, **harm: Any) -> None:
    """One page answers differently."""
    real = web.fetch

    def fetch(url: str, **more: Any) -> Answer:
        answer = real(url, **more)
        if not url.endswith(path):
            return answer
        return Answer(
            status=harm.get("status", answer.status),
            headers=(*answer.headers, *harm.get("headers", ())),
            body=harm.get("body", lambda text: text)(answer.body),
        )

    monkeypatch.setattr(web, "fetch", fetch)


def put(what: str) -> Callable[[str], str]:
    return lambda body: body.replace("</body>", f"{what}</body>")


def without(what: str) -> Callable[[str], str]:
    return lambda body: body.replace(what, "")


SCRIPT = '<script src="https://t.example/a.js"></script>'
HARMS: list[tuple[Look, str, dict[str, Any], str]] = [
    (web.only_declared_fields_are_asked, "/aanmelden/", {"body": put('<input name="religion">')}, "religion"),
    (web.security_txt_is_valid, "security.txt", {"body": lambda text: text.replace("Contact", "X")}, "geen contact"),
    (web.security_txt_is_valid, "security.txt", {"status": 500}, "500"),
    (
        web.security_txt_is_valid,
        "security.txt",
        {"body": lambda text: re.sub("Expires: .*", "Expires: 2020-01-01T00:00:00+00:00", text)},
        "2020-01-01",
    ),
    (web.cookies_are_explained, "/cookies/", {"body": lambda text: text.replace("mailexpert_theme", "")}, "theme"),
    (web.public_pages_need_no_cookie, "/privacy/", {"headers": [("Set-Cookie", "follower=1; Path=/")]}, "follower"),
    (web.public_pages_need_no_cookie, "/beloften/", {"status": 403}, "403"),
    (web.nothing_comes_from_third_parties, "/", {"body": put(SCRIPT)}, "t.example"),
    (web.nothing_comes_from_third_parties, "/inloggen/", {"body": put('<img src="//p.example/x.gif">')}, "p.example"),
    (web.every_setting_has_its_page, "/instellingen/pakket/", {"headers": [], "status": 404}, ""),
    (web.the_public_page_shows_each_promise, "/beloften/", {"body": without('id="belofte-13"')}, "A13"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "path", "harm", "word"), HARMS, ids=lambda value: getattr(value, "__name__", None)
)
def test_a_page_that_breaks_its_promise_turns_it_red(
    check: Look, path: str, harm: dict[str, Any], word: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if check is web.every_setting_has_its_page:
        monkeypatch.setattr(web, "SETTINGS", (*web.SETTINGS, "nergens"))
        word = "nergens"
    else:
        harmed(monkeypatch, path, **harm)
    outcome = ask(check)
    assert outcome.state == State.BROKEN
    assert word in str(outcome.said)


def test_a_page_that_really_sets_a_cookie_is_named(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a made-up answer: the view itself does it."""
    from mailexpert.site.views import promises

    real = promises.render

    def render(request: HttpRequest, template: str, context: Any = None, **more: Any) -> HttpResponse:
        answer = real(request, template, context, **more)
        answer.set_cookie("follower", "1")
        return answer

    monkeypatch.setattr(promises, "render", render)
    outcome = ask(web.public_pages_need_no_cookie)
    assert "/beloften/ plaatst follower" in str(outcome.said)


def test_a_content_policy_that_lets_others_in_is_named(ask: Ask, settings: Any) -> None:
    policy = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "script-src": ["'self'", "https://t.example"]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy}
    assert "t.example" in str(ask(web.nothing_comes_from_third_parties).said)


def test_a_cookie_that_no_page_explains_is_named(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    cookies = dict(register.cookies())
    cookies["new_one"] = next(iter(cookies.values()))
    monkeypatch.setattr(register, "_cookies", cookies)
    assert "new_one" in str(ask(web.cookies_are_explained).said)


ONE_CLICK = {
    "as it should": ((404, ()), (302, (("Location", "http://localhost:8000/uitschrijven/x"),)), State.KEPT),
    "a redirect": ((302, (("Location", "/x"),)), (302, ()), State.BROKEN),
    "a cookie": ((404, (("Set-Cookie", "a=1"),)), (302, ()), State.BROKEN),
    "a way astray": ((404, ()), (302, (("Location", "https://elders.example/"),)), State.BROKEN),
}


@pytest.mark.parametrize("name", ONE_CLICK)
def test_a5_one_click_answers_as_rfc_8058_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forged, real, state = ONE_CLICK[name]

    def fetch(url: str, method: str = "GET", **_more: Any) -> Answer:
        status, headers = forged if method == "POST" else real
        return Answer(status=status, headers=headers, body="")

    monkeypatch.setattr(mail, "fetch", fetch)
    assert mail.one_click_answers(Ground(env=env.read({}), now=clock.now())).state == state


def test_pages_that_are_still_starting_are_awaited_before_they_are_judged() -> None:
    with socket.socket() as pages:
        pages.bind(("127.0.0.1", 0))
        starting = threading.Timer(0.3, pages.listen)
        starting.start()
        where = "http://{}:{}/".format(*pages.getsockname())
        await_start(where, between=0.02)
        socket.create_connection(pages.getsockname()).close()
        starting.join()


def test_pages_that_never_start_are_awaited_no_longer_than_said() -> None:
    with socket.socket() as pages:
        pages.bind(("127.0.0.1", 0))
        await_start("http://{}:{}/".format(*pages.getsockname()), seconds=0.1, between=0.02)
