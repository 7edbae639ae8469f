import pytest

from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.sending import actions, queries
from mailexpert.sending.models import Delivery, Issue, Relay, Retry
from mailexpert.sending.tests.test_queries import a_shard, ago, an_issue

pytestmark = pytest.mark.usefixtures("in_shop")
State = Issue.State


def test_freezing_numbers_a_link_once_for_both_parts() -> None:
    issue = an_issue()
    assert issue.links == ["https://winkel.example/a"]
    assert "https://" not in issue.html + issue.text


def test_without_tracking_links_stay_as_they_are() -> None:
    issue = an_issue(tracking="none")
    assert issue.links == []
    assert "https://winkel.example/a" in issue.html


def test_the_sender_is_taken_apart() -> None:
    issue = an_issue()
    assert (issue.sender_name, issue.sender_address) == ("Winkel", "nieuws@winkel.example")


def test_an_account_with_a_relay_of_its_own_sends_through_it() -> None:
    relay = Relay.objects.create(name="eigen", host="smtp.winkel.example")
    assert queries.relay_turns() == [relay.id]


def test_a_relay_that_is_off_is_not_used() -> None:
    Relay.objects.create(name="eigen", host="smtp.winkel.example", enabled=False)
    assert queries.relay_turns() == [0]


def test_pause_resume_and_cancel_move_the_issue() -> None:
    issue = an_issue()
    for act, state in (
        (actions.pause, State.PAUSED),
        (actions.resume, State.SENDING),
        (actions.cancel, State.CANCELLED),
    ):
        act(issue.id)
        issue.refresh_from_db()
        assert issue.state == state


def test_a_cancelled_issue_never_goes_on() -> None:
    issue = an_issue()
    actions.cancel(issue.id)
    for act in (actions.resume, actions.pause, actions.cancel, actions.retry_doubtful):
        with pytest.raises(actions.NotNow):
            act(issue.id)


def test_a_stranger_cannot_pause_the_shops_issue(stranger: Tenant) -> None:
    issue = an_issue()
    with account(stranger.id), pytest.raises(actions.NotNow):
        actions.pause(issue.id)


def test_doubt_gets_a_new_attempt_only_by_order_and_only_when_it_is_old() -> None:
    issue = an_issue()
    shard = a_shard(issue, upto=10, sent=7, lease_until=ago(14), state=1)
    for contact in range(7):
        Delivery.objects.create(issue_id=issue.id, contact_id=contact, attempt=1, outcome=1, code=250)
    Delivery.objects.create(issue_id=issue.id, contact_id=7, attempt=2, outcome=4, code=0)
    assert actions.retry_doubtful(issue.id) == 0
    shard.lease_until = ago(16)
    shard.save(update_fields=["lease_until"])
    assert actions.retry_doubtful(issue.id) == 3
    attempts = Retry.objects.order_by("contact_id").values_list("contact_id", "attempt")
    assert list(attempts) == [(7, 3), (8, 2), (9, 2)]
    assert queries.counts(issue.id).deferred == 3


def test_an_ordered_attempt_opens_a_done_issue_again() -> None:
    issue = an_issue()
    a_shard(issue, size=1, upto=1, lease_until=ago(16), state=1)
    Issue.objects.filter(id=issue.id).update(state=State.DONE, finished_at=ago(10))
    assert actions.retry_doubtful(issue.id) == 1
    issue.refresh_from_db()
    assert (issue.state, issue.finished_at) == (State.SENDING, None)
