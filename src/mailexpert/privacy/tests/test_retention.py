"""What is too old goes, in every table that says when; a dry run only counts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailexpert.accounts.models import Notice
from mailexpert.base import clock
from mailexpert.conftest import Tenant
from mailexpert.core import register
from mailexpert.core.beside import Beside
from mailexpert.core.register import Column, Retention, Table
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy import jobs, retention
from mailexpert.privacy.models import Question, ServedCookie
from mailexpert.sending.models import Reply

pytestmark = pytest.mark.django_db


def replies(shop: Tenant) -> list[int]:
    with account(shop.id):
        return list(Reply.objects.order_by("contact_id").values_list("contact_id", flat=True))


@pytest.fixture
def said(shop: Tenant) -> Tenant:
    """What mail servers said 29 and 31 days ago."""
    with account(shop.id):
        for days in (29, 31):
            Reply.objects.create(
                issue_id=1,
                contact_id=days,
                attempt=1,
                text="550 no",
                at=timezone.now() - timedelta(days=days),
            )
    return shop


def rows_of(done: list[retention.Done], table: str) -> int:
    return sum(one.rows for one in done if one.rule.table == table)


def test_a_dry_run_counts_and_leaves_everything(said: Tenant) -> None:
    with beside_wall(Beside.TESTS):
        assert rows_of(retention.dry_run(clock.now()), "sending_reply") == 1
    assert replies(said) == [29, 31]


def test_the_nightly_job_takes_what_is_too_old_and_nothing_else(said: Tenant, stranger: Tenant) -> None:
    with account(stranger.id):
        Reply.objects.create(issue_id=1, contact_id=5, attempt=1, text="550 no", at=timezone.now())
    jobs.keep_retention.run()
    assert (replies(said), replies(stranger)) == ([29], [5])


def test_more_rows_than_a_batch_all_go(said: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    with account(said.id):
        for contact in range(40, 43):
            Reply.objects.create(
                issue_id=1, contact_id=contact, attempt=1, text="no", at=timezone.now() - timedelta(days=90)
            )
    with beside_wall(Beside.TESTS):
        assert rows_of(retention.carry_out(clock.now()), "sending_reply") == 4
    assert replies(said) == [29]


def test_an_open_question_never_goes_an_answered_one_after_a_year() -> None:
    now = timezone.now()
    for name, answered in (("open", None), ("old", now - timedelta(days=400)), ("new", now)):
        Question.objects.create(
            name=name, email="a@b.example", text="?", asked_at=now - timedelta(days=800), due_at=now,
            answered_at=answered,
        )  # fmt: skip
    jobs.keep_retention.run()
    assert set(Question.objects.values_list("name", flat=True)) == {"open", "new"}


def test_a_cut_empties_columns_and_keeps_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(
        name="privacy_servedcookie", purpose="x", ground="x", subject="nobody", keep="x",
        columns={"same_site": Column(category="x")},
        retention=(Retention(column="last_seen", after=timedelta(days=7), cut=("same_site", "max_age")),),
    )  # fmt: skip
    monkeypatch.setattr(register, "_tables", {table.name: table})
    ServedCookie.objects.create(
        name="x", max_age=5, is_secure=True, is_http_only=True, same_site="Lax",
        last_seen=timezone.now() - timedelta(days=8),
    )  # fmt: skip
    with beside_wall(Beside.TESTS):
        assert [one.rows for one in retention.carry_out(clock.now())] == [1]
        assert [one.rows for one in retention.carry_out(clock.now())] == [0]  # cut once, not every night
    found = ServedCookie.objects.get()
    assert (found.same_site, found.max_age) == ("", None)


def test_every_rule_names_a_column_that_is_there() -> None:
    """The statement of each rule runs on the live schema."""
    with beside_wall(Beside.TESTS):
        assert len(retention.dry_run(clock.now())) >= 12


def test_the_clock_of_the_rule_is_the_one_of_the_call() -> None:
    Notice.objects.create(recipient="a@b.example", subject="x", text="x", html="x", created_at=timezone.now())
    with beside_wall(Beside.TESTS):
        assert rows_of(retention.dry_run(clock.now()), "accounts_notice") == 0
        assert rows_of(retention.dry_run(clock.now() + timedelta(days=4)), "accounts_notice") == 1
