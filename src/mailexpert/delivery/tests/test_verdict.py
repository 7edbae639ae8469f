import pytest

from mailexpert.delivery import verdict
from mailexpert.delivery.ports import Again, Person, Turn
from mailexpert.delivery.window import Answer, Harvest
from mailexpert.mail.reply import Phase

TURNS = [Turn(contact_id=10 + n, shard_id=7, attempt=1) for n in range(4)]


def judged(*answers: Answer, cancelled: bool = False, **rest: list[int]) -> verdict.Judged:
    nothing: dict[str, list[int]] = {
        "delivered": [],
        "broken": [],
        "deferred": [],
        "unanswered": [],
        "untried": [],
    }
    return verdict.judge(TURNS, Harvest(answers=list(answers), **(nothing | rest)), cancelled=cancelled)


@pytest.mark.parametrize(
    ("phase", "code", "text", "outcome"),
    [
        (Phase.DOT, 251, b"251 will forward", verdict.SENT),
        (Phase.RECIPIENT, 550, b"550 5.1.1 no such user", verdict.FAILED),
        (Phase.DOT, 554, b"554 5.6.0 no", verdict.FAILED),
        (Phase.DATA, 554, b"554 no valid recipients", verdict.FAILED),
    ],
)
def test_a_final_answer_is_an_outcome(phase: Phase, code: int, text: bytes, outcome: int) -> None:
    found = judged(Answer(1, phase, code, text))
    assert [(o.contact_id, o.shard_id, o.attempt, o.outcome, o.code) for o in found.outcomes] == [
        (11, 7, 1, outcome, code)
    ]
    assert not found.again


@pytest.mark.parametrize("phase", [Phase.RECIPIENT, Phase.DATA, Phase.DOT])
@pytest.mark.parametrize("code", [450, 451, 452])
def test_a_deferred_turn_comes_again_with_the_next_attempt(phase: Phase, code: int) -> None:
    found = judged(Answer(1, phase, code, b"later"), delivered=[0])
    (again,) = found.again
    assert (again.contact_id, again.tried, again.attempt, again.code) == (11, 1, 2, code)
    assert again.wait >= 200


def test_a_server_that_says_when_is_believed() -> None:
    (again,) = judged(Answer(1, Phase.RECIPIENT, 450, b"450 4.2.0 greylisted, try in 90 seconds")).again
    assert 90 <= again.wait <= 90 * 1.2  # spread a little


@pytest.mark.parametrize(
    ("phase", "code", "text", "reason"),
    [
        (Phase.SENDER, 550, b"550 5.7.1 sender refused", "sender_refused"),
        (Phase.SENDER, 530, b"530 5.7.0 authentication required", "relay_login"),
        (Phase.RECIPIENT, 554, b"554 5.7.1 relay access denied", "relay_refuses"),
    ],
)
def test_what_our_configuration_is_to_blame_for_keeps_its_attempt(
    phase: Phase, code: int, text: bytes, reason: str
) -> None:
    found = judged(Answer(1, phase, code, text), untried=[2])
    assert found.reason == reason
    assert [(again.attempt, again.wait) for again in found.again] == [(1, verdict.OURS_SECONDS)] * 2
    assert not found.outcomes


def test_one_refused_person_among_sent_ones_is_not_our_configuration() -> None:
    found = judged(Answer(1, Phase.RECIPIENT, 554, b"554 5.7.1 relay access denied"), delivered=[0])
    assert found.reason == ""
    assert found.again[0].attempt == 2


DENIED = Answer(1, Phase.RECIPIENT, 554, b"554 5.7.1 relay access denied")


def test_a_refusal_amid_a_window_that_goes_on_is_not_our_configuration_yet() -> None:
    nothing: list[int] = []
    harvest = Harvest(nothing, nothing, [DENIED], nothing, nothing, nothing)
    found = verdict.judge(TURNS, harvest, cancelled=False, nothing_passed=False)
    assert (found.reason, found.again[0].attempt) == ("", 2)


@pytest.mark.parametrize(
    ("attempt", "hours", "holds", "is_given_up"),
    [
        (1, 0, True, False),
        (1, 47, True, False),
        (1, 49, False, True),
        (2, 1, False, False),
        (2, 49, False, True),
    ],
)
def test_one_whom_the_relay_wont_relay_for_comes_again_alone_and_is_given_up_in_the_end(
    attempt: int, hours: int, holds: bool, is_given_up: bool
) -> None:
    turns, nothing = [TURNS[0], Turn(11, 7, attempt, hours * 3600.0)], list[int]()
    found = verdict.judge(
        turns, Harvest(nothing, nothing, [DENIED], nothing, nothing, nothing), cancelled=False
    )
    assert bool(found.reason) is holds
    assert [o.outcome for o in found.outcomes] == [verdict.FAILED] * is_given_up


def test_an_unanswered_dot_is_an_outcome_of_its_own() -> None:
    assert [o.outcome for o in judged(unanswered=[3]).outcomes] == [verdict.UNANSWERED]


def test_untried_turns_keep_their_attempt_and_are_due_at_once() -> None:
    assert judged(untried=[3]).again == [Again(7, 13, 1, 1, 0.0, 0)]


def test_untried_turns_of_a_cancelled_issue_are_skipped() -> None:
    found = judged(delivered=[0], untried=[3], cancelled=True)
    assert [(o.outcome, o.code) for o in found.outcomes] == [(3, verdict.CANCELLED)]
    assert found.sent == [TURNS[0]]
    assert not found.again


@pytest.mark.parametrize(("hours", "is_given_up"), [(0, False), (47, False), (49, True)])
def test_who_is_deferred_for_two_days_has_failed(hours: int, is_given_up: bool) -> None:
    turns = [Turn(10, 7, 16, hours * 3600.0)]
    harvest = Harvest([], [], [Answer(0, Phase.RECIPIENT, 450, b"450 later")], [], [], [])
    found = verdict.judge(turns, harvest, cancelled=False)
    assert [o.outcome for o in found.outcomes] == [verdict.FAILED] * is_given_up
    assert len(found.again) == (not is_given_up)


def test_replies_are_kept_with_masked_addresses() -> None:
    found = judged(Answer(1, Phase.RECIPIENT, 550, b"5.1.1 <jan.jansen@lezer.example> unknown\x00"))
    assert found.replies == [(11, 1, "550 5.1.1 <j***@lezer.example> unknown")]


@pytest.mark.parametrize(
    ("email", "skip", "takes_utf8", "reason"),
    [
        ("jan@lezer.example", 0, False, 0),
        ("jörg@lezer.example", 0, False, 6),
        ("jörg@lezer.example", 0, True, 0),
        ("jan@lezer.example", 2, True, 2),
        (None, 5, False, 5),
    ],
)
def test_why_a_person_is_left_out(email: str | None, skip: int, takes_utf8: bool, reason: int) -> None:
    found = verdict.skips([Person(1, email, skip, ())], takes_utf8=takes_utf8)
    assert found.get(1, 0) == reason


def test_a_message_that_cannot_be_made_has_failed_and_says_so() -> None:
    found = judged(broken=[2])
    assert [(o.contact_id, o.outcome, o.code) for o in found.outcomes] == [(12, verdict.FAILED, 0)]
    assert found.replies == [(12, 1, verdict.BROKEN)]
