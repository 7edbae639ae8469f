import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.intake.tests.running import LINKS, PHONE, Running, comes_true, make_issue
from mailexpert.mail.links import click_token, open_token, reader_token, stop_token
from mailexpert.sending.models import Issue
from mailexpert.tracking import actions
from mailexpert.tracking.models import Rule
from mailexpert.tracking.queries import Hits, LinkHits, clicks_per_link, hits, machine_shares

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


def measure(shop: Tenant, *, opens: bool, highest: str = "individual") -> None:
    with account(shop.id):
        actions.set_measuring(highest=highest, opens=opens, assessment="map 3")


def test_opens_count_where_the_account_wants_them_and_end_with_one_switch(
    intake: Running, shop: Tenant, issue: Issue, key: bytes
) -> None:
    picture = f"/t/o/{open_token(key, issue.id)}.gif"
    assert (intake.ask(picture).status, intake.ask(picture).body) == (204, b"")
    measure(shop, opens=True)
    assert comes_true(lambda: intake.ask(picture).status == 200)
    assert comes_true(lambda: hits_of(shop, issue).opens > 0)
    before = hits_of(shop, issue).opens
    for agent in (PHONE, PHONE, "Mozilla/5.0"):
        reply = intake.ask(picture, agent=agent)
        assert reply.headers["content-type"] == "image/gif"
        assert reply.body.startswith(b"GIF89a")
    assert comes_true(lambda: hits_of(shop, issue) == Hits(opens=before + 2, machine_opens=1))
    measure(shop, opens=False)
    assert comes_true(lambda: intake.ask(picture).status == 204)


def test_a_reader_s_own_token_leads_where_the_link_leads(
    intake: Running, shop: Tenant, issue: Issue, key: bytes
) -> None:
    token = reader_token(key, issue.id, 12)
    for link, target in enumerate(LINKS):
        assert intake.ask(f"/t/c/{token}.{link}").headers["location"] == target
    for wrong in (f"/t/c/{token}", f"/t/c/{token}.9", f"/t/c/{token}.-1", f"/t/c/{token}.x", f"/t/u/{token}"):
        assert intake.ask(wrong).status == 404
    assert comes_true(lambda: hits_of(shop, issue).clicks == len(LINKS), seconds=15)


def test_who_follows_the_link_that_nobody_can_see_is_a_machine_also_for_what_it_asked_before(
    intake: Running, shop: Tenant, issue: Issue, key: bytes
) -> None:
    token = reader_token(key, issue.id, 13)
    intake.ask(f"/t/c/{token}.0")
    assert intake.ask(f"/t/h/{token}").status == 204
    intake.ask(f"/t/c/{token}.1")
    assert comes_true(lambda: hits_of(shop, issue) == Hits(machine_clicks=2), seconds=15)
    with account(shop.id):
        assert {one.name for one in machine_shares(issue.id)} == {str(Rule.HIDDEN.value)}


def test_a_token_of_ninety_days_ago_leads_on_and_counts_no_more(
    intake: Running, shop: Tenant, key: bytes
) -> None:
    old = make_issue(shop, started_at=timezone.now() - timedelta(days=91))
    assert intake.ask(f"/t/c/{click_token(key, old.id, 0)}").headers["location"] == LINKS[0]
    assert intake.ask(f"/t/c/{reader_token(key, old.id, 5)}.1").headers["location"] == LINKS[1]
    assert not any((intake.home / "intake" / "hits").glob("*.open"))


def test_head_answers_like_get_and_counts_nothing(
    intake: Running, shop: Tenant, issue: Issue, key: bytes
) -> None:
    path = f"/t/c/{click_token(key, issue.id, 0)}"
    asked, headed = intake.ask(path), intake.ask(path, "HEAD")
    assert (headed.status, headed.headers.get("location")) == (asked.status, asked.headers.get("location"))
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
