"""From answers to outcomes: what of a window was sent, has failed, comes again, or is in doubt. On values
alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailexpert.base.logs import mask
from mailexpert.delivery.ports import Again, Issue, Outcome, Person, Retry, Settlement, Turn
from mailexpert.delivery.window import Answer, Harvest
from mailexpert.mail import reply, retry
from mailexpert.mail.reply import Blame, Phase, Result

SENT, FAILED, SKIPPED, UNANSWERED = 1, 2, 3, 4
CANCELLED, ADDRESS_UNSUPPORTED = 4, 6  # reasons to skip
NO_REPLY = 0  # the code of a failure that no mail server told
OURS_SECONDS = 60.0  # a turn refused for our configuration's sake comes again after this
LONGEST_REPLY = 500
BROKEN = "The message can't be made from this person's fields."
LOGIN_CODES = (530, 534, 535, 538)


@dataclass(kw_only=True)
class Judged:
    sent: list[Turn] = field(default_factory=list)  # 250 after the dot, as nearly all are
    outcomes: list[Outcome] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    replies: list[tuple[int, int, str]] = field(default_factory=list)
    spared: list[bytes] = field(default_factory=list)  # replies in which the provider asks us to slow down
    reason: str = ""  # why the issue as a whole has to wait, as a code


def skips(people: Sequence[Person], *, takes_utf8: bool) -> dict[int, int]:
    """Whom to leave out at their turn, and why."""
    found = {person.contact_id: person.skip for person in people if person.skip}
    if not takes_utf8:
        for person in people:
            if person.email is not None and not person.email.isascii():
                found.setdefault(person.contact_id, ADDRESS_UNSUPPORTED)
    return found


def judge(turns: Sequence[Turn], found: Harvest, *, cancelled: bool, nothing_passed: bool = True) -> Judged:
    """What each turn came to. Untried ones keep their attempt, or are skipped when the issue was
    cancelled. `nothing_passed`: of the whole window, all of which is known now, nothing was delivered."""
    judged = Judged(sent=[turns[place] for place in found.delivered])
    nothing_passed = nothing_passed and not found.delivered
    for answer in found.answers:
        _judge_answer(judged, turns[answer.place], answer, nothing_passed=nothing_passed)
    for place in found.broken:
        judged.outcomes.append(_outcome(turns[place], FAILED, NO_REPLY))
        judged.replies.append((turns[place].contact_id, turns[place].attempt, BROKEN))
    judged.outcomes += [_outcome(turns[place], UNANSWERED, NO_REPLY) for place in found.unanswered]
    for place in found.deferred:
        _come_again(judged, turns[place], NO_REPLY, None)
    wait = OURS_SECONDS if judged.reason else 0.0
    for place in found.untried:
        turn = turns[place]
        if cancelled:
            judged.outcomes.append(_outcome(turn, SKIPPED, CANCELLED))
        else:
            judged.again.append(_again(turn, turn.attempt, wait, NO_REPLY))
    return judged


def skipped_retries(issue: Issue, retries: Sequence[Retry], skips: Mapping[int, int]) -> Settlement:
    """Retries whose people may not be mailed any more."""
    ended = [retry for retry in retries if retry.contact_id in skips]
    return Settlement(
        account_id=issue.account_id,
        issue_id=issue.id,
        of_retries=True,
        outcomes=[Outcome(r.shard_id, r.contact_id, r.attempt, SKIPPED, skips[r.contact_id]) for r in ended],
        again=(),
        replies=(),
        shards=sorted({r.shard_id for r in ended}),
    )


def untried_retries(retries: Sequence[Retry]) -> Settlement:
    """Retries that were taken and could not be tried: they come again as they were."""
    return Settlement(
        account_id=retries[0].account_id,
        issue_id=retries[0].issue_id,
        of_retries=True,
        outcomes=(),
        again=[
            Again(r.shard_id, r.contact_id, r.attempt, r.attempt, OURS_SECONDS, NO_REPLY) for r in retries
        ],
        replies=(),
        shards=sorted({r.shard_id for r in retries}),
    )


def _judge_answer(judged: Judged, turn: Turn, answer: Answer, *, nothing_passed: bool) -> None:
    verdict = reply.judge(answer.code, answer.text, answer.phase)
    if verdict.result is Result.DELIVERED:
        judged.outcomes.append(_outcome(turn, SENT, answer.code))
        return
    words = mask(answer.text[:LONGEST_REPLY].decode("utf-8", "replace").replace("\x00", "")).strip()
    judged.replies.append((turn.contact_id, turn.attempt, f"{answer.code} {words}"))
    if verdict.result is Result.FAILED:
        judged.outcomes.append(_outcome(turn, FAILED, answer.code))
    elif verdict.blame is Blame.CONFIGURATION and nothing_passed and _speaks_for_all(turn):
        judged.reason = _reason(answer)
        judged.again.append(_again(turn, turn.attempt, OURS_SECONDS, answer.code))
    else:
        if verdict.blame is Blame.PROVIDER:
            judged.spared.append(answer.text)
        _come_again(judged, turn, answer.code, reply.stated_wait(answer.text))


def _speaks_for_all(turn: Turn) -> bool:
    """A retry that others went before says nothing about our configuration, or one person whom the relay won't relay
    for would hold up all the rest; and nobody waits for a mended configuration beyond a message's life."""
    return turn.attempt == 1 and not retry.gives_up(turn.attempt, turn.age)


def _come_again(judged: Judged, turn: Turn, code: int, stated: float | None) -> None:
    if retry.gives_up(turn.attempt, turn.age):
        judged.outcomes.append(_outcome(turn, FAILED, code))
    else:
        judged.again.append(_again(turn, turn.attempt + 1, retry.wait(turn.attempt, stated), code))


def _reason(answer: Answer) -> str:
    if answer.code in LOGIN_CODES:
        return "relay_login"
    return "sender_refused" if answer.phase is Phase.SENDER else "relay_refuses"


def _outcome(turn: Turn, outcome: int, code: int) -> Outcome:
    return Outcome(turn.shard_id, turn.contact_id, turn.attempt, outcome, code)


def _again(turn: Turn, attempt: int, wait: float, code: int) -> Again:
    return Again(turn.shard_id, turn.contact_id, turn.attempt, attempt, wait, code)
