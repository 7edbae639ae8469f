"""What only Liquid can write is rendered by other processes, and comes back to the right letters."""

import asyncio
import datetime as dt
import multiprocessing
import os
import signal
import time

import pytest

from mailexpert.delivery import rendering
from mailexpert.delivery.ports import Person
from mailexpert.mail.compose import Composer, IssueContent
from mailexpert.mail.personalise import RenderProblem

KEY = b"k" * 32
LOOP = "{% for n in (1..3) %}{{ n }} {{ contact.first_name | slice: 0, 9 }}\n{% endfor %}"
AT = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def no_process_stays():
    yield
    rendering.close()


def content(text: str = LOOP, issue: int = 7) -> IssueContent:
    return IssueContent(
        issue_id=issue,
        account_id=3,
        sender_name="Hoekje",
        sender_address="nieuws@hoekje.example",
        subject="Dag {{ contact.first_name }}",
        html=f"<html><body>{text}</body></html>",
        text=text,
        track_url="https://t.hoekje.example",
    )


def people(*names: str) -> list[Person]:
    return [Person(n, f"lezer{n}@ontvanger.example", 0, (name,)) for n, name in enumerate(names, 1)]


async def render(of: IssueContent, some: list[Person]):
    composer = Composer(of, KEY)
    draft = composer.draft(*columns(some), AT)
    await rendering.fill(draft, of, KEY)
    messages = draft.messages()
    return [_next(messages) for _person in some]


def columns(some: list[Person]):
    return (
        [one.contact_id for one in some],
        [one.email for one in some],
        [one.values for one in some],
    )


def _next(messages):
    try:
        return next(messages)
    except RenderProblem:
        return None


def rendered(of: IssueContent, some: list[Person]):
    return asyncio.run(render(of, some))


def test_what_other_processes_render_is_what_the_engine_would_have_made():
    some = people(*(f"Naam {n}" for n in range(60)))
    composer = Composer(content(), KEY)
    assert not composer.is_fast
    alone = composer.compose(*columns(some), AT)
    assert rendered(content(), some) == list(alone)


def test_who_makes_a_template_fail_stands_in_nobodys_way():
    sums = LOOP + "{{ 100 | divided_by: contact.first_name }}"
    made = rendered(content(sums), people("4", "0", "5"))
    assert [message is not None for message in made] == [True, False, True]


def test_a_process_that_is_killed_costs_nobody_a_letter():
    some = people(*(f"Naam {n}" for n in range(200)))

    async def with_a_kill():
        task = asyncio.create_task(render(content(), some))
        while not multiprocessing.active_children():
            await asyncio.sleep(0.01)
        os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)
        return list(await task)

    made = asyncio.run(with_a_kill())
    assert len(made) == 200
    assert None not in made


def test_a_letter_that_kills_its_process_fails_alone(monkeypatch):
    monkeypatch.setattr(rendering, "_rendered", _dies_of_bram)
    made = rendered(content(), people("Anna", "Bram", "Chaïm", "Daan"))
    assert [message is not None for message in made] == [True, False, True, True]


def _dies_of_bram(of, key, some):
    if any("Bram" in values for _passage, values, _token in some):
        os._exit(9)
    return [[[b"made"] * 5] * 5 for _wanted in some]


def test_the_processes_end_with_an_engine_that_was_killed():
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    engine = context.Process(target=_an_engine, args=(theirs,))
    engine.start()
    workers = ours.recv()
    engine.kill()
    engine.join()
    until = time.monotonic() + 20
    while any(_lives(pid) for pid in workers):
        assert time.monotonic() < until
        time.sleep(0.05)


def _an_engine(pipe):
    rendered(content(), people("Anna"))
    pipe.send([child.pid for child in multiprocessing.active_children()])
    time.sleep(60)


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
