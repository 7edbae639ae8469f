"""Whole mailings through the engine to a relay that misbehaves. Nobody gets a mail twice, everyone is
accounted for."""

import asyncio
import email
from collections.abc import Iterator
from typing import Any

import pytest

from mailexpert.conftest import Tenant
from mailexpert.delivery import books, lanes, rendering
from mailexpert.delivery.tests.mailroom import Mailroom, an_engine, until
from mailexpert.delivery.tests.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)
FOR_LIQUID = "{{ contact.first_name | slice: 0, 9 }}"  # work for the processes that render


@pytest.fixture
def room(shop: Tenant) -> Iterator[Mailroom]:
    made = Mailroom(shop)
    yield made
    made.close()


def people(manner: str, count: int) -> list[str]:
    return [f"{manner}+{n}@lezer.example" for n in range(count)]


def send(room: Mailroom, issue: int, sink: Sink, *, until_done: bool = True) -> dict[str, int]:
    """Send until nobody waits any more; in a second look the retries come due."""

    async def story() -> None:
        async with sink, an_engine(sink.port):
            if until_done:
                await until(lambda: room.state(issue) == 3)
            else:
                await until(lambda: room.counts(issue)["waiting"] == 0)

    asyncio.run(story())
    return room.counts(issue)


def test_everyone_gets_one_mail(room: Mailroom) -> None:
    issue, sink = room.mailing(people("ok", 700), shard_size=300), Sink()
    counts = send(room, issue, sink)
    assert (counts["planned"], counts["sent"]) == (700, 700)
    assert len(sink.taken) == 700
    assert set(sink.taken.values()) == {1}


def test_a_relay_without_pipelining_gets_one_command_at_a_time(room: Mailroom) -> None:
    issue, sink = (
        room.mailing([*people("ok", 20), *people("no", 3), *people("bad", 2)]),
        Sink(pipelines=False),
    )
    counts = send(room, issue, sink)
    assert (counts["sent"], counts["failed"]) == (20, 5)


def test_refused_people_have_failed_and_the_rest_is_sent(room: Mailroom) -> None:
    issue, sink = room.mailing([*people("no", 5), *people("ok", 50), *people("bad", 5)]), Sink()
    counts = send(room, issue, sink)
    assert (counts["sent"], counts["failed"], counts["deferred"]) == (50, 10, 0)
    codes = room.ask(
        "SELECT code, count(*) FROM sending_delivery WHERE outcome = 2 GROUP BY code ORDER BY code"
    )
    assert codes == [(550, 5), (554, 5)]
    reply = room.ask("SELECT text FROM sending_reply WHERE text LIKE '550%%' LIMIT 1")[0][0]
    assert "n***@lezer.example" in reply


def test_deferred_people_come_again_and_get_it_once(room: Mailroom) -> None:
    issue, sink = room.mailing([*people("once", 5), *people("greylist", 5), *people("ok", 5)]), Sink()
    counts = send(room, issue, sink, until_done=False)
    assert (counts["sent"], counts["deferred"]) == (5, 10)
    room.retries_due()
    counts = send(room, issue, sink)
    assert (counts["sent"], counts["deferred"]) == (15, 0)
    assert set(sink.taken.values()) == {1}


def test_who_is_always_deferred_is_given_up_in_the_end(room: Mailroom) -> None:
    issue, sink = room.mailing(people("later", 1)), Sink()
    send(room, issue, sink, until_done=False)
    room.ask("UPDATE sending_retry SET due = now(), first_tried = first_tried - interval '47 hours'")
    tried = sink.tried.total()

    async def once_more() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: sink.tried.total() > tried)
            await until(lambda: room.ask("SELECT state FROM sending_retry") == [(0,)])

    asyncio.run(once_more())
    assert room.counts(issue)["deferred"] == 1
    room.ask("UPDATE sending_retry SET due = now(), first_tried = first_tried - interval '2 hours'")
    assert send(room, issue, sink)["failed"] == 1


