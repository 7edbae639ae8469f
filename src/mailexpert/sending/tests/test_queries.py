from datetime import timedelta

import pytest
from django.db.models.functions import Now
from pytest_django import DjangoAssertNumQueries

from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.sending import actions, queries
from mailexpert.sending.models import Issue, Retry, Shard, Stop

pytestmark = pytest.mark.usefixtures("in_shop")


def an_issue(**frozen: object) -> Issue:
    words: dict[str, object] = {
        "mailing_id": None,
        "subject": "Nieuws",
        "html": '<p><a href="https://winkel.example/a">a</a></p>',
        "text": "https://winkel.example/a",
        "preheader": "",
        "sender": "Winkel <nieuws@winkel.example>",
        "reply_to": "",
        "fields": {},
        "list_ids": [1],
        "purpose": "newsletter",
        "tracking": "aggregate",
        "language": "nl",
        "sender_line": "Winkel, Molenpad 12",
    }
    return actions.open_issue(**(words | frozen))  # type: ignore[arg-type]


def a_shard(issue: Issue, n: int = 0, size: int = 10, **fields: object) -> Shard:
    return Shard.objects.create(issue=issue, n=n, contact_ids=list(range(n * 100, n * 100 + size)), **fields)


def total(counts: queries.Counts) -> int:
    return sum((counts.waiting, counts.deferred, counts.sent, counts.skipped, counts.failed, counts.in_doubt))


def ago(minutes: float) -> object:
    return Now() - timedelta(minutes=minutes)


def test_an_issue_without_shards_has_planned_nobody() -> None:
    assert queries.counts(an_issue().id).planned == 0


def test_everyone_waits_before_the_first_window() -> None:
    issue = an_issue()
    a_shard(issue)
    counts = queries.counts(issue.id)
    assert (counts.planned, counts.waiting) == (10, 10)


def test_marked_turns_wait_while_somebody_holds_the_shard() -> None:
    issue = an_issue()
    a_shard(issue, upto=6, sent=2, lease_until=ago(-1))
    counts = queries.counts(issue.id)
    assert (counts.waiting, counts.sent, counts.in_doubt) == (8, 2, 0)


def test_marked_turns_without_an_outcome_are_in_doubt_once_the_lease_ended() -> None:
    issue = an_issue()
    a_shard(issue, upto=6, sent=2, failed=1, skipped=1, lease_until=ago(1))
    counts = queries.counts(issue.id)
    assert counts == queries.Counts(
        planned=10, waiting=4, sent=2, failed=1, skipped=1, deferred=0, in_doubt=2
    )


def test_retries_are_deferred_and_a_lost_one_is_in_doubt() -> None:
    issue = an_issue()
    shard = a_shard(issue, upto=10, sent=7, state=1)
    for contact, fields in enumerate(
        [{}, {"state": 1, "lease_until": ago(-1)}, {"state": 1, "lease_until": ago(1)}]
    ):
        Retry.objects.create(
            issue_id=issue.id, shard_id=shard.id, contact_id=contact, attempt=2, due=Now(), **fields
        )
    counts = queries.counts(issue.id)
    assert (counts.deferred, counts.in_doubt, total(counts)) == (2, 1, 10)


def test_a_stranger_counts_nothing_of_the_shops_issue(stranger: Tenant) -> None:
    issue = an_issue()
    a_shard(issue)
    with account(stranger.id):
        assert queries.counts(issue.id).planned == 0


def test_two_stops_of_one_person_count_once() -> None:
    issue = an_issue()
    for contact in (7, 7, 8):
        Stop.objects.create(issue_id=issue.id, contact_id=contact, via=Stop.Via.ONE_CLICK)
    assert queries.unsubscribed(issue.id) == 2


def test_many_mailings_are_counted_at_one_look_each_with_its_versions(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    lead, version, other, empty = an_issue(), an_issue(), an_issue(), an_issue()
    Issue.objects.filter(id=version.id).update(lead=lead)
    a_shard(lead, size=10, upto=4, sent=3, failed=1)
    a_shard(version, size=5, upto=5, sent=5)
    a_shard(other, size=2)
    for issue, contact in ((lead, 1), (lead, 1), (version, 500), (other, 7)):
        Stop.objects.create(issue_id=issue.id, contact_id=contact, via=Stop.Via.PAGE)
    with django_assert_num_queries(4):  # the fourth is the cache
        families = queries.families([lead.id, other.id, empty.id])
        issues = [issue for family in families.values() for issue in family]
        counts, stops = queries.counts_by_issue(issues), queries.unsubscribed_by_issue(issues)
    assert families == {lead.id: [lead.id, version.id], other.id: [other.id], empty.id: [empty.id]}
    assert counts == {
        lead.id: queries.Counts(planned=10, waiting=6, sent=3, failed=1),
        version.id: queries.Counts(planned=5, sent=5),
        other.id: queries.Counts(planned=2, waiting=2),
        empty.id: queries.Counts(),
    }
    assert queries.counts(lead.id) == queries.Counts(planned=15, waiting=6, sent=8, failed=1)
    assert stops == {lead.id: 1, version.id: 1, other.id: 1}
    assert queries.unsubscribed(lead.id) == 2
