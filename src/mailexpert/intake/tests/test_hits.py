import threading
import time

import pytest
from django.db import connection

from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.intake.tests.running import LINKS, PHONE, Running, comes_true, make_issue
from mailexpert.mail.links import click_token, open_token, stop_token
from mailexpert.sending.models import Issue
from mailexpert.tracking.queries import Hits, LinkHits, clicks_per_link, hits

pytestmark = pytest.mark.django_db(transaction=True)


def hits_of(shop: Tenant, issue: Issue) -> Hits:
    with account(shop.id):
        return hits(issue.id)


def test_a_click_is_sent_on_to_the_issues_link_and_counted(
    intake: Running, shop: Tenant, issue: Issue, key: bytes
) -> None:
    for link, times in ((0, 3), (1, 2)):
        for _ in range(times):
            reply = intake.ask(f"/t/c/{click_token(key, issue.id, link)}")
            assert (reply.status, reply.headers["location"]) == (302, LINKS[link])
            assert "set-cookie" not in reply.headers
    intake.ask(f"/t/c/{click_token(key, issue.id, 1)}", agent="curl/8")
    assert comes_true(lambda: hits_of(shop, issue) == Hits(clicks=5, machine_clicks=1))
    with account(shop.id):
        assert clicks_per_link(issue.id) == [
            LinkHits(link=0, clicks=3, machine_clicks=0),
            LinkHits(link=1, clicks=2, machine_clicks=1),
        ]


def test_no_address_or_program_of_a_reader_is_stored(intake: Running, issue: Issue, key: bytes) -> None:
    intake.ask(f"/t/c/{click_token(key, issue.id, 0)}")
    stored = b"".join(path.read_bytes() for path in (intake.home / "intake" / "hits").iterdir())
    assert b"Mozilla" not in stored
    assert b"127.0.0.1" not in stored


def test_opens_count_only_where_the_issue_measures_them(intake: Running, shop: Tenant, key: bytes) -> None:
    plain, measured = make_issue(shop), make_issue(shop, tracking="individual")
    for one in (plain, measured):
        for agent in (PHONE, PHONE, "Mozilla/5.0"):
            reply = intake.ask(f"/t/o/{open_token(key, one.id)}.gif", agent=agent)
            assert reply.status == 200
            assert reply.headers["content-type"] == "image/gif"
            assert reply.body.startswith(b"GIF89a")
    assert comes_true(lambda: hits_of(shop, measured) == Hits(opens=2, machine_opens=1))
    assert hits_of(shop, plain) == Hits()


def test_head_answers_like_get_and_counts_nothing(
    intake: Running, shop: Tenant, issue: Issue, key: bytes
) -> None:
    for path in (f"/t/c/{click_token(key, issue.id, 0)}", f"/t/o/{open_token(key, issue.id)}.gif"):
        asked, headed = intake.ask(path), intake.ask(path, "HEAD")
        assert (headed.status, headed.headers.get("location")) == (
            asked.status,
            asked.headers.get("location"),
        )
        assert headed.body == b""
    assert comes_true(lambda: hits_of(shop, issue).clicks == 1)
    time.sleep(1.5)
    assert hits_of(shop, issue) == Hits(clicks=1)


def test_what_is_forged_or_unknown_leads_nowhere(intake: Running, issue: Issue, key: bytes) -> None:
    good = click_token(key, issue.id, 0)
    wrong_paths = [
        f"/t/c/{good[:-2]}AA",
        f"/t/c/{click_token(b'another key, of a forger', issue.id, 0)}",
        f"/t/c/{click_token(key, issue.id, 99)}",
        f"/t/c/{click_token(key, issue.id + 1000, 0)}",
        f"/t/c/{stop_token(key, issue.id, 1)}",
        f"/t/o/{good}.gif",
        f"/t/u/{good}",
        "/t/c/",
        "/t/",
        "/",
        "/t/c/" + "A" * 5000,
    ]
    assert {path: intake.ask(path).status for path in wrong_paths} == dict.fromkeys(wrong_paths, 404)


def test_other_methods_are_refused_by_name(intake: Running, issue: Issue, key: bytes) -> None:
    reply = intake.ask(f"/t/c/{click_token(key, issue.id, 0)}", "POST", b"a=b")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")


def test_the_kill_of_the_process_loses_no_answered_hit(
    intake: Running, shop: Tenant, issue: Issue, key: bytes
) -> None:
    path, answered, ending = f"/t/c/{click_token(key, issue.id, 0)}", [0] * 4, threading.Event()

    def click(reader: int) -> None:
        try:
            while not ending.is_set():
                answered[reader] += intake.ask(path).status == 302
        except OSError:
            return

    readers = [threading.Thread(target=click, args=[n]) for n in range(4)]
    for reader in readers:
        reader.start()
    time.sleep(1.7)
    intake.kill()
    ending.set()
    for reader in readers:
        reader.join()
    intake.start()
    total = sum(answered)
    assert total > 50
    assert comes_true(lambda: hits_of(shop, issue).clicks >= total)
    assert hits_of(shop, issue).clicks - total <= len(readers)  # stored, killed before the answer


def test_the_end_of_the_process_counts_everything_first(
    intake: Running, shop: Tenant, issue: Issue, key: bytes
) -> None:
    for _ in range(20):
        intake.ask(f"/t/c/{click_token(key, issue.id, 0)}")
    intake.end()
    assert hits_of(shop, issue) == Hits(clicks=20)
    assert [p.name for p in (intake.home / "intake" / "hits").iterdir()] == ["collector.lock"]


def test_hits_of_a_deleted_issue_go_nowhere_and_hold_nobody_up(
    intake: Running, shop: Tenant, issue: Issue, key: bytes
) -> None:
    other, gone = make_issue(shop), click_token(key, issue.id, 0)
    intake.ask(f"/t/c/{gone}")
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute("DELETE FROM sending_issue WHERE id = %s", [issue.id])
    intake.ask(f"/t/c/{gone}")
    intake.ask(f"/t/c/{click_token(key, other.id, 0)}")
    assert comes_true(lambda: hits_of(shop, other) == Hits(clicks=1))


def test_the_process_says_that_it_lives(intake: Running) -> None:
    assert intake.ask("/healthz").status == 200
