"""One start of each kind for all stories: one worker tells them all (see the conftest above)."""

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from mailexpert.tests.relay import Relay
from mailexpert.tests.stack import Stack, running

PATIENCE = 60_000  # milliseconds


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A story that failed tells what stood on the page and what the processes said."""
    report = yield
    if report.when == "call" and report.failed:
        told = getattr(item, "funcargs", {})
        if "stranger" in told:
            report.sections.append(("On the page", told["stranger"].sees()))
        report.sections += [
            (f"What {name} said", told[name].said()) for name in ("stack", "relayed") if name in told
        ]
    return report


@pytest.fixture(scope="session")
def stack(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """MailExpert as it starts by default: its mails go to the built-in catcher."""
    with running(tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture(scope="session")
def relay_of_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    relay = Relay(tmp_path_factory.mktemp("relay"))
    relay.start()
    yield relay
    relay.stop()


@pytest.fixture(scope="session")
def relayed(
    django_db_setup: None, relay_of_stack: Relay, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """MailExpert whose mails go to a relay."""
    with running(tmp_path_factory.mktemp("home"), relay_of_stack.url) as found:
        yield found


@pytest.fixture
def relay(relay_of_stack: Relay) -> Iterator[Relay]:
    """The relay of `relayed`, as it should be at the start of a story."""
    relay_of_stack.start()
    yield relay_of_stack
    relay_of_stack.start()


@pytest.fixture
def page(chromium: Any, stack: Stack) -> Iterator[Any]:
    """A marketer who is logged in with the sample account."""
    context = chromium.new_context(base_url=stack.base_url, locale="nl-NL", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    user, password = (stack.home / "sample.login").read_text().split()[:2]
    page.goto("/inloggen/")
    page.get_by_label("E-mailadres").fill(user)
    page.get_by_role("textbox", name="Wachtwoord").fill(password)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url(lambda url: "inloggen" not in url)
    yield page
    context.close()