def test_one_whom_the_relay_wont_relay_for_holds_up_nobody_and_is_given_up_in_the_end(room: Mailroom) -> None:
    issue, sink = room.mailing([*people("foreign", 1), *people("ok", 60)]), Sink()
    counts = send(room, issue, sink, until_done=False)
    assert (counts["sent"], counts["deferred"]) == (60, 1)
    room.retries_due()

    async def once_more() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: room.ask("SELECT attempt, state FROM sending_retry") == [(3, 0)], 20)

    asyncio.run(once_more())
    assert room.ask("SELECT reason FROM sending_issue") == [("",)]
    room.ask("UPDATE sending_retry SET due = now(), first_tried = first_tried - interval '49 hours'")
    assert send(room, issue, sink)["failed"] == 1


@pytest.mark.parametrize("limit", ["most", "refuses_above"])
def test_a_message_larger_than_the_relay_takes_has_failed_and_the_others_are_sent(
    room: Mailroom, limit: str
) -> None:
    """As it offers, and as it says only when it is asked."""
    issue = room.mailing([*people("ok", 20), "large@lezer.example", *people("goed", 20)])
    room.ask("UPDATE contacts_contact SET first_name = repeat('x', 90) WHERE email LIKE 'large%%'")
    room.ask("UPDATE sending_issue SET text = %s", "{{ contact.first_name }}" * 100)
    counts = send(room, issue, Sink(**{limit: 9000}))
    assert (counts["sent"], counts["failed"]) == (40, 1)
    assert room.ask("SELECT code FROM sending_delivery WHERE outcome = 2") == [(552,)]


def test_a_dot_without_an_answer_is_in_doubt_and_never_sent_again(room: Mailroom) -> None:
    issue, sink = room.mailing([*people("silent", 3), *people("ok", 40)]), Sink()
    counts = send(room, issue, sink)
    assert (counts["sent"], counts["in_doubt"]) == (40, 3)
    assert set(sink.taken.values()) == {1}
    assert room.ask("SELECT count(*) FROM sending_delivery WHERE outcome = 4") == [(3,)]


def test_a_connection_cut_before_the_dot_sends_nothing_twice(room: Mailroom) -> None:
    issue, sink = room.mailing([*people("cut", 1), *people("ok", 40)]), Sink()
    counts = send(room, issue, sink, until_done=False)
    assert (counts["sent"], counts["deferred"]) == (40, 1)
    assert set(sink.taken.values()) == {1}


def test_a_relay_that_closes_with_421_gets_the_message_over_another_connection(room: Mailroom) -> None:
    issue, sink = room.mailing([*people("closing", 2), *people("ok", 40)]), Sink()
    counts = send(room, issue, sink)
    assert counts["sent"] == 42
    assert set(sink.taken.values()) == {1}


def test_who_may_not_be_mailed_any_more_is_skipped_with_the_reason(room: Mailroom) -> None:
    list_id = room.a_list()
    contacts = room.contacts(list_id, people("ok", 8))
    ended, suppressed, unknown, gone, frozen, stopped, *_others = contacts
    issue, sink = room.issue(list_id, contacts), Sink()
    room.ask("UPDATE contacts_membership SET ended_at = now() WHERE contact_id = %s", ended)
    room.ask(
        "INSERT INTO sending_suppression (account_id, email_key, reason) "
        "SELECT account_id, email_key, 1 FROM contacts_contact WHERE id = %s", suppressed,
    )  # fmt: skip
    room.ask("UPDATE contacts_membership SET ground = 'unknown' WHERE contact_id = %s", unknown)
    room.ask("DELETE FROM contacts_membership WHERE contact_id = %s", gone)
    room.ask("DELETE FROM contacts_contact WHERE id = %s", gone)
    room.ask("UPDATE contacts_contact SET status = 2 WHERE id = %s", frozen)
    room.ask(
        "INSERT INTO sending_stop (account_id, issue_id, contact_id, via) VALUES (%s, %s, %s, 1)",
        room.account, issue, stopped,
    )  # fmt: skip
    counts = send(room, issue, sink)
    assert (counts["sent"], counts["skipped"]) == (2, 6)
    rows = room.ask("SELECT contact_id, code FROM sending_delivery WHERE outcome = 3")
    assert dict(rows) == {ended: 1, suppressed: 2, unknown: 3, gone: 5, frozen: 5, stopped: 1}


def test_consent_is_read_again_for_a_retry(room: Mailroom) -> None:
    issue, sink = room.mailing(people("once", 4)), Sink()
    send(room, issue, sink, until_done=False)
    room.ask("UPDATE contacts_membership SET ended_at = now()")
    room.retries_due()
    counts = send(room, issue, sink)
    assert (counts["sent"], counts["skipped"]) == (0, 4)
    assert not sink.taken


def test_an_address_that_needs_smtputf8_is_skipped_where_the_relay_lacks_it(room: Mailroom) -> None:
    emails = ["jörg@lezer.example", "ok+1@lezer.example"]
    counts = send(room, room.mailing(emails), Sink())
    assert (counts["sent"], counts["skipped"]) == (1, 1)
    assert room.ask("SELECT code FROM sending_delivery WHERE outcome = 3") == [(6,)]
    room.ask("DELETE FROM contacts_membership")
    room.ask("DELETE FROM contacts_contact")
    sink = Sink(takes_utf8=True)
    assert send(room, room.mailing(emails), sink)["sent"] == 2
    assert sink.taken["jörg@lezer.example"] == 1


def test_a_relay_that_refuses_the_sender_stops_the_issue_and_says_so(room: Mailroom) -> None:
    issue, sink = room.mailing(people("ok", 60)), Sink(refuses_sender=True)

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: room.ask("SELECT reason FROM sending_issue") == [("sender_refused",)])

    asyncio.run(story())
    counts = room.counts(issue)
    assert (counts["failed"], counts["sent"], counts["in_doubt"]) == (0, 0, 0)
    sink.refuses_sender = False
    room.retries_due()
    assert send(room, issue, sink)["sent"] == 60


def test_what_liquid_writes_reaches_each_reader_and_whom_it_fails_has_failed(room: Mailroom) -> None:
    issue, sink = room.mailing(people("ok", 300)), Sink()
    room.ask("UPDATE contacts_contact SET first_name = 'Naam ' || id")
    room.ask("UPDATE contacts_contact SET first_name = '0' WHERE email = 'ok+7@lezer.example'")
    room.ask(
        "UPDATE sending_issue SET text = %s",
        "{% for n in (1..2) %}[{{ n }} {{ contact.first_name }}]{% endfor %}"
        "{% if contact.first_name == '0' %}{{ 1 | divided_by: 0 }}{% endif %}",
    )
    counts = send(room, issue, sink)
    assert (counts["sent"], counts["failed"]) == (299, 1)
    names = dict(room.ask("SELECT email, first_name FROM contacts_contact WHERE first_name <> '0'"))
    for message in map(email.message_from_bytes, sink.messages):
        plain = message.get_payload(0).get_payload(decode=True).decode()
        name = names.pop(message["To"])
        assert plain.startswith(f"[1 {name}][2 {name}]")
    assert not names


def test_when_no_process_can_render_the_mailing_waits_and_says_why(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_memory(*_given: object) -> None:
        raise MemoryError

    monkeypatch.setattr(rendering, "fill", no_memory)
    issue, sink = room.mailing(people("ok", 40)), Sink()
    room.ask("UPDATE sending_issue SET text = %s", FOR_LIQUID)

    async def story() -> None:
        async with sink, an_engine(sink.port):
            await until(lambda: room.ask("SELECT reason FROM sending_issue") == [("cannot_compose",)])

    asyncio.run(story())
    counts = room.counts(issue)
    assert (counts["failed"], counts["sent"], counts["in_doubt"]) == (0, 0, 0)
    monkeypatch.undo()
    room.retries_due()
    assert send(room, issue, sink)["sent"] == 40


def test_letters_that_are_long_in_the_making_are_waited_for(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than a window may lie about: given back it would be made again, and again."""
    usual = rendering.fill

    async def slow(*given: Any) -> None:
        await usual(*given)
        await asyncio.sleep(0.3)

    monkeypatch.setattr(rendering, "fill", slow)
    monkeypatch.setattr(books, "LONGEST_SECONDS", 0.2)
    monkeypatch.setattr(lanes, "LOOK_SECONDS", 0.05)
    issue, sink = room.mailing(people("ok", 40)), Sink()
    room.ask("UPDATE sending_issue SET text = %s", FOR_LIQUID)
    assert send(room, issue, sink)["sent"] == 40
    assert sink.tried.total() == 40
